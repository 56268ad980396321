// Speech providers that do what a test says, on the test's clock, with the sounds of a Lexicon.
#pragma once

#include "core/clock.h"
#include "ports/speech_recognizer.h"
#include "ports/speech_synthesizer.h"
#include "ports/turn_detector.h"
#include "ports/voice_activity_detector.h"
#include "testing/simulation/lexicon.h"

#include <functional>

namespace antiphon {

using namespace std::chrono_literals;

// Hears exactly the words whose sound it was given.
class ScriptedRecognizer final : public SpeechRecognizer {
 public:
  ScriptedRecognizer(Clock& clock, const Lexicon& lexicon) : clock_(clock), lexicon_(lexicon) {}
  [[nodiscard]] std::unique_ptr<RecognitionStream> open(RecognitionOptions options) override;
  [[nodiscard]] ProviderName provider(const RecognitionOptions&) const override {
    return {"scripted", "ears"};
  }

  Duration partial_every = 200ms;
  Duration final_delay = 150ms;
  bool stalled = false;  // answers nothing at all
  bool failing = false;  // every answer is an error
  int discarded = 0;     // how often an utterance was forgotten
  int begun = 0;

 private:
  friend class ScriptedRecognition;
  Clock& clock_;
  const Lexicon& lexicon_;
};

// Speaks 60 ms a letter, half of a clause in each chunk.
class ScriptedSynthesizer final : public SpeechSynthesizer {
 public:
  ScriptedSynthesizer(Clock& clock, Lexicon& lexicon) : clock_(clock), lexicon_(lexicon) {}
  [[nodiscard]] std::unique_ptr<SynthesisStream> synthesize(SynthesisRequest request) override;
  Task<Result<>> prepare(std::vector<SynthesisRequest> prompts) override;
  [[nodiscard]] ProviderName provider(const SynthesisRequest&) const override {
    return {"scripted", "voice"};
  }

  Duration first_delay = 100ms;
  Duration per_letter = 60ms;
  bool word_times = false;
  bool stalled = false;
  // Clauses that still succeed; below 0: all of them.
  int clauses_left = -1;
  // Fails after the first half of the clause.
  bool fail_half_way = false;
  // What a broken one does to its chunks.
  std::function<void(SynthesizedChunk&)> spoil;
  std::vector<std::string> requested;

 private:
  friend class ScriptedSynthesis;
  Clock& clock_;
  Lexicon& lexicon_;
};

class ScriptedTurnDetector final : public TurnDetector {
 public:
  explicit ScriptedTurnDetector(Clock& clock) : clock_(clock) {}
  Task<Result<float>> completion(std::vector<Sample> audio) override;

  float probability = 0.9F;
  Duration delay = 60ms;
  bool failing = false;
  std::vector<std::size_t> asked;  // how many samples each question had

 private:
  Clock& clock_;
};

class ScriptedVoiceActivityDetector final : public VoiceActivityDetector {
 public:
  // `runs` outlives the detector: one more for each run, with the count of its inputs.
  explicit ScriptedVoiceActivityDetector(std::vector<std::size_t>& runs) : runs_(runs) {
    runs_.reserve(std::size_t{1} << 20);
  }
  void process(std::span<const Input> inputs, std::span<State> states,
               std::span<float> probabilities) override;

 private:
  std::vector<std::size_t>& runs_;
};

}  // namespace antiphon
