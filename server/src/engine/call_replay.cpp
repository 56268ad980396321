#include "engine/call_replay.h"

#include "core/system_clock.h"
#include "engine/call_ports.h"
#include "engine/session.h"

#include <boost/asio/io_context.hpp>

#include <utility>

namespace antiphon {

namespace {

constexpr int kRoundsMax = 1'000;  // of a call that is wound up where its log ends

class Replay {
 public:
  Replay(const SessionPlan& plan, const CallRecord& begin, CallLogReader& reader,
         const ReplayWatcher& watcher)
      : began_(begin.at), reader_(reader), watcher_(watcher) {
    loop_.begin(began_);
    loop_.set_wall(begin.wall);
    ports_.on_frame = [this](const AudioFrame& frame) {
      ++report_.frames;
      if (watcher_.on_agent) watcher_.on_agent(loop_.now() - began_, frame);
    };
    ports_.on_entry = [this](const JournalEntry& entry) {
      if (watcher_.on_entry) watcher_.on_entry(loop_.now() - began_, entry);
    };
    session_.emplace(ports_.services(log_, metrics_), plan, ports_.transport(), loop_.executor());
  }

  ReplayReport run() {
    while (!report_.difference) {
      auto record = reader_.next();
      if (!record) differ(CallInput::begin, record.error().message);
      if (!record || !*record) break;
      ++report_.events;
      repeat(**record);
      report_.length = loop_.now() - began_;
    }
    report_.cut = life_.size() > 0;
    wind_up();
    return std::move(report_);
  }

 private:
  void differ(CallInput input, std::string what) {
    if (report_.difference) return;
    report_.difference = {loop_.now() - began_, report_.events, input, std::move(what)};
  }

  void repeat(const CallRecord& record) {
    if (record.kind == CallInput::judged) {
      judgement_ = record.probability;
      return;
    }
    while (reader_.peek() == CallInput::drawn) {
      const auto drawn = reader_.next();
      if (!drawn) return differ(record.kind, drawn.error().message);
      ports_.give((*drawn)->bytes);
    }
    loop_.run(record.at, [&] { input(record); });
    compare(record.kind);
  }

  void input(const CallRecord& record) {
    switch (record.kind) {
      case CallInput::started:
        return life_.spawn(session_->run());
      case CallInput::frame:
        return hear(record);
      case CallInput::tick:
        return tick(record);
      case CallInput::typed:
        return session_->receive_text(record.text);
      case CallInput::hung_up:
        return session_->hang_up(record.reason);
      case CallInput::unplayed:
        return session_->report_unplayed(record.unplayed);
      case CallInput::detached:
        return session_->detach();
      case CallInput::cancelled:
        return life_.cancel();
      case CallInput::answered:
        if (auto given = loop_.deliver(record.operation, record.bytes); !given)
          differ(record.kind, given.error().message);
        return;
      case CallInput::begin:
      case CallInput::judged:
      case CallInput::drawn:
      case CallInput::check:
        return differ(record.kind, "a record stands where it cannot");
    }
  }

  void hear(const CallRecord& record) {
    AudioFrame frame;
    frame.samples = record.samples;
    frame.captured_at = record.at;
    frame.origin = Origin::received;
    if (watcher_.on_caller) watcher_.on_caller(loop_.now() - began_, frame.samples);
    session_->receive(frame);
  }

  void tick(const CallRecord& record) {
    VoiceActivityDetector::Input window;
    const auto judgement = std::exchange(judgement_, std::nullopt);
    if (session_->listen(window)) {
      if (!judgement) return differ(record.kind, "the call listened where it had not");
      session_->judged(*judgement);
    } else if (judgement) {
      return differ(record.kind, "the call did not listen where it had");
    }
    const bool due = session_->tick(record.at) || loop_.due(record.at);
    if (!due) return;
    session_->settle();
    loop_.wake();
  }

  void compare(CallInput input) {
    const bool sent = ports_.sent().take_changed();
    if (reader_.peek() != CallInput::check) {
      // Without a record behind it, the log was cut before the check could be written.
      if (sent && reader_.peek()) differ(input, "the call sent what it had not sent");
      return;
    }
    const auto check = reader_.next();
    if (!check) return differ(input, check.error().message);
    if (!sent) return differ(input, "the call sent nothing where it had");
    if ((*check)->sum != ports_.sent().value())
      differ(input, "the call sent something else than it had");
  }

  // Every coroutine is brought to its end before what it uses goes.
  void wind_up() {
    ports_.on_frame = nullptr;
    ports_.on_entry = nullptr;
    for (int round = 0; round < kRoundsMax && life_.size() > 0; ++round) {
      loop_.run(loop_.now(), [this] {
        session_->hang_up(EndReason::failure);
        loop_.answer_nobody();
      });
    }
  }

  SystemClock clock_;  // of the log lines, which nobody reads
  Log log_{clock_, 2, LogLevel::error};
  Metrics registry_;
  EngineMetrics metrics_{registry_};
  boost::asio::io_context context_;
  CallLoop loop_{context_.get_executor()};
  CallPorts ports_{loop_, {}, nullptr};
  Timepoint began_;
  CallLogReader& reader_;
  const ReplayWatcher& watcher_;
  std::optional<Session> session_;
  std::optional<float> judgement_;
  ReplayReport report_;
  TaskGroup life_{loop_.executor()};
};

}  // namespace

Result<ReplayReport> replay_call(const SessionPlan& plan, std::span<const std::byte> log,
                                 const ReplayWatcher& watcher) {
  CallLogReader reader(log);
  const auto begin = reader.next();
  if (!begin) return std::unexpected(begin.error());
  if (!*begin || (*begin)->kind != CallInput::begin) {
    return failure(ErrorCode::corrupt, "the log of the call has no beginning");
  }
  return Replay(plan, **begin, reader, watcher).run();
}

std::string_view name_of(CallInput input) {
  switch (input) {
    case CallInput::begin:
      return "begin";
    case CallInput::started:
      return "started";
    case CallInput::frame:
      return "frame";
    case CallInput::judged:
      return "judged";
    case CallInput::tick:
      return "tick";
    case CallInput::typed:
      return "typed";
    case CallInput::hung_up:
      return "hung up";
    case CallInput::detached:
      return "detached";
    case CallInput::answered:
      return "answered";
    case CallInput::cancelled:
      return "cancelled";
    case CallInput::drawn:
      return "drawn";
    case CallInput::check:
      return "check";
    case CallInput::unplayed:
      return "unplayed";
  }
  return "unknown";
}

}  // namespace antiphon
