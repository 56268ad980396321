// A child process: started by a Launcher, awaited through the loop, ended by its owner.
//
//   ChildOptions options;
//   options.arguments = {"/usr/bin/pdftotext", "-", "-"};
//   options.sandbox.network = Network::denied;
//   Result<Child> child = launcher.start(executor, options);
//   const auto status = co_await child->wait();
//
// Limits  every descriptor but 0, 1, 2 is closed in the child; it leads a session of its own;
//         no_new_privs is set.
// Errors  start: not_found (no such program), permission_denied, unsupported, unavailable; the
//         message names the step and the program. wait: cancelled.
// Thread  a Child belongs to its executor. Launcher::start: any; it blocks until the program runs
//         (1-3 ms, and longer in a process that holds much memory): not on a loop that carries
//         calls.
#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "core/strong.h"
#include "core/task.h"
#include "process/descriptor.h"
#include "process/sandbox.h"

#include <boost/asio/any_io_executor.hpp>

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace antiphon {

// Where one of the child's three streams goes.
struct Redirect {
  enum class To : std::uint8_t { nothing, pipe, descriptor };

  To to = To::nothing;
  int descriptor = -1;  // borrowed until start() returns

  [[nodiscard]] static Redirect to_nothing() { return {}; }
  [[nodiscard]] static Redirect to_pipe() { return {To::pipe, -1}; }
  [[nodiscard]] static Redirect to_descriptor(int descriptor) {
    return {To::descriptor, descriptor};
  }
};

// Who the child runs as. Only root may name another account; supplementary groups are dropped.
struct Account {
  uid_t user = 0;
  gid_t group = 0;

  bool operator==(const Account&) const = default;
};

struct ResourceLimits {
  std::optional<ByteCount> address_space;
  std::optional<ByteCount> file_size;
  std::optional<std::chrono::seconds> cpu_time;
  std::optional<std::uint64_t> open_files;
  std::optional<std::uint64_t> processes;  // of the account, not of the child
};

struct ChildOptions {
  std::vector<std::string> arguments;    // [0] is the program's absolute path
  std::vector<std::string> environment;  // the whole of it, "NAME=value"
  std::filesystem::path working_directory = "/";
  std::optional<Account> account;
  Redirect input;
  Redirect output;
  Redirect error;
  ResourceLimits limits;
  Sandbox sandbox;
  int parent_death_signal = 9;  // what the kernel sends when the launcher has gone
};

struct ExitStatus {
  std::optional<int> code;    // it ended by itself
  std::optional<int> signal;  // or was ended

  [[nodiscard]] bool is_success() const { return code == 0; }
  // "exit code 1", "signal 9 (Killed)".
  [[nodiscard]] std::string to_string() const;
  bool operator==(const ExitStatus&) const = default;
};

class Child {
 public:
  Child(Child&&) noexcept;
  Child& operator=(Child&&) noexcept;
  // Kills and reaps what still runs; owners that want a clean end call terminate() first.
  ~Child();

  [[nodiscard]] pid_t pid() const;
  // Any number may wait; each gets the same status.
  Task<Result<ExitStatus>> wait();
  // Known once somebody waited, or after try_wait().
  [[nodiscard]] std::optional<ExitStatus> try_wait();
  // To the child alone, not to its own children. No effect once it has ended.
  void send_signal(int signal);
  // Asks with `signal`, and after `grace` kills the child and everything in its process group.
  Task<Result<ExitStatus>> terminate(Clock& clock, int signal, Duration grace);

  // Our ends of the pipes; empty where the stream is no pipe or was taken before.
  [[nodiscard]] Descriptor take_input();
  [[nodiscard]] Descriptor take_output();
  [[nodiscard]] Descriptor take_error();

 private:
  friend class Launcher;
  struct State;
  explicit Child(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Forks from a thread of its own: the kernel's parent-death signal follows the forking thread, not
// the process. Sets the process to ignore SIGPIPE. Lives as long as the process; when it goes
// first, its children get their parent_death_signal.
class Launcher {
 public:
  Launcher();
  Launcher(const Launcher&) = delete;
  Launcher& operator=(const Launcher&) = delete;
  ~Launcher();

  Result<Child> start(const boost::asio::any_io_executor& executor, const ChildOptions& options);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace antiphon
