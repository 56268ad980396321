// Which words of a reply has the caller heard? Maps samples that were sent to words of the text.
//
// Input   clauses in the order they are synthesized: text, then samples, then the end; word times
//         where the synthesizer knows them.
// Output  the heard text after N sent samples, cut at a word border: a word counts once half of it
//         was sent. Without word times a clause's words share its sound (silence at both ends taken
//         off) by their length in characters; while a clause is still growing its length is
//         estimated from the clauses before it.
// Thread  owned by one session. Never called from the tick.
#pragma once

#include "engine/caller_audio.h"
#include "ports/speech_synthesizer.h"

#include <span>
#include <string>
#include <vector>

namespace antiphon {

class PlayoutClock {
 public:
  // A new reply.
  void begin();
  // `first` is the position in the reply's audio where the clause's sound begins.
  void begin_clause(std::string text, SampleIndex first);
  void add_samples(std::span<const Sample> samples);
  void add_words(std::span<const WordTime> words);
  void end_clause();

  // The text of all words heard once `sent` samples have left, clauses joined by a space.
  [[nodiscard]] std::string heard(SampleIndex sent) const;
  // Where the word that was being spoken at `sent` began.
  [[nodiscard]] SampleIndex word_border(SampleIndex sent) const;

 private:
  struct Clause {
    std::string text;
    SampleIndex first = 0;
    SampleIndex count = 0;
    SampleIndex voice_begin = 0;  // offsets in the clause
    SampleIndex voice_end = 0;
    bool complete = false;
    std::vector<WordTime> words;
  };
  struct Word {
    std::size_t end_byte = 0;
    SampleIndex begin = 0;
    SampleIndex end = 0;
  };

  [[nodiscard]] std::vector<Word> timeline(const Clause& clause) const;
  [[nodiscard]] SampleIndex estimated_length(const Clause& clause) const;

  std::vector<Clause> clauses_;
};

}  // namespace antiphon
