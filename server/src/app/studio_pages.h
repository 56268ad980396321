// Serves the studio: the files that its build made, kept in memory and answered at fixed paths.
//
// Input   a folder with index.html and assets/, each file perhaps with a .br and a .gz beside it.
// Output  `/` and every path of the studio's own routes answer index.html (no-cache, ETag); a file
//         whose name holds a hash of its content may be kept for a year.
// Errors  without a folder, or without index.html in it, the pages say how to build the studio.
// Thread  the API loop; outlives the router.
#pragma once

#include "app/built_files.h"

#include <filesystem>

namespace antiphon {

class StudioPages {
 public:
  explicit StudioPages(const std::filesystem::path& folder);
  StudioPages(const StudioPages&) = delete;
  StudioPages& operator=(const StudioPages&) = delete;

  [[nodiscard]] bool is_built() const { return is_built_; }
  // These, and the pages that are built into the program.
  void add_routes(Router& router) const;

 private:
  BuiltFiles files_;
  bool is_built_ = false;
};

// Beside the program: studio, ../share/antiphon/studio, or studio/dist of the tree it was built
// in. Empty where there is none.
[[nodiscard]] std::filesystem::path find_studio(const std::filesystem::path& program);

}  // namespace antiphon
