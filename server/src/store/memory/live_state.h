// Live state of this process alone: for tests, and while Redis is away.
//
// Limits  kConversationsMax contexts; beyond that the one that was used longest ago goes.
// Thread  the one executor that uses it.
#pragma once

#include "core/clock.h"
#include "ports/live_state.h"

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <utility>

namespace antiphon::store {

class MemoryLiveState final : public LiveState {
 public:
  static constexpr std::size_t kConversationsMax = 10'000;

  explicit MemoryLiveState(Clock& clock) : clock_(clock) {}

  Task<> append_context(WorkspaceId workspace, ConversationId conversation,
                        std::vector<LiveTurn> turns) override;
  Task<std::vector<LiveTurn>> context(WorkspaceId workspace, ConversationId conversation) override;
  Task<> forget_context(WorkspaceId workspace, ConversationId conversation) override;
  Task<> mark_live(LiveConversation live) override;
  Task<> mark_ended(WorkspaceId workspace, ConversationId conversation) override;
  Task<std::vector<LiveConversation>> list_live(WorkspaceId workspace) override;
  [[nodiscard]] bool is_degraded() const override { return false; }

 private:
  using Key = std::pair<WorkspaceId, ConversationId>;
  struct Context {
    std::deque<LiveTurn> turns;
    Timepoint used;
  };
  struct Live {
    LiveConversation live;
    Timepoint seen;
  };
  void make_room();

  Clock& clock_;
  std::map<Key, Context> contexts_;
  std::map<Key, Live> live_;
};

}  // namespace antiphon::store
