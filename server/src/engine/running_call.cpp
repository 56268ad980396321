#include "engine/running_call.h"

#include <boost/asio/this_coro.hpp>

#include <utility>

namespace antiphon {

namespace {

std::unique_ptr<CallLog> make_log(std::unique_ptr<CallLogSink> sink, const CallLoop& loop) {
  if (!sink) return nullptr;
  return std::make_unique<CallLog>(std::move(sink), loop.now(), loop.wall());
}

OuterPorts ports_of(const SessionServices& services, MediaTransport& transport) {
  return {&services.random,
          &services.journal,
          &services.recognizer,
          &services.synthesizer,
          &services.turn_detector,
          &services.language_model,
          &transport,
          services.recorder,
          services.tools};
}

}  // namespace

RunningCall::RunningCall(const SessionServices& services, SessionPlan plan,
                         MediaTransport& transport, Executor executor,
                         std::unique_ptr<CallLogSink> log)
    : loop_(executor, services.clock),
      log_(make_log(std::move(log), loop_)),
      ports_(loop_, ports_of(services, transport), log_.get()),
      session_(ports_.services(services.log, services.metrics), std::move(plan), ports_.transport(),
               loop_.executor()),
      over_(std::move(executor), 1, WhenFull::refuse),
      life_(loop_.executor()) {
  if (log_) loop_.watch(*log_, [this] { note_sent(); });
}

template <class Event>
void RunningCall::event(Event&& event) {
  loop_.run(loop_.outer_now(), std::forward<Event>(event));
}

void RunningCall::note_sent() noexcept {
  if (ports_.sent().take_changed()) log_->check(ports_.sent().value());
  log_->flush();
}

Task<> RunningCall::converse() {
  co_await session_.run();
  over_.close();
}

Task<> RunningCall::serve() {
  event([this] {
    if (log_) log_->started(loop_.now());
    life_.spawn(converse());
  });
  const auto over = co_await over_.receive();
  if (over || over.error().code == ErrorCode::closed) co_return;
  // The worker ends; the record of the conversation is completed first.
  co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
  event([this] {
    if (log_) log_->cancelled(loop_.now());
    life_.cancel();
  });
  const auto completed = co_await over_.receive();
  static_cast<void>(completed);
}

void RunningCall::receive(const AudioFrame& frame) noexcept {
  loop_.begin(loop_.outer_now());
  if (log_) log_->frame(loop_.now(), frame.samples);
  session_.receive(frame);
  loop_.end();
}

void RunningCall::receive_text(std::string text) {
  event([&] {
    if (log_) log_->typed(loop_.now(), text);
    session_.receive_text(std::move(text));
  });
}

void RunningCall::report_unplayed(SampleCount samples) {
  event([&] {
    if (log_) log_->unplayed(loop_.now(), samples);
    session_.report_unplayed(samples);
  });
}

void RunningCall::hang_up(EndReason reason) {
  event([&] {
    if (log_) log_->hung_up(loop_.now(), reason);
    session_.hang_up(reason);
  });
}

void RunningCall::detach() {
  event([&] {
    if (log_) log_->detached(loop_.now());
    session_.detach();
  });
}

// What must not be in the recording must not be in the log either, and a log with a hole repeats
// nothing behind it: it ends here.
void RunningCall::pause_recording(Timepoint at) {
  if (log_) log_->end();
  event([&] { session_.pause_recording(at); });
}

void RunningCall::resume_recording(Timepoint at) {
  event([&] { session_.resume_recording(at); });
}

void RunningCall::judged(float probability) noexcept {
  if (log_) log_->judged(probability);
  session_.judged(probability);
}

bool RunningCall::tick(Timepoint now) noexcept {
  loop_.begin(loop_.inside(now));
  if (log_) log_->tick(loop_.now());
  const bool due = session_.tick(loop_.now()) || loop_.due(loop_.now());
  if (!due) loop_.end();
  return due;
}

void RunningCall::settle() {
  session_.settle();
  loop_.wake();
  loop_.drain();
  loop_.end();
}

}  // namespace antiphon
