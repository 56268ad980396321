// What it costs to make a clause speakable, before the synthesizer is asked.
#include "engine/speech_text.h"

#include <benchmark/benchmark.h>

#include <string>

namespace antiphon {

namespace {

void speak(benchmark::State& state, const std::string& written) {
  const SpeechText rules;
  for (auto _ : state) {
    benchmark::DoNotOptimize(rules.speak(written));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(written.size()));
}

std::string repeated(std::string_view part) {
  std::string text;
  while (text.size() < SpeechText::kWrittenMax)
    text += part;
  return text;
}

BENCHMARK_CAPTURE(speak, plain_clause,
                  std::string("On Saturday we are open from nine in the morning until noon."));
BENCHMARK_CAPTURE(speak, hard_clause,
                  std::string("Dr. Ng: **$3.50** on Nov 22, 2026 at 9:30am, +1 (555) 010-2000."));
// As long as a text may be, of what costs most.
BENCHMARK_CAPTURE(speak, numbers_4000, repeated("1,234.5 "));
BENCHMARK_CAPTURE(speak, brackets_4000, repeated("["));
BENCHMARK_CAPTURE(speak, tags_4000, repeated("<a "));

}  // namespace

}  // namespace antiphon
