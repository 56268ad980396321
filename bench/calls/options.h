// The `--name value` pairs of a program's command line.
#pragma once

#include <map>
#include <string>

namespace calls {

class Options {
 public:
  Options(int count, char** words) {
    for (int at = 1; at + 1 < count; at += 2) {
      const std::string name = words[at];
      given_[name.substr(name.find_first_not_of('-'))] = words[at + 1];
    }
  }

  [[nodiscard]] std::string text(const std::string& name, const std::string& otherwise) const {
    const auto found = given_.find(name);
    return found == given_.end() ? otherwise : found->second;
  }
  [[nodiscard]] double number(const std::string& name, double otherwise) const {
    const auto found = given_.find(name);
    return found == given_.end() ? otherwise : std::stod(found->second);
  }

 private:
  std::map<std::string, std::string> given_;
};

}  // namespace calls
