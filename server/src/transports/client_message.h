// What a client may send as text during a call: docs/reference/audio-socket.md.
#pragma once

#include "core/bounded.h"
#include "core/clock.h"
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

// The messages of one client, who types no faster than anybody can: each text makes the agent begin
// a reply.
//
// Limits  kAtOnce messages, then one each kInterval.
// Errors  resource_exhausted (too fast), protocol_error (no JSON), unsupported (no message of ours;
//         the text names the fields).
// Thread  one owner.
class ClientMessages {
 public:
  static constexpr int kAtOnce = 20;
  static constexpr std::chrono::milliseconds kInterval{200};

  [[nodiscard]] Result<ClientMessage> take(std::string_view text, Timepoint now);

 private:
  Timepoint typed_until_{};  // when what was typed would have been, at kInterval each
};

}  // namespace antiphon
