// One generation: the language model's text becomes clauses, clauses become sound in the playout
// buffer.
//
//   ReplyStream ─text─▶ ClauseSplitter ─clauses─▶ SpeechText ─words─▶ SpeechSynthesizer
//     ─samples─▶ PlayoutBuffer ─(tick)─▶ caller
//
// The synthesizer is given spoken words, everything else the written ones. A clause of which
// nothing is spoken (a rule of Markdown, an emoji) is no part of the reply.
// The next clause is begun as soon as the current one has its first sound. After cancel() nothing
// reaches the observer or the playout any more, whatever the providers still answer.
// Limits  4,000 characters a reply, the rest is left out; a provider that gives nothing for 6 s has
//         failed, and so has one that gives far too much, or silence (ClauseBudget).
// Errors  a failed clause is told to the observer and left out; two in a row end the reply.
// Thread  the session's executor. The owner joins before it destroys.
#pragma once

#include "core/mailbox.h"
#include "core/task_group.h"
#include "domain/conversation.h"
#include "engine/clause_splitter.h"
#include "engine/generation_right.h"
#include "engine/playout_buffer.h"
#include "engine/playout_clock.h"
#include "engine/speech_text.h"
#include "ports/language_model.h"
#include "ports/speech_synthesizer.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace antiphon {

struct Playout {
  PlayoutBuffer buffer;
  PlayoutClock clock;
};

class ReplyPipeline;

class ReplyObserver {
 public:
  virtual ~ReplyObserver() = default;
  virtual void on_first_text() = 0;
  virtual void on_clause(const std::string& text) = 0;
  virtual void on_first_samples() = 0;
  virtual void on_model_failed(const Error& error) = 0;
  virtual void on_synthesis_failed(const Error& error) = 0;
};

struct VoiceChoice {
  SynthesisRequest voice;  // without text
  SpeechText text;
};

class ReplyPipeline {
 public:
  ReplyPipeline(GenerationId generation, Executor executor, Clock& clock,
                SpeechSynthesizer& synthesizer, VoiceChoice voice, Playout& playout,
                ReplyObserver& observer);

  void start(std::unique_ptr<ReplyStream> stream);
  void cancel();
  Task<> join() { return tasks_.join(); }
  [[nodiscard]] bool idle() const { return tasks_.size() == 0; }

  [[nodiscard]] GenerationId generation() const { return generation_; }
  // What it may do, which ends with cancel(). Second owner: the tools that it asks for.
  [[nodiscard]] const std::shared_ptr<GenerationRight>& right() const { return right_; }
  // All clauses made so far, joined by a space.
  [[nodiscard]] const std::string& said() const { return said_; }
  [[nodiscard]] const std::vector<Citation>& citations() const { return citations_; }
  [[nodiscard]] ReplyAction action() const { return action_; }
  [[nodiscard]] const TurnDirective& directive() const { return directive_; }
  // The text that sounds at `taken` must be heard to its end.
  [[nodiscard]] bool is_firm(SampleIndex taken) const noexcept;
  // Everything that will ever be in the playout buffer is there.
  [[nodiscard]] bool complete() const { return complete_; }

 private:
  struct Clause {
    std::string written;
    SpokenText spoken;
    bool firm = false;
  };
  // From which sample on the caller may not interrupt, or may again.
  struct Firmness {
    SampleIndex from = 0;
    bool firm = false;
  };
  struct Spoken {
    std::string written;
    std::vector<SpokenPiece> pieces;
    std::unique_ptr<SynthesisStream> stream;
    bool firm = false;
  };

  Task<> read_text();
  Task<> speak();
  Task<bool> play(Spoken& spoken);
  Task<bool> queue_samples(std::vector<Sample> samples);
  bool accept(const ReplyChunk& chunk);
  void emit_clauses(bool firm);
  [[nodiscard]] Spoken begin(Clause clause);
  void begin_next();

  GenerationId generation_;
  Clock& clock_;
  SpeechSynthesizer& synthesizer_;
  VoiceChoice voice_;
  Playout& playout_;
  ReplyObserver& observer_;
  std::shared_ptr<GenerationRight> right_;
  std::unique_ptr<ReplyStream> stream_;
  ClauseSplitter splitter_;
  Mailbox<Clause> clauses_;
  std::optional<Spoken> next_;
  std::size_t characters_ = 0;
  std::string said_;
  std::vector<Citation> citations_;
  ReplyAction action_ = ReplyAction::none;
  TurnDirective directive_;
  std::vector<Firmness> firmness_;
  bool cancelled_ = false;
  bool complete_ = false;
  bool sounded_ = false;
  TaskGroup tasks_;  // last: its tasks use what stands above
};

// A sentence of our own, through the same path as the model's.
[[nodiscard]] std::unique_ptr<ReplyStream> make_phrase(std::string text, ReplyAction action);

}  // namespace antiphon
