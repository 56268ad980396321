#include "process/child.h"

#include "core/check.h"
#include "core/task_group.h"
#include "process/child_state.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

namespace antiphon {

namespace asio = boost::asio;

namespace {

ExitStatus status_of(const siginfo_t& information) {
  if (information.si_code == CLD_EXITED) return {information.si_status, std::nullopt};
  return {std::nullopt, information.si_status};
}

}  // namespace

std::string ExitStatus::to_string() const {
  if (code) return "exit code " + std::to_string(*code);
  if (!signal) return "still running";
  return "signal " + std::to_string(*signal) + " (" + strsignal(*signal) + ")";
}

void Child::State::reap() {
  if (status) return;
  siginfo_t information{};
  const int outcome = waitid(P_PID, static_cast<id_t>(pid), &information, WEXITED | WNOHANG);
  CHECK(outcome == 0 || errno == EINTR, "nobody else reaps our children");
  if (outcome == 0 && information.si_pid == pid) status = status_of(information);
}

void Child::State::kill_and_reap() {
  if (status) return;
  // Not reaped yet, so the number is still ours, and so is the process group it leads.
  kill(-pid, SIGKILL);
  kill(pid, SIGKILL);
  siginfo_t information{};
  while (waitid(P_PID, static_cast<id_t>(pid), &information, WEXITED) != 0 && errno == EINTR) {
  }
  status = status_of(information);
}

Child::Child(std::unique_ptr<State> state) : state_(std::move(state)) {}
Child::Child(Child&&) noexcept = default;
Child& Child::operator=(Child&& other) noexcept {
  if (this != &other) {
    if (state_) state_->kill_and_reap();
    state_ = std::move(other.state_);
  }
  return *this;
}
Child::~Child() {
  if (state_) state_->kill_and_reap();
}

pid_t Child::pid() const { return state_->pid; }

std::optional<ExitStatus> Child::try_wait() {
  state_->reap();
  return state_->status;
}

Task<Result<ExitStatus>> Child::wait() {
  while (true) {
    state_->reap();
    if (state_->status) co_return *state_->status;
    if (co_await is_cancelled()) co_return failure(ErrorCode::cancelled, "the wait was cancelled");
    co_await state_->process.async_wait(asio::posix::stream_descriptor::wait_read,
                                        asio::as_tuple(asio::use_awaitable));
  }
}

void Child::send_signal(int signal) {
  state_->reap();
  if (state_->status) return;
  syscall(SYS_pidfd_send_signal, state_->process.native_handle(), signal, nullptr, 0);
}

Task<Result<ExitStatus>> Child::terminate(Clock& clock, int signal, Duration grace) {
  send_signal(signal);
  auto status = co_await with_deadline(clock, clock.now() + grace, wait());
  if (status) co_return *status;
  // Out of patience, or cancelled: in neither case may it go on.
  state_->kill_and_reap();
  co_return *state_->status;
}

Descriptor Child::take_input() { return std::move(state_->streams[0]); }
Descriptor Child::take_output() { return std::move(state_->streams[1]); }
Descriptor Child::take_error() { return std::move(state_->streams[2]); }

}  // namespace antiphon
