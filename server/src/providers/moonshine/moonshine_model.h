// Moonshine tiny (English, int8) behind the sherpa C API: samples in, a sentence out.
//
// Input   16 kHz mono, any length; over 16 s is cut at quiet points and joined.
// Output  text with punctuation, as the model writes it; "" for next to nothing. Loops of the model
//         are cut.
// Errors  open(): not_found, corrupt.
// Thread  transcribe() from any number of threads at once: the recognizer keeps nothing between
//         streams (a test decodes side by side and compares).
// Source  sherpa-onnx 2.0.1; its C++ library has the old string ABI and does not link.
#pragma once

#include "core/audio_frame.h"
#include "core/result.h"

#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace antiphon {

class MoonshineModel {
 public:
  struct Options {
    int threads = 1;  // inside one decode
  };

  // `folder` holds encoder_model.ort, decoder_model_merged.ort and tokens.txt, verified before.
  static Result<std::shared_ptr<const MoonshineModel>> open(const std::filesystem::path& folder,
                                                            Options options);
  ~MoonshineModel();

  [[nodiscard]] std::string transcribe(std::span<const Sample> samples) const;

 private:
  struct Impl;
  explicit MoonshineModel(std::unique_ptr<Impl> impl);
  [[nodiscard]] std::string decode(std::span<const Sample> samples) const;
  std::unique_ptr<Impl> impl_;
};

// Trims, and cuts what is said more than five times in a row: a loop of the model, not speech.
[[nodiscard]] std::string clean_transcript(std::string_view text);

}  // namespace antiphon
