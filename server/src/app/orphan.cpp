#include "app/orphan.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>
#include <string>

namespace antiphon {

namespace asio = boost::asio;

namespace {

using Process = asio::posix::stream_descriptor;

Task<Result<>> wait_for_end(Process& process) {
  const auto [error] =
      co_await process.async_wait(Process::wait_read, asio::as_tuple(asio::use_awaitable));
  if (error) co_return failure(ErrorCode::cancelled, "the wait was cancelled");
  co_return Result<>{};
}

}  // namespace

std::optional<pid_t> find_orphan(const Orphan& orphan) {
  std::ifstream file(orphan.pid_file);
  pid_t pid = 0;
  if (!(file >> pid) || pid <= 1) return std::nullopt;
  std::error_code error;
  const auto cwd = std::filesystem::read_symlink("/proc/" + std::to_string(pid) + "/cwd", error);
  if (error) return std::nullopt;
  const auto folder = std::filesystem::canonical(orphan.folder, error);
  if (error || cwd != folder) return std::nullopt;
  return pid;
}

Task<Result<>> end_orphan(Executor executor, Clock& clock, Orphan orphan) {
  auto pid = find_orphan(orphan);
  if (!pid) co_return Result<>{};
  const int descriptor = static_cast<int>(syscall(SYS_pidfd_open, *pid, 0));
  if (descriptor < 0) co_return Result<>{};
  Process process(executor, descriptor);
  // Asked again with the descriptor in hand: now the number cannot be given to somebody else.
  pid = find_orphan(orphan);
  if (!pid) co_return Result<>{};
  for (const auto& [signal, patience] : orphan.signals) {
    syscall(SYS_pidfd_send_signal, process.native_handle(), signal, nullptr, 0);
    const auto ended = co_await with_deadline(clock, clock.now() + patience, wait_for_end(process));
    if (ended || ended.error().code == ErrorCode::cancelled) co_return ended;
  }
  co_return failure(ErrorCode::unavailable, "process " + std::to_string(*pid) +
                                                " of an earlier start still runs in " +
                                                orphan.folder.string());
}

}  // namespace antiphon
