// What /api/jobs says.
#pragma once

#include "core/bounded.h"
#include "domain/job.h"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

struct JobListQuery {
  std::optional<JobState> state;
  Integer<1, 200> limit{50};
  Text<0, 200> cursor;
  static constexpr std::string_view kOptionalFields[] = {"*"};
};
BOOST_DESCRIBE_STRUCT(JobListQuery, (), (state, limit, cursor))

struct JobOutput {
  JobId id;
  std::string kind;
  JobState state = JobState::waiting;
  std::int32_t attempts = 0;
  std::int32_t attempts_max = 5;
  std::optional<std::string> last_error;
  WallTime run_at{};
  std::optional<WallTime> finished_at;
  WallTime created_at{};
  static constexpr FieldNote kNotes[] = {
      {"state", "failed: it is not tried again unless you ask for it."},
      {"last_error", "Of the last attempt that failed."},
      {"run_at", "When it is, or was, due."}};
};
BOOST_DESCRIBE_STRUCT(JobOutput, (),
                      (id, kind, state, attempts, attempts_max, last_error, run_at, finished_at,
                       created_at))

struct JobList {
  std::vector<JobOutput> items;
  std::optional<std::string> next_cursor;
};
BOOST_DESCRIBE_STRUCT(JobList, (), (items, next_cursor))

}  // namespace antiphon
