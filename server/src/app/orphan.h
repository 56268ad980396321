// Ends a server that a killed predecessor left behind in one of our folders, with its helper
// processes.
//
// Ours is a process that runs one of `programs` and has `folder` as its working directory: process
// numbers are used again, working directories of a 0700 folder are not. The one that `pid_file`
// names gets the signals in turn, with the time that stands beside each; what is left after that is
// killed.
// Errors  unavailable: one of them survived.   cancelled.
#pragma once

#include "core/clock.h"
#include "core/task_group.h"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace antiphon {

struct OrphanSignal {
  int signal = 15;
  Duration patience = std::chrono::seconds(10);
};

struct Orphan {
  std::filesystem::path pid_file;
  std::filesystem::path folder;
  std::vector<std::string> programs;  // beginnings of their names
  std::vector<OrphanSignal> signals;
};

[[nodiscard]] std::vector<pid_t> find_orphans(const Orphan& orphan);
Task<Result<>> end_orphans(Executor executor, Clock& clock, Orphan orphan);

}  // namespace antiphon
