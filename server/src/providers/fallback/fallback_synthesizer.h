// One clause, spoken by whichever voice of a chain gives sound.
//
// The first voice whose circuit is not open is asked. One that has given nothing for 800 ms (or
// twice what 95 of 100 of its first chunks took, if that is less), or has failed, is replaced. In
// the middle of a clause the next voice goes on at a word border: behind the last word that was
// given whole, by the provider's word times, or without them by the sound's share of the clause.
// Word times are of the whole clause, whoever spoke it.
//
// Errors  that of the last voice asked, or timeout.
// Thread  the session's executor; the health is shared by all.
#pragma once

#include "core/clock.h"
#include "ports/speech_synthesizer.h"
#include "providers/fallback/provider_health.h"

#include <memory>
#include <string>
#include <vector>

namespace antiphon {

// Two owners, as of a ModelLeg. `voice` is this provider's name of the voice that sounds most like
// the others of the chain; empty: the one that was asked for.
struct VoiceLeg {
  std::shared_ptr<SpeechSynthesizer> synthesizer;
  std::shared_ptr<ProviderHealth> health;
  std::string voice;
};

// At least one leg. The clock outlives the stream.
[[nodiscard]] std::unique_ptr<SynthesisStream> speak_from(std::vector<VoiceLeg> legs,
                                                          SynthesisRequest request, Clock& clock);

// Where the clause goes on after `given` of sound: a byte offset at the start of a word, or the
// clause's size. `words` are those known so far; a clause of which none is known is taken to be
// spoken at 65 ms a letter.
[[nodiscard]] std::size_t resume_at(std::string_view clause, const std::vector<WordTime>& words,
                                    std::chrono::milliseconds given);

}  // namespace antiphon
