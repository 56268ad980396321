// A voice behind POST /audio/speech, streamed as raw samples.
//
//   OpenAiSynthesizer voice(parts);
//
// Which server, model, voice and key: SynthesisRequest's account and voice.
// Input   one clause a request.  Output  16 kHz, resampled from the 24 kHz of
//         `response_format: pcm`, as it arrives; no word times.
// Limits  kPatience to the first sound, kBetween between two parts, 8 MB a clause.
// Errors  openai_wire.h; invalid_argument (the clause's length). An answer without sound is one.
// Thread  as the port; the request runs on the providers' loop and ends with its stream.
#pragma once

#include "ports/speech_synthesizer.h"
#include "providers/openai/openai_wire.h"

namespace antiphon {

class OpenAiSynthesizer final : public SpeechSynthesizer {
 public:
  static constexpr std::chrono::seconds kPatience{5};
  static constexpr std::chrono::seconds kBetween{3};
  static constexpr std::size_t kTextMax = 1'000;

  explicit OpenAiSynthesizer(const openai::Parts& parts) : parts_(parts) {}
  [[nodiscard]] std::unique_ptr<SynthesisStream> synthesize(SynthesisRequest request) override;
  // Nothing is made ahead: it would be paid for.
  Task<Result<>> prepare(std::vector<SynthesisRequest> prompts) override;
  [[nodiscard]] ProviderName provider(const SynthesisRequest& request) const override {
    return {"openai", request.account.model};
  }

 private:
  openai::Parts parts_;
};

}  // namespace antiphon
