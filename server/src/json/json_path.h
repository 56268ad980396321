// Picks values out of a document: a small part of JSONPath.
//
//   $.slots[0].start    $['free slots'][*].time    $.items[1:4]    $.items[-1]
//
// Output  the value itself, or, with a slice or a wildcard in the path, an array of all of them.
// Limits  kSegmentsMax segments.
// Errors  parse: invalid_argument naming what is not supported (filters, scripts, descent,
//         unions, steps). select: nothing where the path leads nowhere.
// Thread  any; immutable.
// Source  RFC 9535.
#pragma once

#include "core/result.h"
#include "json/value.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace antiphon::json {

class JsonPath {
 public:
  static constexpr std::size_t kSegmentsMax = 16;

  [[nodiscard]] static Result<JsonPath> parse(std::string_view text);
  [[nodiscard]] std::optional<Value> select(const Value& document) const;

 private:
  struct Wildcard {};
  struct Slice {
    std::optional<std::int64_t> from;
    std::optional<std::int64_t> to;
  };
  using Segment = std::variant<std::string, std::int64_t, Slice, Wildcard>;
  class Reader;

  static void step(const Value& value, const Segment& segment, std::vector<const Value*>& found);

  std::vector<Segment> segments_;
  bool has_many_ = false;
};

}  // namespace antiphon::json
