// What all servers of a test know of each other, and that a test can take away.
#pragma once

#include "ports/live_state.h"

#include <map>
#include <utility>
#include <vector>

namespace antiphon {

class FakeLive final : public LiveState {
 public:
  explicit FakeLive(Clock& clock) : clock_(clock) {}

  Task<> append_context(WorkspaceId, ConversationId conversation,
                        std::vector<LiveTurn> turns) override {
    auto& kept = contexts[conversation];
    kept.insert(kept.end(), turns.begin(), turns.end());
    co_return;
  }
  Task<std::vector<LiveTurn>> context(WorkspaceId, ConversationId conversation) override {
    co_return contexts[conversation];
  }
  Task<> forget_context(WorkspaceId, ConversationId conversation) override {
    contexts.erase(conversation);
    co_return;
  }
  Task<> mark_live(LiveConversation live) override {
    ++marks;
    if (!degraded) seen_[live.conversation] = {live, clock_.now()};
    co_return;
  }
  Task<> mark_ended(WorkspaceId, ConversationId conversation) override {
    seen_.erase(conversation);
    co_return;
  }
  Task<std::vector<LiveConversation>> list_live(WorkspaceId workspace) override {
    std::vector<LiveConversation> found;
    for (const auto& [id, entry] : seen_) {
      if (entry.first.workspace != workspace || degraded) continue;
      if (clock_.now() - entry.second <= kLiveLifetime) found.push_back(entry.first);
    }
    co_return found;
  }
  bool is_degraded() const override { return degraded; }

  std::map<ConversationId, std::vector<LiveTurn>> contexts;
  bool degraded = false;
  int marks = 0;

 private:
  Clock& clock_;
  std::map<ConversationId, std::pair<LiveConversation, Timepoint>> seen_;
};

}  // namespace antiphon
