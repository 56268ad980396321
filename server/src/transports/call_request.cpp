#include "transports/call_request.h"

namespace antiphon {

WebSocketLimits call_socket_limits() {
  WebSocketLimits limits;
  limits.message_bytes_max = std::size_t{16} * 1024;
  limits.fragments_max = 16;
  limits.outgoing_messages_max = 256;
  limits.outgoing_bytes_max = std::size_t{256} * 1024;
  return limits;
}

std::string_view bearer_of(const Request& request) {
  constexpr std::string_view kScheme = "Bearer ";
  std::string_view header = request.headers.find("Authorization").value_or("");
  if (!header.starts_with(kScheme)) return {};
  header.remove_prefix(kScheme.size());
  return header;
}

}  // namespace antiphon
