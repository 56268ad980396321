// Work that outlives a request.
#pragma once

#include "core/clock.h"
#include "domain/ids.h"

#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace antiphon {

// waiting: due now or later · running: a worker holds it · succeeded · failed: dead, until somebody
// has it tried again.
enum class JobState : std::uint8_t { waiting, running, succeeded, failed };
BOOST_DESCRIBE_ENUM(JobState, waiting, running, succeeded, failed)

struct Job {
  JobId id;
  WorkspaceId workspace;
  std::string kind;  // "workspace.purge"
  JobState state = JobState::waiting;
  std::int32_t attempts = 0;
  std::int32_t attempts_max = 5;
  std::optional<std::string> last_error;
  WallTime run_at{};
  std::optional<WallTime> finished_at;
  WallTime created_at{};
};

// A job that this worker alone may do until the lease ends.
struct LeasedJob {
  JobId id;
  WorkspaceId workspace;
  std::string kind;
  std::string payload = "{}";  // a JSON object
  std::int32_t attempts = 1;   // this one counted
  std::int32_t attempts_max = 5;
  Uuid lease;  // also the principal of what the job writes
};

}  // namespace antiphon
