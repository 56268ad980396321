// What the probes answer.
#pragma once

#include "core/bounded.h"

#include <boost/describe/class.hpp>

#include <optional>
#include <string>
#include <vector>

namespace antiphon {

struct PartOutput {
  std::string name;
  std::string state;
  std::optional<std::string> detail;
  static constexpr FieldNote kNotes[] = {{"name", "api, speech, postgresql or redis."},
                                         {"state", "up, down or degraded."}};
};
BOOST_DESCRIBE_STRUCT(PartOutput, (), (name, state, detail))

struct ReadinessOutput {
  bool ready = false;
  std::vector<PartOutput> parts;
};
BOOST_DESCRIBE_STRUCT(ReadinessOutput, (), (ready, parts))

struct HealthOutput {
  std::string status;
};
BOOST_DESCRIBE_STRUCT(HealthOutput, (), (status))

}  // namespace antiphon
