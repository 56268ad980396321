#include "transports/audio_socket/client_message.h"

#include "json/codec.h"

namespace antiphon {

ANTIPHON_JSON_CODEC(ClientMessage)

Result<ClientMessage> parse_client_message(std::string_view text) {
  return from_json<ClientMessage>(text);
}

}  // namespace antiphon
