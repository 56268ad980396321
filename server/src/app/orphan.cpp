#include "app/orphan.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <fstream>

namespace antiphon {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

using Process = asio::posix::stream_descriptor;

constexpr Duration kPatienceWithHelpers = 2s;

// A zombie has neither link any more, so it is no orphan.
bool is_ours(const Orphan& orphan, const fs::path& folder, pid_t pid) {
  const fs::path process = "/proc/" + std::to_string(pid);
  std::error_code error;
  if (fs::read_symlink(process / "cwd", error) != folder || error) return false;
  const std::string program = fs::read_symlink(process / "exe", error).filename().string();
  return !error && std::ranges::any_of(orphan.programs, [&program](const std::string& name) {
    return program.starts_with(name);
  });
}

bool is_orphan(const Orphan& orphan, pid_t pid) {
  const std::vector<pid_t> orphans = find_orphans(orphan);
  return std::ranges::find(orphans, pid) != orphans.end();
}

std::optional<pid_t> pid_in(const fs::path& file) {
  std::ifstream source(file);
  pid_t pid = 0;
  if (source >> pid && pid > 1) return pid;
  return std::nullopt;
}

Task<Result<>> wait_for_end(Process& process) {
  const auto [error] =
      co_await process.async_wait(Process::wait_read, asio::as_tuple(asio::use_awaitable));
  if (error) co_return failure(ErrorCode::cancelled, "the wait was cancelled");
  co_return Result<>{};
}

Task<Result<>> end_one(Executor executor, Clock& clock, const Orphan& orphan, pid_t pid,
                       std::vector<OrphanSignal> signals) {
  const int descriptor = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (descriptor < 0) co_return Result<>{};
  Process process(executor, descriptor);
  // Asked again with the descriptor in hand: from here on the number cannot become somebody else.
  if (!is_orphan(orphan, pid)) co_return Result<>{};
  for (const auto& [signal, patience] : signals) {
    syscall(SYS_pidfd_send_signal, process.native_handle(), signal, nullptr, 0);
    const auto ended = co_await with_deadline(clock, clock.now() + patience, wait_for_end(process));
    if (ended || ended.error().code == ErrorCode::cancelled) co_return ended;
  }
  co_return failure(ErrorCode::unavailable, "process " + std::to_string(pid) +
                                                " of an earlier start still runs in " +
                                                orphan.folder.string());
}

}  // namespace

std::vector<pid_t> find_orphans(const Orphan& orphan) {
  std::vector<pid_t> found;
  std::error_code error;
  const fs::path folder = fs::canonical(orphan.folder, error);
  if (error) return found;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    const std::string name = entry.path().filename().string();
    pid_t pid = 0;
    const auto [end, failed] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (failed != std::errc() || end != name.data() + name.size()) continue;
    if (is_ours(orphan, folder, pid)) found.push_back(pid);
  }
  return found;
}

Task<Result<>> end_orphans(Executor executor, Clock& clock, Orphan orphan) {
  const auto leader = pid_in(orphan.pid_file);
  if (leader && is_orphan(orphan, *leader)) {
    const auto ended = co_await end_one(executor, clock, orphan, *leader, orphan.signals);
    if (!ended) co_return ended;
  }
  // The helpers see that their leader has gone and end by themselves; signal 0 only watches.
  const std::vector<OrphanSignal> signals{{0, kPatienceWithHelpers}, {SIGKILL, 5s}};
  for (const pid_t helper : find_orphans(orphan)) {
    const auto ended = co_await end_one(executor, clock, orphan, helper, signals);
    if (!ended) co_return ended;
  }
  co_return Result<>{};
}

}  // namespace antiphon
