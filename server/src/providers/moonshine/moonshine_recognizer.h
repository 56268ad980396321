// The embedded recognizer: Moonshine decodes the growing utterance again and again, local agreement
// steadies it.
//
//   MoonshineRecognizer recognizer(model, pool, metrics);
//
// Partials   every 320 ms of speech up to 4 s, then every 640 ms, and once when the caller pauses
//            (120 ms).
// Finals     the last partial if it heard all speech, else one more decode. Near silence gives ""
//            without one.
// Long ones  past 10 s a pause turns what was said into fixed text; past 15 s the quietest place
//            does.
// begin()    pre_roll is audio that was not pushed. With a new id, an undelivered final of the old
//            one still comes; with the same id it is replaced by the next final. push() outside
//            begin() … finish() is ignored.
// Limits     English only. 60 s wait for text; past that the oldest audio is lost and counted.
// Errors     next(): timeout and resource_exhausted for a final; a partial that fails is skipped
//            and counted.
// Thread     a stream: one executor. The recognizer: any thread; it outlives its streams, the pool
//            outlives it.
#pragma once

#include "core/metrics.h"
#include "ports/speech_recognizer.h"
#include "providers/inference_pool.h"

#include <atomic>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace antiphon {

class MoonshineModel;

class MoonshineRecognizer final : public SpeechRecognizer {
 public:
  MoonshineRecognizer(std::shared_ptr<const MoonshineModel> model, InferencePool& pool,
                      Metrics& metrics);
  // Tests put their own in place of the model; it runs on the pool's threads.
  using Transcribe = std::function<std::string(std::span<const Sample>)>;
  MoonshineRecognizer(Transcribe transcribe, InferencePool& pool, Metrics& metrics);

  [[nodiscard]] std::unique_ptr<RecognitionStream> open(RecognitionOptions options) override;
  [[nodiscard]] ProviderName provider(const RecognitionOptions&) const override {
    return {"moonshine", "tiny"};
  }

 private:
  std::shared_ptr<const Transcribe> transcribe_;  // decodes in flight are the other owners
  InferencePool& pool_;
  Counter& partials_failed_;
  Counter& finals_reused_;
  Counter& samples_lost_;
  std::atomic<std::uint64_t> next_stream_{1};
};

}  // namespace antiphon
