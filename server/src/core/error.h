// What went wrong, as a value: a closed code for programs, one sentence for people, and the fields
// at fault.
//
// Messages say what was tried and what to do next; they never hold what a person said, typed or is
// called.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

enum class ErrorCode : std::uint8_t {
  invalid_argument,    // the caller's input is wrong; see fields
  unauthenticated,     // no principal
  permission_denied,   // a principal that may not
  not_found,           // or belongs to somebody else
  already_exists,      // a name or key that must be unique is taken
  conflict,            // the thing changed since the caller read it
  wrong_state,         // what the thing is or does just now does not allow it
  too_large,           // over a stated limit
  unsupported,         // a format or option we do not have
  resource_exhausted,  // a queue, pool, quota or file-descriptor limit is full
  unavailable,         // a neighbour is away; trying again may work
  timeout,             // a deadline passed
  cancelled,           // the one who asked has gone
  protocol_error,      // a peer broke the rules of the wire
  corrupt,             // stored bytes are not what was written
  closed,              // the other end finished normally
  internal,            // our bug
};

[[nodiscard]] std::string_view name_of(ErrorCode code);

// One field of the input that is wrong. `pointer` is a JSON pointer (RFC 6901), "" for the whole
// document.
struct FieldError {
  std::string pointer;
  std::string message;

  bool operator==(const FieldError&) const = default;
};

struct [[nodiscard]] Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;
  std::vector<FieldError> fields = {};
};

}  // namespace antiphon
