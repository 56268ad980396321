// The strict look at a request's head before Beast parses it: Beast accepts folded lines, repeated
// Host fields and other things that two servers can read differently, which is how requests are
// smuggled.
//
// Input   the bytes up to and including the empty line.
// Errors  the Refusal the client is answered with; the connection closes after it.
// Source  RFC 9112 sections 2.2, 3, 5, 6.
#pragma once

#include "net/http.h"
#include "net/metrics.h"

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

struct HeadFacts {
  std::optional<std::uint64_t> content_length;
  bool is_chunked = false;
  bool is_version_1_0 = false;
};

[[nodiscard]] std::expected<HeadFacts, Refusal> check_head(std::string_view head,
                                                           std::size_t fields_max);

// Fills `segments` and `query` from `target`. "/a//b/" has the segments "a", "", "b", "".
// The root "/" has none. Absolute form loses scheme and authority; "*" (OPTIONS) has no segments.
[[nodiscard]] std::optional<Refusal> split_target(RequestHead& head);

// True while the first chunk of a body is the last one and not all of it is there. Beast 1.81 ends
// the process with an assertion when it meets "0", CR, LF without what follows, so such bytes wait
// outside.
[[nodiscard]] bool is_incomplete_last_chunk(std::string_view bytes);

// %41 becomes A. Nothing for a broken escape, NUL or what is not UTF-8.
enum class Plus : std::uint8_t { is_plus, is_space };
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text, Plus plus);

}  // namespace antiphon
