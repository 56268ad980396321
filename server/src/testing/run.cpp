#include "testing/run.h"

#include "core/check.h"

#include <fstream>
#include <iterator>
#include <vector>

namespace antiphon {

namespace {

Task<> note_end(Task<> task, bool& done) {
  co_await std::move(task);
  done = true;
}

std::filesystem::path folder_of_this_program() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path();
}

}  // namespace

void run_until_idle(boost::asio::io_context& loop) {
  loop.restart();
  while (loop.poll() > 0) {
  }
}

namespace detail {

void run_to_end(boost::asio::io_context& loop, Task<> task, bool& done) {
  TaskGroup group(loop.get_executor());
  group.spawn(note_end(std::move(task), done));
  loop.restart();
  while (!done && loop.run_one() > 0) {
  }
  CHECK(done, "the task waits for something that nobody will do");
}

}  // namespace detail

void run(boost::asio::io_context& loop, Task<void> task) {
  bool done = false;
  detail::run_to_end(loop, std::move(task), done);
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "antiphon-XXXXXX").string();
  CHECK(mkdtemp(name.data()) != nullptr, "the machine has a writable temporary folder");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path repository_root() {
  std::filesystem::path folder = folder_of_this_program();
  while (!std::filesystem::exists(folder / "server" / "CMakeLists.txt")) {
    CHECK(folder.has_parent_path() && folder != folder.parent_path(),
          "test programs are built inside the repository");
    folder = folder.parent_path();
  }
  return folder;
}

std::filesystem::path models_folder() {
  std::ifstream file(folder_of_this_program() / "speech-prefix");
  CHECK(file.good(), "CMake writes speech-prefix beside the test programs");
  const std::string prefix{std::istreambuf_iterator<char>(file), {}};
  return std::filesystem::path(prefix) / "models";
}

}  // namespace antiphon
