// Speech providers that misbehave: decorators in front of the scripted ones.
//
// Until a fault is chosen they pass everything on as it is. Which results and clauses are hit is
// decided by a seed.
#pragma once

#include "core/clock.h"
#include "core/random.h"
#include "ports/speech_recognizer.h"
#include "ports/speech_synthesizer.h"

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace antiphon {

// How often, in percent of the chances.
class FaultDice {
 public:
  explicit FaultDice(Seed seed) : random_(seed) {}
  void set_percent(std::uint64_t percent) { percent_ = percent; }
  [[nodiscard]] bool hits() { return percent_ > 0 && random_.below(100) < percent_; }
  [[nodiscard]] std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }

 private:
  SeededRandom random_;
  std::uint64_t percent_ = 0;
};

class UnrulyRecognizer final : public SpeechRecognizer {
 public:
  enum class Fault : std::uint8_t { none, failing, empty, doubled, out_of_order, after_end };

  UnrulyRecognizer(Clock& clock, SpeechRecognizer& inner, Seed seed)
      : dice(seed), clock_(clock), inner_(inner) {}
  [[nodiscard]] std::unique_ptr<RecognitionStream> open(RecognitionOptions options) override;

  Fault fault = Fault::none;
  FaultDice dice;

 private:
  friend class UnrulyRecognition;
  Clock& clock_;
  SpeechRecognizer& inner_;
};

class UnrulySynthesizer final : public SpeechSynthesizer {
 public:
  enum class Fault : std::uint8_t {
    none,
    stalled,
    failing,
    breaks_off,
    odd_chunks,
    silence,
    nothing,
    very_long,
    half_frames,
  };

  UnrulySynthesizer(Clock& clock, SpeechSynthesizer& inner, Seed seed)
      : dice(seed), clock_(clock), inner_(inner) {}
  [[nodiscard]] std::unique_ptr<SynthesisStream> synthesize(SynthesisRequest request) override;
  Task<Result<>> prepare(std::vector<SynthesisRequest> prompts) override;

  Fault fault = Fault::none;
  FaultDice dice;
  // How many clauses a fault hit that changes what is heard of them.
  int distorted = 0;

 private:
  friend class UnrulySynthesis;
  Clock& clock_;
  SpeechSynthesizer& inner_;
};

}  // namespace antiphon
