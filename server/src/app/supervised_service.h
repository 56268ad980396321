// One private server that is kept running: started, probed until it is ready, started again when it
// dies.
//
// start() tries until ready, or until the program fails three times or `ready_max` passes; then it
// watches. A death is answered after a pause that doubles from 100 ms to 10 s, with 50 % of jitter
// either way so that services do not fall over each other; 30 s of good running put it back to
// 100 ms.
// Errors  start: what the program said last, or timeout. After start() a failure is an event, not
//         an error.
// Thread  the executor's.
#pragma once

#include "core/clock.h"
#include "core/random.h"
#include "core/task_group.h"
#include "process/child.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace antiphon {

enum class ServiceName : std::uint8_t { postgres, redis };
enum class ServiceState : std::uint8_t { starting, ready, died, restarting, stopped };

[[nodiscard]] std::string_view name_of(ServiceName name);
[[nodiscard]] std::string_view name_of(ServiceState state);

struct ServiceEvent {
  ServiceName service = ServiceName::postgres;
  ServiceState state = ServiceState::starting;
  std::string detail;  // one line: a process number, why it died, when it is tried again
};

using ServiceObserver = std::function<void(const ServiceEvent&)>;

// What is peculiar to one server.
struct ServiceRecipe {
  ServiceName name = ServiceName::postgres;
  ChildOptions options;  // its streams go to the log file
  std::filesystem::path log_file;
  std::function<Task<bool>(pid_t pid)> is_ready;  // asked every 5 ms while it starts
  int stop_signal = 15;
  Duration stop_grace = std::chrono::seconds(30);
  Duration ready_max = std::chrono::seconds(60);
};

// Borrowed from the owner for as long as the service lives.
struct ServiceContext {
  Executor executor;
  Launcher& launcher;
  Clock& clock;
  Random& random;
  ServiceObserver observer;
};

class SupervisedService {
 public:
  SupervisedService(ServiceContext& context, ServiceRecipe recipe);

  Task<Result<>> start();
  // Ends the program with its own clean shutdown; after `stop_grace` it is killed. May be called at
  // any time.
  Task<> stop();
  [[nodiscard]] std::optional<pid_t> pid() const;

 private:
  Task<Result<>> attempt();
  Task<Result<>> wait_until_ready(std::uintmax_t log_start);
  Task<> keep_running();
  Task<bool> restart();
  void tell(ServiceState state, std::string detail);
  [[nodiscard]] Duration next_pause();
  [[nodiscard]] std::string last_words(std::uintmax_t log_start) const;

  ServiceContext& context_;
  ServiceRecipe recipe_;
  std::optional<Child> child_;
  std::uintmax_t log_start_ = 0;
  Timepoint ready_since_{};
  unsigned failures_ = 0;
  TaskGroup watch_;
};

// The line of a server's log that says why it gave up: the last FATAL, PANIC, ERROR or "could not",
// else the last.
[[nodiscard]] std::string telling_line(std::string_view log);

}  // namespace antiphon
