#include "app/commands.h"
#include "app/run_until_done.h"
#include "app/speech_models.h"
#include "core/metrics.h"
#include "core/system_clock.h"
#include "dsp/audio_file.h"
#include "engine/clause_splitter.h"
#include "engine/speech_text.h"
#include "providers/inference_pool.h"
#include "providers/piper/piper_synthesizer.h"
#include "providers/piper/piper_voice.h"

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <filesystem>

namespace antiphon {

namespace {

// Clause by clause, in the words an agent would use.
Task<Result<std::vector<Sample>>> speak(SpeechSynthesizer& synthesizer, std::string text) {
  ClauseSplitter splitter;
  splitter.push(text);
  splitter.finish();
  const SpeechText rules;
  std::vector<Sample> samples;
  while (const auto written = splitter.next()) {
    SpokenText spoken = rules.speak(*written);
    if (spoken.text.empty()) continue;
    const auto stream = synthesizer.synthesize({.text = std::move(spoken.text)});
    while (true) {
      auto chunk = co_await stream->next();
      if (!chunk) co_return std::unexpected(std::move(chunk.error()));
      if (!*chunk) break;
      samples.insert(samples.end(), (*chunk)->samples.begin(), (*chunk)->samples.end());
    }
  }
  co_return samples;
}

}  // namespace

int run_say(const Options& options) {
  const auto text = options.require("text");
  if (!text) return fail(text.error());
  const auto out = options.require("out");
  if (!out) return fail(out.error());
  const auto models = find_verified_models(
      options.get("models"), std::filesystem::read_symlink("/proc/self/exe"), "voice");
  if (!models) return fail(models.error());
  const auto voice = PiperVoice::open(*models / "joe", {});
  if (!voice) return fail(voice.error());
  SystemClock clock;
  Metrics metrics;
  boost::asio::io_context loop;
  InferencePool pool(clock, metrics, {.threads = 1});
  PiperSynthesizer synthesizer(*voice, pool);
  const auto samples = run_until_done(loop, speak(synthesizer, *text));
  if (!samples) return fail(samples.error());
  if (samples->empty()) {
    return fail({ErrorCode::invalid_argument, "there is nothing to say in the text"});
  }
  // Both channels alike: every player and `antiphon talk` hear it.
  const auto written = write_call_recording(*out, *samples, *samples);
  return written ? 0 : fail(written.error());
}

}  // namespace antiphon
