// Live events through Redis: a stream of each workspace for who comes back, one channel for who is
// there.
//
// Keys    antiphon:events:<workspace>   a stream of about kEventHistoryMax entries, gone after a
//         day without one; the field "e" holds "<conversation>/<agent>/<event>"
// Channel antiphon:events               "<workspace>/<id>/<conversation>/<agent>/<event>"
// Limits  those of the client; an entry that is not what we write is left out.
// Thread  the client's executor.
#pragma once

#include "ports/event_bus.h"
#include "store/redis/client.h"

namespace antiphon::store {

class RedisEventBus final : public EventBus {
 public:
  explicit RedisEventBus(RedisClient& redis);

  void listen(OnEvent on_event) override;
  Task<Result<>> publish(LiveEvent event) override;
  Task<Result<EventHistory>> history(WorkspaceId workspace, std::string after) override;

 private:
  RedisClient& redis_;
  RedisScript publish_;
};

}  // namespace antiphon::store
