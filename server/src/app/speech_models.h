// Every embedded model, verified and loaded: what turns a server into one that hears and speaks.
//
// open() takes 1 to 3 s of a core; the server runs it beside its loops and listens meanwhile.
// Errors  not_found, corrupt: one line that names the file and says how to get it again.
// Thread  open(): any one. What it yields is used by the media workers and outlives them.
#pragma once

#include "core/metrics.h"
#include "core/result.h"
#include "engine/session_host.h"
#include "ports/embedding_model.h"
#include "providers/inference_pool.h"

#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

namespace antiphon {

class SpeechModels {
 public:
  static Result<std::unique_ptr<SpeechModels>> open(const std::filesystem::path& models,
                                                    const std::filesystem::path& stamps,
                                                    InferencePool& pool, Metrics& metrics);
  virtual ~SpeechModels() = default;

  [[nodiscard]] virtual SpeechStack stack() = 0;
  [[nodiscard]] virtual EmbeddingModel& embeddings() = 0;
  // False: the voice's graph tells no durations, and what was heard is estimated.
  [[nodiscard]] virtual bool has_word_times() const = 0;
};

// --models, else beside the program: ../share/antiphon/models, or the build folder's speech-prefix.
[[nodiscard]] Result<std::filesystem::path> find_models(const std::filesystem::path& given,
                                                        const std::filesystem::path& program);

// The same for a command that loads the models of one role ("voice", "speech_recognizer"); they are
// what was pinned.
[[nodiscard]] Result<std::filesystem::path> find_verified_models(
    const std::filesystem::path& given, const std::filesystem::path& program,
    std::string_view role);

}  // namespace antiphon
