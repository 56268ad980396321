// Text to speech, clause by clause.
//
// Input   one clause or sentence, already normalised for speech.
// Output  chunks of 16 kHz mono, first as soon as it exists; nullopt after the last. Word times
//         where the engine knows them (offsets from the clause's first sample), else empty: the
//         playout clock then estimates.
// Limits  a clause holds at most 1,000 bytes; more is refused (invalid_argument).
// Errors  timeout, unavailable, resource_exhausted, cancelled. A cancelled stream stops work that
//         has not begun.
// Thread  the session's executor.
#pragma once

#include "core/audio_frame.h"
#include "core/result.h"
#include "core/task.h"
#include "domain/provider.h"
#include "domain/usage.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace antiphon {

struct SynthesisRequest {
  std::string text;
  std::string voice = "joe";
  double speed = 1.0;
  VoiceProvider provider = VoiceProvider::piper;
  ProviderAccount account = {};
  // Who goes on, in their order, where this provider fails; their texts stay empty.
  std::vector<SynthesisRequest> fallbacks = {};
};

struct WordTime {
  std::uint32_t begin = 0;  // byte offset of the word in SynthesisRequest::text
  std::uint32_t end = 0;    // one past its last byte
  std::chrono::milliseconds starts{0};
  std::chrono::milliseconds ends{0};
};

struct SynthesizedChunk {
  std::vector<Sample> samples;
  std::vector<WordTime> words;
};

class SynthesisStream {
 public:
  virtual ~SynthesisStream() = default;
  // A wait that is cancelled loses nothing; ask again.
  virtual Task<Result<std::optional<SynthesizedChunk>>> next() = 0;
};

class SpeechSynthesizer {
 public:
  virtual ~SpeechSynthesizer() = default;
  // Starts at once; destroying the stream cancels it.
  [[nodiscard]] virtual std::unique_ptr<SynthesisStream> synthesize(SynthesisRequest request) = 0;
  // Renders fixed prompts (greeting, phrases) ahead, so that saying them costs no inference.
  virtual Task<Result<>> prepare(std::vector<SynthesisRequest> prompts) = 0;
  // Who speaks `request`: what its usage is counted under.
  [[nodiscard]] virtual ProviderName provider(const SynthesisRequest&) const { return {}; }
};

}  // namespace antiphon
