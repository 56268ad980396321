// Carries live events between all servers of an installation, and keeps the last of them.
//
// Limits  keeps about kEventHistoryMax events of each workspace, for a day.
// Errors  publish: unavailable, resource_exhausted; the event may have reached others or not.
// Thread  the executor the bus was made for.
#pragma once

#include "core/result.h"
#include "core/task.h"
#include "domain/live_event.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace antiphon {

inline constexpr std::size_t kEventHistoryMax = 1'000;

struct EventHistory {
  std::vector<LiveEvent> events;  // in order
  bool is_complete = false;       // nothing between `after` and the first of them has been lost
};

class EventBus {
 public:
  // Nothing: some may have been missed; history() has them.
  using OnEvent = std::function<void(std::optional<LiveEvent>)>;

  virtual ~EventBus() = default;
  // Once, before anything else. It is called for the events of every server, this one's too.
  virtual void listen(OnEvent on_event) = 0;
  // Gives the event its id.
  virtual Task<Result<>> publish(LiveEvent event) = 0;
  // What came after that id.
  virtual Task<Result<EventHistory>> history(WorkspaceId workspace, std::string after) = 0;
};

}  // namespace antiphon
