// Ends a server that a killed predecessor left behind in one of our folders.
//
// It is ours only if the process named in `pid_file` has `folder` as its working directory: numbers are reused.
// Asked with each signal in turn, and given the time that stands beside it.
// Errors  unavailable: it survived them all.
#pragma once

#include "core/clock.h"
#include "core/task_group.h"

#include <chrono>
#include <filesystem>
#include <vector>

namespace antiphon {

struct OrphanSignal {
  int signal = 15;
  Duration patience = std::chrono::seconds(10);
};

struct Orphan {
  std::filesystem::path pid_file;
  std::filesystem::path folder;
  std::vector<OrphanSignal> signals;
};

// The process number when such a process runs.
[[nodiscard]] std::optional<pid_t> find_orphan(const Orphan& orphan);
Task<Result<>> end_orphan(Executor executor, Clock& clock, Orphan orphan);

}  // namespace antiphon
