// YAML as people write it, into JSON and back: one document of objects, lists and scalars.
//
// Scalars without quotes are null, true, false and numbers where JSON writes them so, and text
// otherwise. What we write reads back the same.
// Limits  kYamlBytesMax, kYamlDepthMax, keys of text; no aliases and no tags: a few lines of them
//         can stand for gigabytes.
// Errors  invalid_argument: whatever is no such document, with the number of the line.
// Thread  any.
// Source  YAML 1.2.
#pragma once

#include "core/result.h"
#include "json/value.h"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace antiphon {

inline constexpr std::size_t kYamlBytesMax = 1'024 * 1'024;
inline constexpr std::size_t kYamlDepthMax = 32;

struct YamlDocument {
  json::Value value;
  // Where each value begins, 1 for the first line, by its JSON pointer.
  std::map<std::string, int, std::less<>> lines;

  // The line of the value at `pointer`, or of what it would be in.
  [[nodiscard]] int line_of(std::string_view pointer) const;
};

[[nodiscard]] Result<YamlDocument> parse_yaml(const std::string& text);
[[nodiscard]] std::string write_yaml(const json::Value& value);

}  // namespace antiphon
