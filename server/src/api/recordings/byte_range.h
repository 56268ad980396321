// Which bytes of an answer a client asks for (RFC 9110 sections 13 and 14).
//
// One range is served; several, another unit or a malformed field are ignored, as the RFC lets a
// server do. A range counts for GET alone, and not when If-Range names another version.
// Thread  any; pure.
#pragma once

#include "net/http.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace antiphon {

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;  // included
  bool operator==(const ByteRange&) const = default;
};

enum class RangeOutcome : std::uint8_t { whole, part, unsatisfiable };

struct RangePlan {
  RangeOutcome outcome = RangeOutcome::whole;
  ByteRange range;  // of a part
};

// `etag` is strong, with its quotes.
[[nodiscard]] RangePlan plan_range(const RequestHead& head, std::uint64_t size,
                                   std::string_view etag);
// If-None-Match holds the tag, or *.
[[nodiscard]] bool is_unchanged(const RequestHead& head, std::string_view etag);
// False: If-Match is there and holds neither the tag nor *.
[[nodiscard]] bool is_expected(const RequestHead& head, std::string_view etag);

}  // namespace antiphon
