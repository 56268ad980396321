// What every request for a socket with a call has in common.
#pragma once

#include "net/http.h"
#include "net/websocket.h"

#include <string_view>

namespace antiphon {

// Frames and small events: whoever sends more, or reads nothing, is cut off.
[[nodiscard]] WebSocketLimits call_socket_limits();

// What stands behind "Bearer " in the header Authorization; "" without it.
[[nodiscard]] std::string_view bearer_of(const Request& request);

}  // namespace antiphon
