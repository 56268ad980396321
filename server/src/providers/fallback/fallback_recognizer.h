// One caller's words, from whichever recognizer of a chain hears them.
//
// The utterance's sound is kept. A recognizer that was given 800 ms of sound louder than silence
// and said nothing new, or gives no final result for 1.5 s, or fails, is replaced by the next one
// whose circuit is not open: that one gets the utterance from its beginning, so no word is lost.
// Each utterance begins with the first recognizer of the chain that may be asked.
//
// Limits  10 s of the utterance are kept. What is older is replaced by the text that its recognizer
//         had promised by then.
// Errors  an utterance that no recognizer of the chain could hear: the last one's error, once.
// Thread  the session's executor; the health is shared by all. push() allocates nothing.
#pragma once

#include "core/clock.h"
#include "ports/speech_recognizer.h"
#include "providers/fallback/provider_health.h"

#include <memory>
#include <vector>

namespace antiphon {

// Two owners, as of a ModelLeg. One that hears only whole utterances is not expected to say
// anything before the end.
struct HearingLeg {
  std::shared_ptr<SpeechRecognizer> recognizer;
  std::shared_ptr<ProviderHealth> health;
  bool partials = true;
};

// At least one leg. The clock outlives the stream.
[[nodiscard]] std::unique_ptr<RecognitionStream> hear_with(std::vector<HearingLeg> legs,
                                                           RecognitionOptions options,
                                                           Clock& clock);

}  // namespace antiphon
