#include "transports/media_streams/media_streams.h"

#include "net/websocket.h"
#include "transports/refusal_response.h"

#include <boost/asio/this_coro.hpp>

#include <memory>
#include <utility>

namespace antiphon {

namespace {

constexpr std::string_view kKeyPrefix = "antiphon_";

WebSocketLimits limits() {
  WebSocketLimits limits;
  limits.message_bytes_max = std::size_t{16} * 1024;
  limits.fragments_max = 16;
  limits.outgoing_messages_max = 256;
  limits.outgoing_bytes_max = std::size_t{256} * 1024;
  return limits;
}

CarrierCall call_of(const Request& request) {
  const auto parameter = [&request](std::string_view name) {
    return std::string(request.parameter(name).value_or(""));
  };
  CarrierCall call;
  call.token = parameter("token");
  call.key = parameter("key");
  call.agent = parameter("agent");
  constexpr std::string_view kScheme = "Bearer ";
  std::string_view header = request.headers.find("Authorization").value_or("");
  if (!header.starts_with(kScheme)) return call;
  header.remove_prefix(kScheme.size());
  (header.starts_with(kKeyPrefix) ? call.key : call.token) = header;
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
  auto socket =
      co_await accept_websocket(request, writer, {.limits = limits(), .executor = executor});
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
