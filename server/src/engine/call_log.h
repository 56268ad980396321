// The log of a call: all that entered it, in order, so that the call can be repeated byte for byte
// (engine/call_replay.h).
//
// A call is a function of its inputs because its coroutines run in a CallLoop: an input is one
// event, and everything it sets off runs to its end before the next one. Inputs are the caller's
// frames and texts, ticks, judgements of the voice-activity model, and whatever a provider
// answered; what sleeps in a call is woken by its ticks. After each event that sent something
// stands a check over all that was sent so far: a repeated call that differs is found at the event
// where it first does.
//
// Format  records: a kind, the time since the last event in microseconds, fields (log_bytes.h).
//         About 1 MB a minute of two voices, 40 kB of it beside the sound.
// Limits  a record that finds no room in the sink ends the log; the call goes on.
// Thread  the session's executor. frame(), tick(), judged(), check() allocate nothing.
#pragma once

#include "core/audio_frame.h"
#include "domain/conversation.h"
#include "engine/log_bytes.h"
#include "ports/call_logs.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

enum class CallInput : std::uint8_t {
  begin = 1,  // steady and civil time at which the session was made
  started,    // its worker serves it
  frame,      // 320 samples of the caller
  judged,     // the probability of voice in the window that the next tick takes
  tick,       // 20 ms have passed
  typed,      // text
  hung_up,    // a reason
  detached,   // the transport has gone
  answered,   // operation, and what a neighbour answered
  cancelled,  // the worker ends the call
  drawn,      // bytes that the event before it took from outside without waiting
  check,      // of everything sent until now
  unplayed,   // samples that the far side was sent and has not played
};

class CallLog {
 public:
  CallLog(std::unique_ptr<CallLogSink> sink, Timepoint now, WallTime wall);

  void frame(Timepoint now, std::span<const Sample> samples) noexcept;
  void judged(float probability) noexcept;
  void tick(Timepoint now) noexcept;
  void typed(Timepoint now, std::string_view text);
  void hung_up(Timepoint now, EndReason reason);
  void unplayed(Timepoint now, SampleCount samples);
  void started(Timepoint now) { event(CallInput::started, now); }
  void detached(Timepoint now) { event(CallInput::detached, now); }
  void cancelled(Timepoint now) { event(CallInput::cancelled, now); }
  void drawn(std::span<const std::byte> bytes);
  void check(std::uint32_t sum) noexcept;
  template <class T>
  void answered(Timepoint now, std::uint64_t operation, const Result<T>& answer) {
    event(CallInput::answered, now);
    LogWriter out(bytes_);
    out.number(operation);
    std::vector<std::byte> value;
    LogWriter body(value);
    write(body, answer);
    out.number(value.size());
    bytes_.insert(bytes_.end(), value.begin(), value.end());
  }
  // Hands over what was written since; called after each event.
  void flush() noexcept;
  // Nothing is kept from here on.
  void end() noexcept { sink_.reset(); }

 private:
  void event(CallInput kind, Timepoint now);

  std::unique_ptr<CallLogSink> sink_;  // null once the log has ended
  std::vector<std::byte> bytes_;
  Timepoint last_;
};

// One record, as it is read. The spans point into the log.
struct CallRecord {
  CallInput kind = CallInput::begin;
  Timepoint at{};
  WallTime wall{};                                      // begin
  std::array<Sample, kFrameSamples.value()> samples{};  // frame
  float probability = 0;                                // judged
  std::string text;                                     // typed
  EndReason reason = EndReason::failure;                // hung_up
  std::uint64_t operation = 0;                          // answered
  std::span<const std::byte> bytes;                     // answered, drawn
  std::uint32_t sum = 0;                                // check
  SampleCount unplayed{0};                              // unplayed
};

// Reads records one by one. Errors: corrupt, with the place. nullopt after the last.
class CallLogReader {
 public:
  explicit CallLogReader(std::span<const std::byte> log) : log_(log), in_(log) {}
  [[nodiscard]] Result<std::optional<CallRecord>> next();
  // The kind of the record that next() will give.
  [[nodiscard]] std::optional<CallInput> peek() const;

 private:
  void read_fields(CallRecord& record);

  std::span<const std::byte> log_;
  LogReader in_;
  Timepoint last_{};
};

}  // namespace antiphon
