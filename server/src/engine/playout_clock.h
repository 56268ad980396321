// Which words of a reply has the caller heard? Maps samples that were sent to words of the text.
//
// Input   clauses in the order they are synthesized: text, then samples, then the end; word times
//         where the synthesizer knows them. What is spoken may differ from what is written
//         (SpeechText): word times are about the spoken text, answers about the written one.
// Output  the heard text after N sent samples, cut at a word border: a written word counts once
//         more than half of what is spoken for it was sent. Without word times a clause's words
//         share its sound by their syllables, and its pauses lie at its punctuation; while a clause
//         is still growing its words follow at the pace of the clauses before it, of earlier
//         replies too.
// Limits  1,000 word times a clause; more are left out. heard() never shrinks as `sent` grows.
// Thread  owned by one session. Never called from the tick.
#pragma once

#include "engine/caller_audio.h"
#include "engine/clause_sound.h"
#include "engine/speech_text.h"
#include "engine/word_timeline.h"
#include "ports/speech_synthesizer.h"

#include <span>
#include <string>
#include <vector>

namespace antiphon {

class PlayoutClock {
 public:
  // A new reply.
  void begin();
  // `first` is the position in the reply's audio where the clause's sound begins. Without pieces
  // the clause is spoken as it is written.
  void begin_clause(std::string written, std::vector<SpokenPiece> pieces, SampleIndex first);
  void add_samples(std::span<const Sample> samples);
  void add_words(std::span<const WordTime> words);
  void end_clause();

  // The text of all words heard once `sent` samples have left, clauses joined by a space.
  [[nodiscard]] std::string heard(SampleIndex sent) const;
  // Where the word that was being spoken at `sent` began.
  [[nodiscard]] SampleIndex word_border(SampleIndex sent) const;

 private:
  struct Clause {
    std::string written;
    std::vector<ClauseWord> words;
    std::vector<WordTime> times;
    SampleIndex first = 0;
    ClauseSound sound;
    bool complete = false;
  };

  [[nodiscard]] std::vector<SoundSpan> timeline(const Clause& clause) const;
  void learn_pace(const Clause& clause);
  [[nodiscard]] std::size_t heard_bytes(const Clause& clause, SampleIndex sent) const;

  std::vector<Clause> clauses_;
  double paced_samples_ = 0;
  double paced_weight_ = 0;
};

}  // namespace antiphon
