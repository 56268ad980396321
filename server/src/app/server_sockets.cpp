#include "app/server_sockets.h"

#include <utility>

namespace antiphon {

namespace {

constexpr std::size_t kFormMax = std::size_t{16} * 1024;

}  // namespace

void ServerSockets::add_routes(Router& router) {
  router.add(PageRoute{"/audio/pcm",
                       [this](Request request, ResponseWriter& writer) {
                         return audio_.handle(std::move(request), writer);
                       },
                       Upgrade::allowed});
  add_carrier(router, "/audio/twilio", "/carriers/twilio/answer", StreamDialect::twilio);
  add_carrier(router, "/audio/telnyx", "/carriers/telnyx/answer", StreamDialect::telnyx);
  add_carrier(router, "/audio/plivo", "/carriers/plivo/answer", StreamDialect::plivo);
  add_webrtc_routes(router, webrtc_);
}

// A carrier's console lets its user choose how the webhook is asked.
void ServerSockets::add_carrier(Router& router, std::string_view socket, std::string_view answer,
                                StreamDialect dialect) {
  router.add(PageRoute{socket,
                       [this, dialect](Request request, ResponseWriter& writer) {
                         return streams_.handle(dialect, std::move(request), writer);
                       },
                       Upgrade::allowed});
  for (const Method method : {Method::get, Method::post}) {
    router.add(PageRoute{answer,
                         [this, dialect](Request request, ResponseWriter& writer) {
                           return answers_.handle(dialect, std::move(request), writer);
                         },
                         Upgrade::refused, method, kFormMax});
  }
}

Task<> ServerSockets::stop() {
  co_await audio_.stop();
  co_await streams_.stop();
  co_await webrtc_.stop();
}

}  // namespace antiphon
