// Proves that the model files are the pinned ones before anything loads them.
//
//   auto files = ModelFiles::open(models, data_directory / "models.verified");
//   if (auto fine = files->verify(); !fine) stop(fine.error().message);
//   PiperVoice::open(files->folder() / "joe", {});
//
// Input   `folder` with manifest.json as tools/fetch-models writes it (path, bytes, sha256 of each
//         file).
// Limits  a file is hashed again only when its size, time or inode changed since the stamp (0.3 s
//         for 140 MB); a stamp that cannot be written is no error: the next start hashes again.
// Errors  one line that names the file and the remedy: not_found (manifest or file), corrupt (size
//         or content).
// Thread  one; at start, not on a loop that carries calls.
// Source  libraries behind the models end the process on a file they dislike, so they never see
//         one.
#pragma once

#include "core/result.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace antiphon {

class ModelFiles {
 public:
  struct File {
    std::string path;  // from the folder
    std::uint64_t bytes = 0;
    std::string sha256;  // lower-case hex
    std::string role;
  };

  // `stamp` may be empty: then every file is hashed each time.
  static Result<ModelFiles> open(std::filesystem::path folder, std::filesystem::path stamp);

  [[nodiscard]] Result<> verify();
  // The files of one role only: "speech_recognizer", "voice", "voice_activity", "end_of_turn",
  // "embedding".
  [[nodiscard]] Result<> verify(std::string_view role);
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] const std::vector<File>& files() const { return files_; }
  // Files that the last verify() had to hash.
  [[nodiscard]] std::size_t hashed() const { return hashed_; }

 private:
  ModelFiles(std::filesystem::path folder, std::filesystem::path stamp, std::vector<File> files);

  std::filesystem::path folder_;
  std::filesystem::path stamp_;
  std::vector<File> files_;
  std::size_t hashed_ = 0;
};

}  // namespace antiphon
