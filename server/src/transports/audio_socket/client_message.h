// What a client may send as text on the audio socket: docs/reference/audio-socket.md.
#pragma once

#include "core/bounded.h"
#include "core/result.h"

#include <boost/describe/class.hpp>

#include <string_view>
#include <variant>

namespace antiphon {

struct TypedMessage {
  static constexpr std::string_view kType = "text";
  Text<1, 2'000> text;
};
BOOST_DESCRIBE_STRUCT(TypedMessage, (), (text))

struct HangUpMessage {
  static constexpr std::string_view kType = "hang_up";
};
BOOST_DESCRIBE_STRUCT(HangUpMessage, (), ())

using ClientMessage = std::variant<TypedMessage, HangUpMessage>;

// Errors: protocol_error (no JSON), invalid_argument (no message of ours).
[[nodiscard]] Result<ClientMessage> parse_client_message(std::string_view text);

}  // namespace antiphon
