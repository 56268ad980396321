// The neighbours of a session, as one call sees them: what they answer comes in as an event of the
// CallLoop, what the session sends is summed up, and what it uses of them is counted.
//
// Of a live call each stands before the real one; of a replayed call before nothing: answers come
// from the log, what is sent goes to the sum alone.
// Thread  the session's executor.
#pragma once

#include "engine/call_loop.h"
#include "engine/session_parts.h"
#include "engine/usage_meter.h"
#include "ports/call_recorder.h"

#include <deque>
#include <functional>
#include <memory>

namespace antiphon {

// A sum over everything that a session sent, in order. Not for secrets.
class SentSum {
 public:
  // Off, nothing is added: nobody would look.
  explicit SentSum(bool on) : on_(on) {}
  void add(std::uint64_t value) noexcept;
  void add(std::string_view text) noexcept;
  void add(std::span<const Sample> samples) noexcept;
  // Changed since the last call of this?
  [[nodiscard]] bool take_changed() noexcept { return std::exchange(changed_, false); }
  [[nodiscard]] std::uint32_t value() const noexcept {
    return static_cast<std::uint32_t>(sum_ ^ (sum_ >> 32));
  }

 private:
  std::uint64_t sum_ = 0x9e3779b97f4a7c15;
  bool on_;
  bool changed_ = false;
};

// The real neighbours of a live call; of a replayed one all are null.
struct OuterPorts {
  Random* random = nullptr;
  ConversationJournal* journal = nullptr;
  SpeechRecognizer* recognizer = nullptr;
  SpeechSynthesizer* synthesizer = nullptr;
  TurnDetector* turn_detector = nullptr;
  LanguageModel* language_model = nullptr;
  MediaTransport* transport = nullptr;
  CallRecorder* recorder = nullptr;  // may be null in a live call too
  ToolRunner* tools = nullptr;       // likewise
};

class CallPorts {
 public:
  CallPorts(CallLoop& loop, const OuterPorts& outer, CallLog* log);
  ~CallPorts();

  [[nodiscard]] SessionServices services(Log& log, EngineMetrics& metrics);
  [[nodiscard]] MediaTransport& transport();
  [[nodiscard]] SentSum& sent() { return sent_; }
  // For a replayed call: the bytes that it will draw next.
  void give(std::span<const std::byte> drawn);
  // For a replayed call: told of what the session sends.
  std::function<void(const AudioFrame&)> on_frame;
  std::function<void(const JournalEntry&)> on_entry;

 private:
  class CallClock;
  class CallRandom;
  class CallJournal;
  class CallRecognizer;
  class CallSynthesizer;
  class CallTurnDetector;
  class CallLanguageModel;
  class CallToolRunner;
  class CallTransport;
  class CallSound;
  struct Parts;

  [[nodiscard]] bool live() const { return outer_.random != nullptr; }
  // To the journal of a live call. No part of the sum: logs from before there was a meter repeat.
  void write_usage(const JournalEntry& entry);
  void draw(std::span<std::byte> bytes);

  CallLoop& loop_;
  OuterPorts outer_;
  CallLog* log_;
  SentSum sent_;
  UsageMeter meter_;
  std::int64_t usage_sequence_ = 0;
  std::deque<std::byte> drawn_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace antiphon
