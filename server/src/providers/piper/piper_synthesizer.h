// The embedded voice: text, phonemes (flite), speech (Piper), piece by piece, so that the first
// comes soon.
//
//   PiperSynthesizer synthesizer(voice, pool);
//   auto stream = synthesizer.synthesize({.text = "We open at nine."});
//
// Output   one chunk a piece, cut at clauses; about 90 ms of a core per second of speech. Word
//          times from the durations the voice computed; a voice that gives out none has none.
// Limits   requests of 1,000 bytes. Text without a sound (emoji, punctuation) gives no chunk.
//          speed 0.5 to 2. The voice "joe" is the only one: another name is refused.
// Errors   invalid_argument, and the pool's.
// Thread   any executor. The synthesizer outlives its streams, the pool outlives it.
#pragma once

#include "core/strong.h"
#include "ports/speech_synthesizer.h"
#include "providers/inference_pool.h"

#include <functional>
#include <memory>
#include <vector>

namespace antiphon {

class PiperVoice;
class PromptCache;

class PiperSynthesizer final : public SpeechSynthesizer {
 public:
  // Phonemes and voice in one: a piece of text to sound, on the pool's threads; word times count
  // from the piece's first byte and sample. Tests put in their own.
  using Speak = std::function<Result<SynthesizedChunk>(const std::string& piece, double speed)>;
  static constexpr ByteCount kCacheDefault{32 * 1024 * 1024};

  PiperSynthesizer(std::shared_ptr<const PiperVoice> voice, InferencePool& pool,
                   ByteCount cache = kCacheDefault);
  PiperSynthesizer(Speak speak, InferencePool& pool, ByteCount cache = kCacheDefault);
  ~PiperSynthesizer() override;

  [[nodiscard]] std::unique_ptr<SynthesisStream> synthesize(SynthesisRequest request) override;
  Task<Result<>> prepare(std::vector<SynthesisRequest> prompts) override;
  [[nodiscard]] ProviderName provider(const SynthesisRequest&) const override {
    return {"piper", "joe"};
  }

 private:
  std::shared_ptr<const Speak> speak_;  // jobs in flight are the other owners
  InferencePool& pool_;
  std::unique_ptr<PromptCache> cache_;
};

}  // namespace antiphon
