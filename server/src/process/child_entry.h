// What runs between fork and exec. Only async-signal-safe calls: another thread may have held any
// lock when we forked. Everything here is made by the parent before; a failure goes back as a step
// and an errno.
#pragma once

#include "process/child.h"

#include <sys/resource.h>
#include <sys/types.h>

#include <cstdint>
#include <vector>

namespace antiphon::detail {

enum class StartStep : std::uint8_t {
  parent_gone,
  session,
  streams,
  account,
  limits,
  working_directory,
  sandbox,
  program,
};

struct StartFailure {
  StartStep step = StartStep::program;
  int number = 0;
};

struct Limit {
  decltype(RLIMIT_AS) resource;
  rlimit value;
};

struct ChildEntry {
  std::vector<char*> arguments;
  std::vector<char*> environment;
  const char* working_directory = "/";
  const Account* account = nullptr;
  int streams[3] = {-1, -1, -1};  // all above 2
  std::vector<Limit> limits;
  const PreparedSandbox* sandbox = nullptr;
  int parent_death_signal = 9;
  pid_t parent = 0;
  int failure_pipe = -1;
};

[[noreturn]] void enter_child(const ChildEntry& entry);

}  // namespace antiphon::detail
