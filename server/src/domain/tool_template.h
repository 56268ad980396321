// The places in a tool's URL and headers that are filled in when it is used.
//
//   parts_of_url("https://crm.example/slots/{date}")   "https://crm.example/slots/", {date}
//   parts_of_header("Bearer secret:crm-key")           "Bearer ", {crm-key}
//
// Thread  any.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

struct TemplatePart {
  std::string text;  // as it stands, or the name of what is to be put in
  bool is_name = false;
  bool operator==(const TemplatePart&) const = default;
};

// A brace that opens no name, and is closed nowhere, is text.
[[nodiscard]] std::vector<TemplatePart> parts_of_url(std::string_view url);
// A name ends where none of its characters (lower-case letters, digits, _ and -) follows.
[[nodiscard]] std::vector<TemplatePart> parts_of_header(std::string_view value);

// The name is one of a tool: 1 to 64 letters, digits, _ and -.
[[nodiscard]] bool is_tool_name(std::string_view name);

}  // namespace antiphon
