#include "transports/media_streams/media_streams.h"

#include "net/websocket.h"
#include "transports/call_request.h"
#include "transports/refusal_response.h"

#include <boost/asio/this_coro.hpp>

#include <memory>
#include <utility>

namespace antiphon {

namespace {

constexpr std::string_view kKeyPrefix = "antiphon_";

CarrierCall call_of(const Request& request) {
  const auto parameter = [&request](std::string_view name) {
    return std::string(request.parameter(name).value_or(""));
  };
  CarrierCall call;
  call.token = parameter("token");
  call.key = parameter("key");
  call.agent = parameter("agent");
  const std::string_view bearer = bearer_of(request);
  if (bearer.empty()) return call;
  (bearer.starts_with(kKeyPrefix) ? call.key : call.token) = bearer;
  return call;
}

}  // namespace

MediaStreams::MediaStreams(CarrierCallPlanner& planner, SessionHost& host, Clock& clock, Log& log,
                           Metrics& metrics)
    : planner_(planner), host_(host), clock_(clock), log_(log), metrics_(metrics) {}

Result<> MediaStreams::admit() const {
  if (strangers_.load() >= kStrangersMax) {
    return failure(ErrorCode::unavailable,
                   "too many streams are waiting for their start; try again");
  }
  return host_.room();
}

Task<> MediaStreams::handle(StreamDialect dialect, Request request, ResponseWriter& writer) {
  if (auto room = admit(); request.wants_websocket() && !room) {
    metrics_.refused.add();
    const auto sent = co_await writer.send(refusal_response(room.error()));
    static_cast<void>(sent);
    co_return;
  }
  const Executor executor = host_.pick_executor();
  auto socket = co_await accept_websocket(request, writer,
                                          {.limits = call_socket_limits(), .executor = executor});
  if (!socket) {
    metrics_.refused.add();
    log_.info("media_stream.refused", {{"carrier", name_of(dialect)}, {"error", socket.error()}});
    co_return;
  }
  strangers_.fetch_add(1);
  MediaStreamServices services{
      planner_, host_, clock_, metrics_, co_await boost::asio::this_coro::executor, strangers_};
  workers_.carry(executor, [=, wire = std::move(*socket), call = call_of(request)]() mutable {
    return std::make_unique<MediaStreamCall>(std::move(wire), dialect, std::move(call), executor,
                                             services);
  });
}

}  // namespace antiphon
