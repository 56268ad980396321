// The parts a Session is made of, and what it borrows.
#pragma once

#include "core/log.h"
#include "core/random.h"
#include "engine/caller_audio.h"
#include "engine/metrics.h"
#include "engine/reply_pipeline.h"
#include "engine/tool_desk.h"
#include "engine/waterfall.h"
#include "ports/call_recorder.h"
#include "ports/conversation_journal.h"
#include "ports/language_model.h"
#include "ports/speech_recognizer.h"
#include "ports/speech_synthesizer.h"
#include "ports/tool_runner.h"
#include "ports/turn_detector.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace antiphon {

// All borrowed; they outlive every session.
struct SessionServices {
  Clock& clock;
  Random& random;
  ConversationJournal& journal;
  Log& log;
  EngineMetrics& metrics;
  SpeechRecognizer& recognizer;
  SpeechSynthesizer& synthesizer;
  TurnDetector& turn_detector;
  LanguageModel& language_model;
  CallRecorder* recorder = nullptr;  // null: no call is kept
  ToolRunner* tools = nullptr;       // null: no call uses any
};

// Why the agent speaks.
enum class Prompt : std::uint8_t { answer, greeting, reminder, goodbye, clarify, trouble, rest };

namespace session_parts {

// What the tick found and settle() carries out, in this order.
enum Due : std::uint32_t {
  kSpeechStarted = 1U << 0,
  kVoiceAgain = 1U << 1,
  kAsk = 1U << 2,
  kTurnEnded = 1U << 3,
  kPause = 1U << 4,
  kFinishSound = 1U << 5,
  kResume = 1U << 6,
  kStop = 1U << 7,
  kSoundOver = 1U << 8,
  kFirstAudio = 1U << 9,
  kAudible = 1U << 10,
  kPlayoutDone = 1U << 11,
  kTranscriptMissing = 1U << 12,
  kReplyStalled = 1U << 13,
  kIdle = 1U << 14,
  kTimeUp = 1U << 15,
  kHardEnd = 1U << 16,
  kGuess = 1U << 17,
};

struct CallerTurn {
  UtteranceId utterance = 0;
  std::string text;  // of the utterance, as far as it is known
  Timepoint text_changed{};
  Timepoint began{};
  Timepoint speech_end{};
  Timepoint final_at{};
  Timepoint final_due{};
  Duration voiced{};
  SampleIndex fed_to = 0;
  Milliseconds covered{0};      // how much of the utterance the text is of
  bool spoken = false;          // not typed
  bool feeding = false;         // frames go to the recognizer
  bool awaiting_final = false;  // finish() was called
  std::string lead;             // late words of the turn before; the recognizer may have them again
  std::string before;           // what was known when a sound interrupted the thinking
};

// The caller's turn that is being answered: recorded once the answer sounds, so that a caller who
// goes on before that still has one turn.
struct Unrecorded {
  std::string text;
  Timepoint began{};
  Timepoint ended{};
  UtteranceId utterance = 0;
};

// An answer that was begun in a pause of the caller. It is the agent's turn if the pause turns out
// to be the end, and never happened otherwise.
struct Guess {
  std::unique_ptr<ReplyPipeline> pipeline;
  std::string text;                  // what it answers
  std::vector<std::string> clauses;  // told once it is the agent's turn
  Waterfall waterfall;
  std::vector<Error> synthesis_errors;  // likewise
  bool failed = false;
};

struct AgentTurn {
  std::unique_ptr<ReplyPipeline> pipeline;
  Prompt prompt = Prompt::answer;
  std::optional<EndReason> end_after;
  bool interruptible = true;
  bool model_failed = false;
  bool sent = false;
  bool audible = false;
  Timepoint began{};
};

}  // namespace session_parts

}  // namespace antiphon
