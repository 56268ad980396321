// The stub providers of bench/turns: words as they are labelled, a model and a voice that need a
// fixed time, and the real Smart Turn whose time is charged to the virtual clock.
#pragma once

#include "corpus.h"
#include "engine/session_host.h"
#include "providers/inference_pool.h"

#include <boost/asio/io_context.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace antiphon::turns {

inline constexpr Duration kWordDelay = std::chrono::milliseconds(200);
inline constexpr Duration kModelDelay = std::chrono::milliseconds(200);
inline constexpr Duration kVoiceDelay = std::chrono::milliseconds(100);

// Says each labelled word 200 ms after its end, as the peers' stub does.
class LabelledRecognizer final : public SpeechRecognizer {
 public:
  explicit LabelledRecognizer(Clock& clock) : clock_(clock) {}
  // The recording begins at `zero`; words end at zero + their label.
  void play(const Item& item, Timepoint zero);
  [[nodiscard]] std::unique_ptr<RecognitionStream> open(RecognitionOptions options) override;

 private:
  friend class LabelledStream;
  Clock& clock_;
  const Item* item_ = nullptr;
  Timepoint zero_{};
};

// The first prompt is agent.wav; every other one is a tone of 3 s.
class StubVoice final : public SpeechSynthesizer {
 public:
  StubVoice(Clock& clock, std::vector<Sample> agent, std::string agent_text)
      : clock_(clock), agent_(std::move(agent)), agent_text_(std::move(agent_text)) {}
  [[nodiscard]] std::unique_ptr<SynthesisStream> synthesize(SynthesisRequest request) override;
  Task<Result<>> prepare(std::vector<SynthesisRequest> prompts) override;

 private:
  Clock& clock_;
  std::vector<Sample> agent_;
  std::string agent_text_;
};

class StubModel final : public LanguageModel {
 public:
  explicit StubModel(Clock& clock) : clock_(clock) {}
  [[nodiscard]] std::unique_ptr<ReplyStream> reply(ReplyRequest request) override;

  TurnDirective directive;
  std::size_t requests = 0;

 private:
  Clock& clock_;
};

// Asks the real detector and lets the virtual clock pass as long as it takes on an idle core.
// Answers are remembered by the sound, so that a sweep of settings asks once.
class ChargedDetector final : public TurnDetector {
 public:
  ChargedDetector(Clock& clock, TurnDetector& inner) : clock_(&clock), inner_(inner) {}
  // Answers from an earlier run; and for a later one.
  void read(const std::filesystem::path& file);
  void write(const std::filesystem::path& file) const;
  void use(Clock& clock) { clock_ = &clock; }
  Task<Result<float>> completion(std::vector<Sample> audio) override;

 private:
  static constexpr Duration kCost = std::chrono::milliseconds(80);
  Clock* clock_;
  TurnDetector& inner_;
  boost::asio::io_context loop_;
  std::map<std::uint64_t, float> known_;
};

}  // namespace antiphon::turns
