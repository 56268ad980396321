#include "app/commands.h"
#include "app/speech_models.h"
#include "dsp/audio_file.h"
#include "providers/moonshine/moonshine_model.h"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <iostream>

namespace antiphon {

namespace {

Result<> print_transcript(const MoonshineModel& model, const std::filesystem::path& file) {
  const auto samples = read_audio_file(file);
  if (!samples) return std::unexpected(samples.error());
  fmt::print("{}\n", model.transcribe(*samples));
  std::fflush(stdout);
  return {};
}

}  // namespace

int run_transcribe(const Options& options) {
  const auto models = find_verified_models(
      options.get("models"), std::filesystem::read_symlink("/proc/self/exe"), "speech_recognizer");
  if (!models) return fail(models.error());
  const auto model = MoonshineModel::open(*models / "moonshine", {});
  if (!model) return fail(model.error());
  if (options.has("in")) {
    const auto printed = print_transcript(**model, options.get("in"));
    return printed ? 0 : fail(printed.error());
  }
  // Many files and one model: loading it takes longer than most transcripts.
  std::string file;
  while (std::getline(std::cin, file)) {
    const auto printed = print_transcript(**model, file);
    if (!printed) return fail(printed.error());
  }
  return 0;
}

}  // namespace antiphon
