#include "api/recordings/byte_range.h"

#include "core/utf8.h"

#include <algorithm>
#include <charconv>

namespace antiphon {

namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

// Digits alone; more than fit are as good as the largest.
std::optional<std::uint64_t> parse_position(std::string_view text) {
  if (text.empty() || !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::numeric_limits<std::uint64_t>::max();
  return value;
}

RangePlan plan_spec(std::string_view spec, std::uint64_t size) {
  const std::size_t dash = spec.find('-');
  if (dash == std::string_view::npos) return {};
  const std::string_view front = spec.substr(0, dash);
  const std::string_view back = spec.substr(dash + 1);
  const auto first = parse_position(front);
  const auto last = parse_position(back);
  if ((!front.empty() && !first) || (!back.empty() && !last)) return {};
  if (front.empty()) {
    if (!last) return {};
    if (*last == 0 || size == 0) return {RangeOutcome::unsatisfiable, {}};
    return {RangeOutcome::part, {size - std::min(*last, size), size - 1}};
  }
  if (last && *last < *first) return {};
  if (*first >= size) return {RangeOutcome::unsatisfiable, {}};
  return {RangeOutcome::part, {*first, std::min(last.value_or(size - 1), size - 1)}};
}

// The tags of If-Match and If-None-Match may be weak; ours never is.
bool lists_tag(std::string_view list, std::string_view etag, bool weak_counts) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string_view tag = trim(list.substr(0, comma));
    if (weak_counts && tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag == etag || tag == "*") return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

}  // namespace

RangePlan plan_range(const RequestHead& head, std::uint64_t size, std::string_view etag) {
  const auto field = head.headers.find("Range");
  if (!field || head.method != Method::get) return {};
  const auto condition = head.headers.find("If-Range");
  // A date, or a weak tag, cannot be the version we have.
  if (condition && trim(*condition) != etag) return {};
  const std::string_view text = trim(*field);
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return {};
  if (to_lower_ascii(text.substr(0, equals)) != "bytes") return {};
  const std::string_view specs = trim(text.substr(equals + 1));
  if (specs.contains(',')) return {};
  return plan_spec(specs, size);
}

bool is_unchanged(const RequestHead& head, std::string_view etag) {
  const auto field = head.headers.find("If-None-Match");
  return field && lists_tag(*field, etag, true);
}

bool is_expected(const RequestHead& head, std::string_view etag) {
  const auto field = head.headers.find("If-Match");
  return !field || lists_tag(*field, etag, false);
}

}  // namespace antiphon
