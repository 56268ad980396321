#include "process/child_entry.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace antiphon::detail {

namespace {

constexpr int kExitNotStarted = 127;

[[noreturn]] void give_up(const ChildEntry& entry, StartStep step, int number) {
  const StartFailure failed{step, number};
  [[maybe_unused]] const ssize_t written = write(entry.failure_pipe, &failed, sizeof failed);
  _exit(kExitNotStarted);
}

void reset_signals() {
  struct sigaction by_default{};
  by_default.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number)
    sigaction(number, &by_default, nullptr);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

bool take_account(const Account& account) {
  if (setgroups(0, nullptr) != 0) return false;
  if (setresgid(account.group, account.group, account.group) != 0) return false;
  if (setresuid(account.user, account.user, account.user) != 0) return false;
  uid_t real = 0;
  uid_t effective = 0;
  uid_t saved = 0;
  if (getresuid(&real, &effective, &saved) != 0) return false;
  const bool is_dropped = real == account.user && effective == account.user &&
                          saved == account.user && getegid() == account.group;
  // The way back must be shut.
  if (!is_dropped || (account.user != 0 && setuid(0) == 0)) {
    errno = EPERM;
    return false;
  }
  return true;
}

bool enter_sandbox(const PreparedSandbox& sandbox) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
  if (sandbox.landlock.is_open() &&
      syscall(SYS_landlock_restrict_self, sandbox.landlock.number(), 0) != 0) {
    return false;
  }
  if (sandbox.filter.empty()) return true;
  sock_fprog program{static_cast<unsigned short>(sandbox.filter.size()),
                     const_cast<sock_filter*>(sandbox.filter.data())};
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

}  // namespace

void enter_child(const ChildEntry& entry) {
  reset_signals();
  if (setsid() < 0) give_up(entry, StartStep::session, errno);
  for (int stream = 0; stream < 3; ++stream) {
    if (dup2(entry.streams[stream], stream) < 0) give_up(entry, StartStep::streams, errno);
  }
  // Marked instead of closed: the failure pipe must live until exec.
  if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) != 0) give_up(entry, StartStep::streams, errno);
  for (const Limit& limit : entry.limits) {
    if (setrlimit(limit.resource, &limit.value) != 0) give_up(entry, StartStep::limits, errno);
  }
  umask(077);
  if (entry.account != nullptr && !take_account(*entry.account)) {
    give_up(entry, StartStep::account, errno);
  }
  // After the account: changing it clears the parent-death signal.
  if (prctl(PR_SET_PDEATHSIG, entry.parent_death_signal, 0, 0, 0) != 0) {
    give_up(entry, StartStep::session, errno);
  }
  // A parent that died before the line above sends no signal any more.
  if (getppid() != entry.parent) give_up(entry, StartStep::parent_gone, ESRCH);
  if (chdir(entry.working_directory) != 0) give_up(entry, StartStep::working_directory, errno);
  if (!enter_sandbox(*entry.sandbox)) give_up(entry, StartStep::sandbox, errno);
  execve(entry.arguments.front(), entry.arguments.data(), entry.environment.data());
  give_up(entry, StartStep::program, errno);
}

}  // namespace antiphon::detail
