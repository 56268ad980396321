// One Piper (VITS) voice on ONNX Runtime: phonemes in, 16 kHz speech out.
//
// Output  leading silence at most 20 ms, trailing at most 120 ms; empty for no phonemes. Where each
//         phoneme sounds, from the durations the graph computes: a voice whose graph has no such
//         node gives none, and knows_durations() says so.
// Errors  open(): not_found, corrupt (no ONNX file, or one without a Piper voice's metadata).
//         speak(): internal.
// Thread  speak() from any number of threads at once.
// Source  the graph of rhasspy/piper's export. Not through sherpa: a voice it dislikes ends the
//         process there.
#pragma once

#include "core/audio_frame.h"
#include "core/result.h"

#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

namespace antiphon {

struct SampleRange {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool operator==(const SampleRange&) const = default;
};

struct PiperSpeech {
  std::vector<Sample> samples;
  // One for each phoneme, in order and without gaps; none where the voice does not know.
  std::vector<SampleRange> phonemes;
};

class PiperVoice {
 public:
  struct Options {
    int threads = 1;
    // How much the voice varies from one rendering to the next. Both 0: the same text gives the
    // same samples.
    float variation = 0.667F;
    float rhythm_variation = 0.8F;
    bool durations = true;  // false: the graph as it is
  };

  // `folder` holds voice.onnx and tokens.txt, verified before.
  static Result<std::shared_ptr<const PiperVoice>> open(const std::filesystem::path& folder,
                                                        Options options);
  ~PiperVoice();

  // speed 1 is the voice's own pace, 2 twice as fast.
  [[nodiscard]] Result<std::vector<Sample>> speak(std::u32string_view phonemes, double speed) const;
  [[nodiscard]] Result<PiperSpeech> speak_timed(std::u32string_view phonemes, double speed) const;
  [[nodiscard]] bool knows_durations() const;

 private:
  struct Impl;
  explicit PiperVoice(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace antiphon
