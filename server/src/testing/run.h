// Runs coroutines of a test on its own loop.
#pragma once

#include "core/task.h"
#include "core/task_group.h"

#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <optional>
#include <string>

namespace antiphon {

// Runs every handler that is ready, and those they make ready; returns when nothing is.
void run_until_idle(boost::asio::io_context& loop);

namespace detail {
void run_to_end(boost::asio::io_context& loop, Task<> task, bool& done);
}

// Runs `task` to its end on `loop` and returns what it returns. For tests of real adapters: it
// blocks.
template <class T>
T run(boost::asio::io_context& loop, Task<T> task) {
  std::optional<T> outcome;
  bool done = false;
  detail::run_to_end(loop, detail::store_result(std::move(task), outcome), done);
  return std::move(*outcome);
}
void run(boost::asio::io_context& loop, Task<void> task);

// A folder of this test alone; removed with everything in it at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

// The repository this test program was built in.
[[nodiscard]] std::filesystem::path repository_root();
// Unpacked by tools/fetch-models.
[[nodiscard]] std::filesystem::path models_folder();

}  // namespace antiphon
