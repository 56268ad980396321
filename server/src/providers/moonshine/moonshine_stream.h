// One caller's stream of MoonshineRecognizer; see there.
#pragma once

#include "core/metrics.h"
#include "ports/speech_recognizer.h"
#include "providers/inference_pool.h"
#include "providers/moonshine/local_agreement.h"
#include "providers/moonshine/moonshine_recognizer.h"
#include "providers/moonshine/utterance_audio.h"
#include "providers/wake_signal.h"

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace antiphon {

class MoonshineStream final : public RecognitionStream {
 public:
  struct Counters {
    Counter& partials_failed;
    Counter& finals_reused;
    Counter& samples_lost;
  };

  MoonshineStream(std::shared_ptr<const MoonshineRecognizer::Transcribe> transcribe,
                  InferencePool& pool, Counters counters, std::uint64_t id);

  void begin(UtteranceId utterance, std::span<const Sample> pre_roll) override;
  void push(std::span<const Sample> samples) override;
  void finish() override;
  void discard() override;
  Task<Result<RecognitionEvent>> next() override;

 private:
  struct Decode {
    Pending<std::string> text;
    AudioPosition from = 0;
    AudioPosition to = 0;
  };
  // A final on its way. It needs nothing of the stream any more: the next utterance may begin.
  struct Departing {
    RecognitionEvent event;
    std::string committed;
    std::optional<Decode> decode;  // none: the event is complete
  };

  [[nodiscard]] Decode submit(InferenceKind kind, Duration patience, AudioPosition from,
                              AudioPosition to);
  [[nodiscard]] bool is_partial_due() const;
  [[nodiscard]] bool covers_speech(AudioPosition position) const;
  [[nodiscard]] bool is_pausing() const;
  [[nodiscard]] RecognitionEvent event(RecognitionEvent::Kind kind, AudioPosition end) const;
  void forget_utterance();
  void drop_finals_of(UtteranceId utterance);
  void depart(std::optional<Decode> decode);

  void start_due_work();
  std::optional<RecognitionEvent> collect_partial();
  void collect_cut();
  void commit(const std::string& text, AudioPosition up_to);
  std::optional<Result<RecognitionEvent>> collect_final();
  std::optional<Result<RecognitionEvent>> collect();

  std::shared_ptr<const MoonshineRecognizer::Transcribe> transcribe_;  // also of decodes in flight
  InferencePool& pool_;
  Counters counters_;
  const std::uint64_t id_;
  WakeSignal signal_;

  bool is_open_ = false;
  UtteranceId utterance_ = 0;
  bool has_utterance_ = false;
  UtteranceAudio audio_;
  std::uint64_t lost_counted_ = 0;
  std::string committed_;  // text of the audio before kept_from()
  // With one open word, one of five recordings of real speech got a wrong first word promised.
  static constexpr std::size_t kOpenWords = 3;
  LocalAgreement agreement_{kOpenWords};  // of the audio since
  std::string hypothesis_;                // the last one, of [kept_from, heard_to_)
  AudioPosition heard_to_ = 0;            // 0: nothing was decoded yet
  AudioPosition asked_to_ = 0;            // where the last decode that was asked for ends
  std::optional<Decode> partial_;
  std::optional<Decode> cut_;
  std::deque<Departing> finals_;
};

}  // namespace antiphon
