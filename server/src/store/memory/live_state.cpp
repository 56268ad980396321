#include "store/memory/live_state.h"

#include <algorithm>

namespace antiphon::store {

Task<> MemoryLiveState::append_context(WorkspaceId workspace, ConversationId conversation,
                                       std::vector<LiveTurn> turns) {
  const Key key{workspace, conversation};
  if (!contexts_.contains(key)) make_room();
  Context& context = contexts_[key];
  if (clock_.now() - context.used > kContextLifetime) context.turns.clear();
  context.used = clock_.now();
  for (LiveTurn& turn : turns)
    context.turns.push_back(std::move(turn));
  while (context.turns.size() > kContextTurnsMax)
    context.turns.pop_front();
  co_return;
}

void MemoryLiveState::make_room() {
  if (contexts_.size() < kConversationsMax) return;
  contexts_.erase(
      std::ranges::min_element(contexts_, {}, [](const auto& entry) { return entry.second.used; }));
}

Task<std::vector<LiveTurn>> MemoryLiveState::context(WorkspaceId workspace,
                                                     ConversationId conversation) {
  const auto found = contexts_.find({workspace, conversation});
  if (found == contexts_.end()) co_return std::vector<LiveTurn>{};
  if (clock_.now() - found->second.used > kContextLifetime) {
    contexts_.erase(found);
    co_return std::vector<LiveTurn>{};
  }
  const auto& turns = found->second.turns;
  co_return std::vector<LiveTurn>(turns.begin(), turns.end());
}

Task<> MemoryLiveState::forget_context(WorkspaceId workspace, ConversationId conversation) {
  contexts_.erase({workspace, conversation});
  co_return;
}

Task<> MemoryLiveState::mark_live(LiveConversation live) {
  const Key key{live.workspace, live.conversation};
  live_[key] = {std::move(live), clock_.now()};
  co_return;
}

Task<> MemoryLiveState::mark_ended(WorkspaceId workspace, ConversationId conversation) {
  live_.erase({workspace, conversation});
  co_return;
}

Task<std::vector<LiveConversation>> MemoryLiveState::list_live(WorkspaceId workspace) {
  std::erase_if(
      live_, [&](const auto& entry) { return clock_.now() - entry.second.seen > kLiveLifetime; });
  std::vector<LiveConversation> found;
  for (const auto& [key, entry] : live_) {
    if (key.first == workspace) found.push_back(entry.live);
  }
  co_return found;
}

}  // namespace antiphon::store
