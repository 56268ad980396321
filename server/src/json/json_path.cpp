#include "json/json_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace antiphon::json {

namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || static_cast<unsigned char>(c) >= 0x80;
}

// -1 is the last one; what lies outside is nullopt.
std::optional<std::size_t> place_of(std::int64_t index, std::size_t size) {
  const auto count = static_cast<std::int64_t>(size);
  const std::int64_t place = index < 0 ? index + count : index;
  if (place < 0 || place >= count) return std::nullopt;
  return static_cast<std::size_t>(place);
}

std::size_t bound_of(std::optional<std::int64_t> index, std::int64_t otherwise, std::size_t size) {
  const auto count = static_cast<std::int64_t>(size);
  std::int64_t place = index.value_or(otherwise);
  if (place < 0) place += count;
  return static_cast<std::size_t>(std::clamp<std::int64_t>(place, 0, count));
}

}  // namespace

class JsonPath::Reader {
 public:
  explicit Reader(std::string_view text) : whole_(text), rest_(text) {}

  Result<JsonPath> read() {
    JsonPath path;
    if (!take('$')) return refuse("begins with $");
    while (!rest_.empty()) {
      if (path.segments_.size() == kSegmentsMax) {
        return refuse(fmt::format("has at most {} segments", kSegmentsMax));
      }
      auto segment = take('.') ? read_child() : read_bracket();
      if (!segment) return std::unexpected(std::move(segment.error()));
      path.has_many_ = path.has_many_ || std::holds_alternative<Wildcard>(*segment) ||
                       std::holds_alternative<Slice>(*segment);
      path.segments_.push_back(std::move(*segment));
    }
    return path;
  }

 private:
  [[nodiscard]] std::unexpected<Error> refuse(std::string_view rule) const {
    const std::string message =
        fmt::format("a path {} (at character {})", rule, whole_.size() - rest_.size() + 1);
    return failure(ErrorCode::invalid_argument, message, {{"", message}});
  }

  bool take(char wanted) {
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  Result<Segment> read_child() {
    if (rest_.starts_with('.')) return refuse("has no descent (..) here");
    if (take('*')) return Segment(Wildcard{});
    const auto end = static_cast<std::size_t>(std::ranges::find_if_not(rest_, is_name_character) -
                                              rest_.begin());
    if (end == 0) return refuse("has a name or * behind a dot");
    std::string name(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return Segment(std::move(name));
  }

  Result<Segment> read_bracket() {
    if (!take('[')) return refuse("goes on with . or [");
    if (rest_.starts_with('?')) return refuse("has no filter ([?...]) here");
    if (rest_.starts_with('(')) return refuse("has no script ([(...)]) here");
    Result<Segment> segment = read_inside();
    if (!segment) return segment;
    if (rest_.starts_with(',')) return refuse("has no union ([a,b]) here");
    if (!take(']')) return refuse("closes its bracket");
    return segment;
  }

  Result<Segment> read_inside() {
    if (take('*')) return Segment(Wildcard{});
    if (rest_.starts_with('\'') || rest_.starts_with('"')) return read_quoted();
    const auto from = read_number();
    if (!take(':')) {
      if (!from) return refuse("has a name in quotes, a number, a slice or * in brackets");
      return Segment(*from);
    }
    const Slice slice{from, read_number()};
    if (rest_.starts_with(':')) return refuse("has no step in a slice here");
    return Segment(slice);
  }

  Result<Segment> read_quoted() {
    const char quote = rest_.front();
    rest_.remove_prefix(1);
    const auto end = rest_.find(quote);
    if (end == std::string_view::npos) return refuse("closes its quotes");
    std::string name(rest_.substr(0, end));
    if (name.contains('\\')) return refuse("has no escapes in quotes here");
    rest_.remove_prefix(end + 1);
    return Segment(std::move(name));
  }

  std::optional<std::int64_t> read_number() {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
    if (error != std::errc{}) return std::nullopt;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return number;
  }

  std::string_view whole_;
  std::string_view rest_;
};

Result<JsonPath> JsonPath::parse(std::string_view text) { return Reader(text).read(); }

void JsonPath::step(const Value& value, const Segment& segment, std::vector<const Value*>& found) {
  if (const auto* name = std::get_if<std::string>(&segment)) {
    if (const Value* child = value.find(*name)) found.push_back(child);
    return;
  }
  const Array* const items = value.if_array();
  if (const auto* index = std::get_if<std::int64_t>(&segment)) {
    const auto place = items == nullptr ? std::nullopt : place_of(*index, items->size());
    if (place) found.push_back(&(*items)[*place]);
    return;
  }
  if (const auto* slice = std::get_if<Slice>(&segment)) {
    if (items == nullptr) return;
    const std::size_t to =
        bound_of(slice->to, static_cast<std::int64_t>(items->size()), items->size());
    for (std::size_t at = bound_of(slice->from, 0, items->size()); at < to; ++at)
      found.push_back(&(*items)[at]);
    return;
  }
  if (items != nullptr) {
    for (const Value& item : *items)
      found.push_back(&item);
  } else if (const Object* members = value.if_object()) {
    for (const Member& member : *members)
      found.push_back(&member.value);
  }
}

std::optional<Value> JsonPath::select(const Value& document) const {
  std::vector<const Value*> found{&document};
  for (const Segment& segment : segments_) {
    std::vector<const Value*> next;
    for (const Value* value : found)
      step(*value, segment, next);
    found = std::move(next);
  }
  if (!has_many_) return found.empty() ? std::nullopt : std::optional(*found.front());
  Array all;
  for (const Value* value : found)
    all.push_back(*value);
  return Value(std::move(all));
}

}  // namespace antiphon::json
