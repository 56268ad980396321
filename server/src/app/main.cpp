// antiphon: one program for the server, its database, and the command line.
#include "app/commands.h"
#include "app/config_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

namespace {

using antiphon::Command;

constexpr int kUsage = 2;
constexpr std::string_view kVersion = "0.1.0";

int print_help() {
  std::vector<const antiphon::CommandSpec*> specs;
  for (const Command& command : antiphon::commands())
    specs.push_back(command.spec);
  fmt::print("{}", antiphon::help_of(specs));
  return 0;
}

int complain(std::string_view message) {
  fmt::print(stderr, "antiphon: {}\n", message);
  return kUsage;
}

int unknown_command(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Command& command : antiphon::commands())
    names.push_back(command.spec->name);
  const std::string_view close = antiphon::nearest(name, names);
  if (close.empty())
    return complain(fmt::format("unknown command `{}` (see `antiphon --help`)", name));
  return complain(fmt::format("unknown command `{}`; did you mean `{}`?", name, close));
}

int run(const Command& command, const std::vector<std::string>& arguments) {
  for (const std::string& argument : arguments) {
    if (argument == "--help" || argument == "-h") {
      fmt::print("{}", antiphon::help_of(*command.spec));
      return 0;
    }
  }
  std::vector<const antiphon::CommandSpec*> specs;
  for (const Command& known : antiphon::commands())
    specs.push_back(known.spec);
  const auto options =
      antiphon::read_options(*command.spec, specs, arguments, antiphon::environment_value);
  if (!options) return complain(options.error().message);
  return command.run(*options);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h" ||
      arguments[0] == "help") {
    return print_help();
  }
  if (arguments[0] == "--version") {
    fmt::print("antiphon {}\n", kVersion);
    return 0;
  }
  // A name has one word or two: "talk", "keys rotate".
  for (std::size_t words = std::min<std::size_t>(2, arguments.size()); words > 0; --words) {
    const std::string name = words == 1 ? arguments[0] : arguments[0] + " " + arguments[1];
    for (const Command& command : antiphon::commands()) {
      if (command.spec->name != name) continue;
      return run(command,
                 {arguments.begin() + static_cast<std::ptrdiff_t>(words), arguments.end()});
    }
  }
  return unknown_command(arguments[0]);
}
