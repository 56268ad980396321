// A recognizer behind POST /audio/transcriptions: each utterance is uploaded as a WAV file when the
// turn may have ended.
//
//   OpenAiRecognizer recognizer(parts);
//
// Which server, model and key: RecognitionOptions. No partials while the caller speaks. A model
// whose name begins with `gpt-` is asked to stream its text, which comes as partials before the
// final.
// Long ones  every kPiece the audio so far is uploaded and becomes fixed text; when that fails it
//            is tried again with the next second of audio.
// Near silence  gives "" without a request.
// Limits  kCapacity of audio wait for text; past that the newest is lost. kPatience for a text.
// Errors  next(): openai_wire.h, for a final; the stream survives them.
// Thread  as the port; requests run on the providers' loop and end with their stream.
#pragma once

#include "ports/speech_recognizer.h"
#include "providers/openai/openai_wire.h"

namespace antiphon {

class OpenAiRecognizer final : public SpeechRecognizer {
 public:
  static constexpr std::chrono::seconds kPatience{3};  // as long as a call waits for its transcript
  static constexpr std::size_t kPiece = 30 * 16'000;
  static constexpr std::size_t kCapacity = 60 * 16'000;

  explicit OpenAiRecognizer(const openai::Parts& parts) : parts_(parts) {}
  [[nodiscard]] std::unique_ptr<RecognitionStream> open(RecognitionOptions options) override;
  [[nodiscard]] ProviderName provider(const RecognitionOptions& options) const override {
    return {"openai", options.account.model};
  }

 private:
  openai::Parts parts_;
};

}  // namespace antiphon
