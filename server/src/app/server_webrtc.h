// WebRTC calls of the running server: its options, its routes.
//
// Thread  the API loop.
#pragma once

#include "api/router.h"
#include "app/options.h"
#include "net/socket_address.h"
#include "transports/webrtc/webrtc.h"

namespace antiphon {

// Errors: invalid_argument naming the option.
[[nodiscard]] Result<WebRtcSettings> read_webrtc(const Options& options,
                                                 const SocketAddress& listen);

void add_webrtc_routes(Router& router, WebRtc& webrtc);

}  // namespace antiphon
