#include "transports/audio_socket/audio_socket.h"

#include "net/websocket.h"
#include "transports/audio_socket/audio_call.h"
#include "transports/call_request.h"
#include "transports/refusal_response.h"

#include <utility>

namespace antiphon {

namespace {

// A call and the plan that it will carry out.
class PlannedCall final : public CarriedCall {
 public:
  PlannedCall(std::unique_ptr<AudioCall> call, ConversationPlanner& planner, SessionPlan plan)
      : call_(std::move(call)), planner_(planner), plan_(std::move(plan)) {}

  Task<> run() override {
    if (const auto fruitless = co_await call_->run(plan_)) planner_.abandon(plan_, *fruitless);
  }
  void stop() override { call_->stop(); }

 private:
  std::unique_ptr<AudioCall> call_;
  ConversationPlanner& planner_;
  SessionPlan plan_;
};

std::string token_of(const Request& request) {
  if (const auto parameter = request.parameter("token")) return std::string(*parameter);
  return std::string(bearer_of(request));
}

}  // namespace

AudioSocket::AudioSocket(ConversationPlanner& planner, SessionHost& host, Clock& clock, Log& log,
                         Metrics& metrics)
    : planner_(planner), host_(host), clock_(clock), log_(log), metrics_(metrics) {}

AudioSocket::~AudioSocket() = default;

Task<> AudioSocket::handle(Request request, ResponseWriter& writer) {
  if (!request.wants_websocket()) {
    // A browser that previews the link must not use up its token.
    metrics_.refused.add();
    const auto refused = co_await accept_websocket(request, writer, {});
    static_cast<void>(refused);
    co_return;
  }
  // Before the token is used up: the client may try again with it.
  if (auto room = host_.room(); !room) {
    metrics_.refused.add();
    const auto sent = co_await writer.send(refusal_response(room.error()));
    static_cast<void>(sent);
    co_return;
  }
  auto plan = co_await planner_.plan(token_of(request));
  if (!plan) {
    metrics_.refused.add();
    const auto sent = co_await writer.send(refusal_response(plan.error()));
    static_cast<void>(sent);
    co_return;
  }
  const Executor executor = host_.pick_executor();
  const ConversationId conversation = plan->conversation.id;
  auto socket = co_await accept_websocket(request, writer,
                                          {.limits = call_socket_limits(), .executor = executor});
  if (!socket) {
    metrics_.refused.add();
    log_.info("audio_socket.refused",
              {{"conversation", conversation.to_string()}, {"error", socket.error()}});
    planner_.abandon(*plan, EndReason::transport_lost);
    co_return;
  }
  workers_.carry(
      executor, [this, executor, wire = std::move(*socket), what = std::move(*plan)]() mutable {
        auto call = std::make_unique<AudioCall>(std::move(wire), host_, executor, clock_, metrics_);
        return std::make_unique<PlannedCall>(std::move(call), planner_, std::move(what));
      });
}

Task<> AudioSocket::stop() { return workers_.stop(); }

}  // namespace antiphon
