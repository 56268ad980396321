#include "providers/moonshine/moonshine_recognizer.h"

#include "providers/moonshine/moonshine_model.h"
#include "providers/moonshine/moonshine_stream.h"

#include <utility>

namespace antiphon {

MoonshineRecognizer::MoonshineRecognizer(std::shared_ptr<const MoonshineModel> model,
                                         InferencePool& pool, Metrics& metrics)
    : MoonshineRecognizer(Transcribe([model = std::move(model)](std::span<const Sample> samples) {
                            return model->transcribe(samples);
                          }),
                          pool, metrics) {}

MoonshineRecognizer::MoonshineRecognizer(Transcribe transcribe, InferencePool& pool,
                                         Metrics& metrics)
    : transcribe_(std::make_shared<const Transcribe>(std::move(transcribe))),
      pool_(pool),
      partials_failed_(metrics.counter("recognizer_partials_failed_total",
                                       "Partial decodes that were late or refused.")),
      finals_reused_(metrics.counter("recognizer_finals_reused_total",
                                     "Finals that a partial had already decoded.")),
      samples_lost_(metrics.counter("recognizer_samples_lost_total",
                                    "Audio that waited too long to become text.")) {}

std::unique_ptr<RecognitionStream> MoonshineRecognizer::open(RecognitionOptions) {
  const std::uint64_t id = next_stream_.fetch_add(1);
  return std::make_unique<MoonshineStream>(
      transcribe_, pool_,
      MoonshineStream::Counters{partials_failed_, finals_reused_, samples_lost_}, id);
}

}  // namespace antiphon
