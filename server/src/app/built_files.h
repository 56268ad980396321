// The files that a build of ours made, kept in memory: the studio's, the widget's.
//
// Input   a folder, each file perhaps with a .br and a .gz beside it.
// Output  an answer with ETag; a file whose name holds a hash of its content, which is one below
//         assets/, may be kept for a year.
// Limits  files of at most 4 MB, 32 MB and 500 files in all; nothing is read after the start, so no
//         path of a request reaches the disk.
// Thread  any; outlives the router it is given to.
#pragma once

#include "api/router.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

// What a file's answer says beside its content.
using FileFields = std::function<Headers(std::string_view path)>;

class BuiltFiles {
 public:
  // Errors: none; a folder that cannot be read holds no files.
  BuiltFiles(const std::filesystem::path& folder, std::string_view prefix, FileFields fields);
  BuiltFiles(const BuiltFiles&) = delete;
  BuiltFiles& operator=(const BuiltFiles&) = delete;
  ~BuiltFiles();

  // The prefix and "/index.html", below the folder; they live as long as this.
  [[nodiscard]] std::vector<std::string_view> paths() const;
  [[nodiscard]] bool has(std::string_view path) const;
  // `path` is one of paths().
  [[nodiscard]] HttpHandler handler(std::string_view path) const;
  // In place of all of them.
  void hold(std::string path, std::string content);

 private:
  struct File;

  std::vector<std::unique_ptr<File>> files_;
  FileFields fields_;
};

// Beside the program: `name`, ../share/antiphon/`name`, or `name`/dist of the tree it was built in,
// whichever has `file`. Empty where there is none.
[[nodiscard]] std::filesystem::path find_built(const std::filesystem::path& program,
                                               std::string_view name, std::string_view file);

}  // namespace antiphon
