#include "domain/tool_template.h"

#include <algorithm>

namespace antiphon {

namespace {

constexpr std::string_view kSecret = "secret:";
constexpr std::size_t kNameMax = 64;

bool is_lower(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

void add_text(std::vector<TemplatePart>& parts, std::string_view text) {
  if (!text.empty()) parts.push_back({std::string(text), false});
}

}  // namespace

std::vector<TemplatePart> parts_of_url(std::string_view url) {
  std::vector<TemplatePart> parts;
  while (true) {
    const auto open = url.find('{');
    const auto close = url.find('}', open);
    if (open == std::string_view::npos || close == std::string_view::npos) break;
    add_text(parts, url.substr(0, open));
    parts.push_back({std::string(url.substr(open + 1, close - open - 1)), true});
    url.remove_prefix(close + 1);
  }
  add_text(parts, url);
  return parts;
}

std::vector<TemplatePart> parts_of_header(std::string_view value) {
  std::vector<TemplatePart> parts;
  while (true) {
    const auto at = value.find(kSecret);
    if (at == std::string_view::npos) break;
    const std::string_view rest = value.substr(at + kSecret.size());
    const auto end =
        std::ranges::find_if_not(rest, [](char c) { return is_lower(c) || c == '_' || c == '-'; });
    const auto length = static_cast<std::size_t>(end - rest.begin());
    add_text(parts, value.substr(0, at));
    parts.push_back({std::string(rest.substr(0, length)), true});
    value = rest.substr(length);
  }
  add_text(parts, value);
  return parts;
}

bool is_tool_name(std::string_view name) {
  const auto fits = [](char c) {
    return is_lower(c) || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
  };
  return !name.empty() && name.size() <= kNameMax && std::ranges::all_of(name, fits);
}

}  // namespace antiphon
