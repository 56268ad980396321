#include "providers/mail/mail_queue.h"

#include "core/run_on.h"

#include <array>

namespace antiphon {

namespace {

using namespace std::chrono_literals;

constexpr std::array<Duration, MailQueue::kTries - 1> kPauses{1s, 10s, 60s, 300s};

Counter& counter(Metrics& metrics, const char* outcome) {
  return metrics.counter("mails_total", "Mails by what became of them.", {{"outcome", outcome}});
}

}  // namespace

MailQueue::MailQueue(Executor executor, Executor thread, Clock& clock, Log& log, Metrics& metrics,
                     MailDelivery deliver)
    : thread_(std::move(thread)),
      clock_(clock),
      log_(log),
      deliver_(std::move(deliver)),
      delivered_(counter(metrics, "delivered")),
      refused_(counter(metrics, "refused")),
      given_up_(counter(metrics, "given_up")),
      full_(counter(metrics, "queue_full")),
      waiting_(executor, kWaitingMax, WhenFull::refuse),
      group_(executor) {
  group_.spawn(run());
}

bool MailQueue::send(MailMessage message) {
  if (waiting_.push(std::move(message))) return true;
  full_.add();
  return false;
}

Task<> MailQueue::stop() {
  waiting_.close();
  group_.cancel();
  co_await group_.join();
}

Task<> MailQueue::run() {
  while (true) {
    auto message = co_await waiting_.receive();
    if (!message) co_return;
    if (!co_await deliver(*message)) co_return;
  }
}

// False when the queue ends.
Task<bool> MailQueue::deliver(const MailMessage& message) {
  for (std::size_t tried = 1;; ++tried) {
    const auto sent = co_await run_on(
        thread_, [deliver = deliver_, message]() -> Result<> { return deliver(message); });
    if (sent) {
      delivered_.add();
      co_return true;
    }
    const bool refused = sent.error().code == ErrorCode::protocol_error;
    log_.warning("mail.not_delivered",
                 {{"kind", message.kind}, {"tried", tried}, {"error", sent.error()}});
    if (refused || tried == kTries) {
      (refused ? refused_ : given_up_).add();
      co_return true;
    }
    if (!co_await clock_.sleep_for(kPauses[tried - 1])) co_return false;
  }
}

}  // namespace antiphon
