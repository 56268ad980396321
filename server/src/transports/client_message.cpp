#include "transports/client_message.h"

#include "json/codec.h"

#include <algorithm>
#include <utility>

namespace antiphon {

ANTIPHON_JSON_CODEC(ClientMessage)

Result<ClientMessage> parse_client_message(std::string_view text) {
  return from_json<ClientMessage>(text);
}

Result<ClientMessage> ClientMessages::take(std::string_view text, Timepoint now) {
  typed_until_ = std::max(typed_until_, now) + kInterval;
  if (typed_until_ > now + kAtOnce * kInterval) {
    return failure(ErrorCode::resource_exhausted, "events arrive faster than anybody types");
  }
  auto parsed = parse_client_message(text);
  if (parsed) return parsed;
  std::string what = parsed.error().message;
  for (const FieldError& field : parsed.error().fields) {
    what += (field.pointer.empty() ? ": it " : "; " + field.pointer + " ") + field.message;
  }
  const bool json = parsed.error().code != ErrorCode::protocol_error;
  return failure(json ? ErrorCode::unsupported : ErrorCode::protocol_error, std::move(what));
}

}  // namespace antiphon
