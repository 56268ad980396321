#include "transports/audio_socket/audio_socket.h"

#include "core/mailbox.h"
#include "net/websocket.h"
#include "transports/audio_socket/audio_call.h"
#include "transports/refusal_response.h"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace antiphon {

namespace {

constexpr std::size_t kMessageMax = 16 * 1024;

WebSocketLimits limits() {
  WebSocketLimits limits;
  limits.message_bytes_max = kMessageMax;
  limits.fragments_max = 16;
  limits.outgoing_messages_max = 256;
  limits.outgoing_bytes_max = 256 * 1024;
  return limits;
}

std::string token_of(const Request& request) {
  if (const auto parameter = request.parameter("token")) return std::string(*parameter);
  constexpr std::string_view kScheme = "Bearer ";
  const std::string_view header = request.headers.find("Authorization").value_or("");
  return header.starts_with(kScheme) ? std::string(header.substr(kScheme.size())) : std::string();
}

}  // namespace

struct AudioSocket::Worker {
  explicit Worker(const Executor& on) : executor(on), calls_group(on), closing_group(on) {}

  Executor executor;
  TaskGroup calls_group;
  TaskGroup closing_group;
  std::set<AudioCall*> calls;
  bool stopping = false;
};

AudioSocket::AudioSocket(ConversationPlanner& planner, SessionHost& host, Clock& clock, Log& log,
                         Metrics& metrics)
    : planner_(planner), host_(host), clock_(clock), log_(log), metrics_(metrics) {}

AudioSocket::~AudioSocket() = default;

std::shared_ptr<AudioSocket::Worker> AudioSocket::worker_of(const Executor& executor) {
  const auto known =
      std::ranges::find(workers_, executor, [](const auto& worker) { return worker->executor; });
  if (known != workers_.end()) return *known;
  return workers_.emplace_back(std::make_shared<Worker>(executor));
}

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
  const auto worker = worker_of(host_.pick_executor());
  const ConversationId conversation = plan->conversation.id;
  auto socket = co_await accept_websocket(request, writer,
                                          {.limits = limits(), .executor = worker->executor});
  if (!socket) {
    metrics_.refused.add();
    log_.info("audio_socket.refused",
              {{"conversation", conversation.to_string()}, {"error", socket.error()}});
    planner_.abandon(*plan, EndReason::transport_lost);
    co_return;
  }
  auto carry = [](AudioSocket& self, std::shared_ptr<Worker> on, WebSocket wire,
                  SessionPlan what) -> Task<> {
    AudioCall call(std::move(wire), self.host_, on->executor, self.clock_, self.metrics_);
    on->calls.insert(&call);
    if (on->stopping) call.stop();
    const auto fruitless = co_await call.run(what);
    on->calls.erase(&call);
    if (fruitless) self.planner_.abandon(what, *fruitless);
  };
  boost::asio::post(worker->executor, [this, worker, carry, wire = std::move(*socket),
                                       what = std::move(*plan)]() mutable {
    worker->calls_group.spawn(carry(*this, worker, std::move(wire), std::move(what)));
  });
}

// Each worker ends its own calls; the API loop waits for the last of them.
Task<> AudioSocket::stop() {
  const Executor here = co_await boost::asio::this_coro::executor;
  const auto ended = std::make_shared<Mailbox<bool>>(here, workers_.size() + 1, WhenFull::refuse);
  auto drain = [](std::shared_ptr<Worker> worker, std::shared_ptr<Mailbox<bool>> done) -> Task<> {
    co_await worker->calls_group.join();
    done->push(true);
  };
  for (const auto& worker : workers_) {
    boost::asio::post(worker->executor, [worker, drain, ended] {
      worker->stopping = true;
      for (AudioCall* call : worker->calls)
        call->stop();
      worker->closing_group.spawn(drain(worker, ended));
    });
  }
  for (std::size_t count = 0; count < workers_.size(); ++count) {
    if (!co_await ended->receive()) co_return;
  }
}

}  // namespace antiphon
