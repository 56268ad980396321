// `antiphon talk`: a caller made of a recording speaks to an agent in real time, and the whole call
// is kept.
//
// It waits for the greeting, speaks, waits for the reply to end, hangs up. With an interruption it
// speaks `interrupt` over the reply, `interrupt_at` after the reply's first sound.
// Limits  the recording: dsp/audio_file.h; the call: `call_max`.
// Errors  of the server, in its own words; timeout when the agent says nothing for reply_max.
#pragma once

#include "core/audio_frame.h"
#include "core/clock.h"
#include "core/result.h"
#include "core/task.h"
#include "core/task_group.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace antiphon {

struct TalkRequest {
  std::string url;  // http://127.0.0.1:8080
  std::string key;
  std::string agent;
  std::string version = "published";  // or draft, or a number
  std::vector<Sample> question;
  std::vector<Sample> interruption;  // empty: none
  std::chrono::milliseconds interrupt_at{1'200};
  std::chrono::seconds reply_max{20};
  std::chrono::seconds call_max{7'200};
};

// What the server said happened: docs/reference/audio-socket.md.
struct TalkEvent {
  std::string type;
  std::int64_t at_ms = 0;
  std::string text;
  std::string heard;
  std::string prompt;
  std::string reason;
  std::string message;
  std::optional<std::int64_t> turn_ended_ms;
  std::optional<std::int64_t> transcript_final_ms;
  std::optional<std::int64_t> first_text_ms;
  std::optional<std::int64_t> first_audio_ready_ms;
  std::optional<std::int64_t> first_audio_sent_ms;
};

struct TalkOutcome {
  std::string conversation;
  std::vector<TalkEvent> events;
  std::vector<Sample> caller;  // both sides on one clock, from the first frame sent
  std::vector<Sample> agent;
  // Measured here: from the last sound of the question to the first sound of the reply that
  // arrived.
  std::optional<std::chrono::milliseconds> reply_after;
};

using TalkObserver = std::function<void(const TalkEvent&)>;

Task<Result<TalkOutcome>> talk(Executor executor, Clock& clock, TalkRequest request,
                               TalkObserver observer);

// The last sample louder than silence: where a recording's speech ends.
[[nodiscard]] std::size_t last_sound(const std::vector<Sample>& samples);

}  // namespace antiphon
