#include "core/mutex.h"
#include "process/child_entry.h"
#include "process/child_state.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <deque>
#include <functional>
#include <future>
#include <thread>

namespace antiphon {

namespace {

using detail::ChildEntry;
using detail::StartFailure;
using detail::StartStep;

std::string_view name_of(StartStep step) {
  switch (step) {
    case StartStep::parent_gone:
      return "the parent has gone";
    case StartStep::session:
      return "a session of its own";
    case StartStep::streams:
      return "its streams";
    case StartStep::account:
      return "changing to its account";
    case StartStep::limits:
      return "its resource limits";
    case StartStep::working_directory:
      return "its working directory";
    case StartStep::sandbox:
      return "its sandbox";
    case StartStep::program:
      return "running it";
  }
  return "starting it";
}

ErrorCode code_of(int number) {
  if (number == ENOENT) return ErrorCode::not_found;
  if (number == EACCES || number == EPERM) return ErrorCode::permission_denied;
  if (number == EMFILE || number == ENFILE || number == EAGAIN || number == ENOMEM) {
    return ErrorCode::resource_exhausted;
  }
  return ErrorCode::unavailable;
}

std::unexpected<Error> failed(const ChildOptions& options, std::string_view step, int number) {
  return failure(code_of(number), "starting " + options.arguments.front() + ": " +
                                      std::string(step) + ": " + std::strerror(number));
}

struct Pipe {
  Descriptor read;
  Descriptor write;
};

bool open_pipe(Pipe& pipe) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  pipe.read = Descriptor(ends[0]);
  pipe.write = Descriptor(ends[1]);
  return true;
}

// Above 2, so that dup2 in the child overwrites none that is still needed.
Descriptor lift(int descriptor) { return Descriptor(fcntl(descriptor, F_DUPFD_CLOEXEC, 3)); }

struct Stream {
  Descriptor of_child;
  Descriptor of_parent;
};

bool open_stream(const Redirect& redirect, bool is_input, Stream& stream) {
  if (redirect.to == Redirect::To::descriptor) {
    stream.of_child = lift(redirect.descriptor);
    return stream.of_child.is_open();
  }
  if (redirect.to == Redirect::To::nothing) {
    const Descriptor nothing(open("/dev/null", O_RDWR | O_CLOEXEC));
    stream.of_child = lift(nothing.number());
    return stream.of_child.is_open();
  }
  Pipe pipe;
  if (!open_pipe(pipe)) return false;
  stream.of_child = lift(is_input ? pipe.read.number() : pipe.write.number());
  stream.of_parent = std::move(is_input ? pipe.write : pipe.read);
  return stream.of_child.is_open();
}

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts)
    pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<detail::Limit> limits_of(const ResourceLimits& limits) {
  std::vector<detail::Limit> list;
  const auto add = [&list](auto resource, std::uint64_t value) {
    list.push_back({resource, rlimit{value, value}});
  };
  add(RLIMIT_CORE, 0);
  if (limits.address_space) add(RLIMIT_AS, limits.address_space->value());
  if (limits.file_size) add(RLIMIT_FSIZE, limits.file_size->value());
  if (limits.cpu_time) add(RLIMIT_CPU, static_cast<std::uint64_t>(limits.cpu_time->count()));
  if (limits.open_files) add(RLIMIT_NOFILE, *limits.open_files);
  if (limits.processes) add(RLIMIT_NPROC, *limits.processes);
  return list;
}

// Returns when the program runs or says why it does not.
std::optional<StartFailure> read_failure(int descriptor) {
  StartFailure failure_of_child;
  ssize_t count = 0;
  do {
    count = read(descriptor, &failure_of_child, sizeof failure_of_child);
  } while (count < 0 && errno == EINTR);
  if (count != static_cast<ssize_t>(sizeof failure_of_child)) return std::nullopt;
  return failure_of_child;
}

pid_t fork_into(const ChildEntry& entry) {
  // No handler of ours may run in the child before it has reset them.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = fork();
  if (pid == 0) enter_child(entry);
  const int number = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = number;
  return pid;
}

struct Started {
  pid_t pid = 0;
  Descriptor process;
  std::array<Descriptor, 3> streams;
};

Result<Started> fork_child(const ChildOptions& options, const PreparedSandbox& sandbox) {
  std::array<Stream, 3> streams;
  Pipe failures;
  if (!open_stream(options.input, true, streams[0]) ||
      !open_stream(options.output, false, streams[1]) ||
      !open_stream(options.error, false, streams[2]) || !open_pipe(failures)) {
    return failed(options, "its pipes", errno);
  }
  failures.write = lift(failures.write.number());
  ChildEntry entry;
  entry.arguments = pointers_to(options.arguments);
  entry.environment = pointers_to(options.environment);
  entry.working_directory = options.working_directory.c_str();
  entry.account = options.account ? &*options.account : nullptr;
  for (std::size_t index = 0; index < 3; ++index) {
    entry.streams[index] = streams[index].of_child.number();
  }
  entry.limits = limits_of(options.limits);
  entry.sandbox = &sandbox;
  entry.parent_death_signal = options.parent_death_signal;
  entry.parent = getpid();
  entry.failure_pipe = failures.write.number();
  const pid_t pid = fork_into(entry);
  if (pid < 0) return failed(options, "fork", errno);
  failures.write.reset();
  if (const auto failure_of_child = read_failure(failures.read.number())) {
    waitpid(pid, nullptr, 0);
    return failed(options, name_of(failure_of_child->step), failure_of_child->number);
  }
  Started started;
  started.pid = pid;
  started.process = Descriptor(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (!started.process.is_open()) {
    const int number = errno;
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
    return failed(options, "watching it", number);
  }
  for (std::size_t index = 0; index < 3; ++index) {
    started.streams[index] = std::move(streams[index].of_parent);
  }
  return started;
}

}  // namespace

struct Launcher::State {
  Mutex mutex;
  Condition changed;
  std::deque<std::function<void()>> jobs GUARDED_BY(mutex);
  bool ending GUARDED_BY(mutex) = false;
  std::thread thread;

  void run() {
    while (true) {
      std::function<void()> job;
      {
        const MutexLock lock(mutex);
        while (jobs.empty() && !ending)
          changed.wait(mutex);
        if (jobs.empty()) return;
        job = std::move(jobs.front());
        jobs.pop_front();
      }
      job();
    }
  }
};

Launcher::Launcher() : state_(std::make_unique<State>()) {
  // Writing to a child that has ended is an error to handle, not a reason to die.
  std::signal(SIGPIPE, SIG_IGN);
  state_->thread = std::thread([state = state_.get()] { state->run(); });
}

Launcher::~Launcher() {
  {
    const MutexLock lock(state_->mutex);
    state_->ending = true;
  }
  state_->changed.notify_all();
  state_->thread.join();
}

Result<Child> Launcher::start(const boost::asio::any_io_executor& executor,
                              const ChildOptions& options) {
  if (options.arguments.empty() || !options.arguments.front().starts_with('/')) {
    return failure(ErrorCode::invalid_argument, "a child's program is named by its absolute path");
  }
  auto sandbox = prepare_sandbox(options.sandbox);
  if (!sandbox) return std::unexpected(sandbox.error());
  std::promise<Result<Started>> promise;
  {
    const MutexLock lock(state_->mutex);
    state_->jobs.emplace_back(
        [&promise, &options, &sandbox] { promise.set_value(fork_child(options, *sandbox)); });
  }
  state_->changed.notify_all();
  auto started = promise.get_future().get();
  if (!started) return std::unexpected(started.error());
  return Child(std::make_unique<Child::State>(executor, started->pid, std::move(started->process),
                                              std::move(started->streams)));
}

}  // namespace antiphon
