// Live state shared by all servers, in Redis. While Redis is away it degrades to `fallback`, which
// is told everything at all times, so that a conversation of this process loses nothing.
//
// Keys    antiphon:context:<workspace>:<conversation>   a list, one turn an item: "c0:Hello"
//         antiphon:live:<workspace>                     a sorted set of "<conversation>/<node>" by
//         last mark
// Thread  the client's executor.
#pragma once

#include "core/clock.h"
#include "core/log.h"
#include "ports/live_state.h"
#include "store/redis/client.h"

namespace antiphon::store {

class RedisLiveState final : public LiveState {
 public:
  RedisLiveState(RedisClient& redis, LiveState& fallback, Clock& clock, Log& log);

  Task<> append_context(WorkspaceId workspace, ConversationId conversation,
                        std::vector<LiveTurn> turns) override;
  Task<std::vector<LiveTurn>> context(WorkspaceId workspace, ConversationId conversation) override;
  Task<> forget_context(WorkspaceId workspace, ConversationId conversation) override;
  Task<> mark_live(LiveConversation live) override;
  Task<> mark_ended(WorkspaceId workspace, ConversationId conversation) override;
  Task<std::vector<LiveConversation>> list_live(WorkspaceId workspace) override;
  [[nodiscard]] bool is_degraded() const override { return degraded_; }

 private:
  // Logs the first failure and the recovery.
  void note(const Result<RedisReply>& reply);
  [[nodiscard]] std::string milliseconds_now() const;

  RedisClient& redis_;
  LiveState& fallback_;
  Clock& clock_;
  Log& log_;
  RedisScript append_;
  RedisScript mark_;
  RedisScript end_;
  RedisScript list_;
  bool degraded_ = false;
};

}  // namespace antiphon::store
