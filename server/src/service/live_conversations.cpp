#include "service/live_conversations.h"

#include <utility>
#include <vector>

namespace antiphon {

LiveConversations::LiveConversations(Executor executor, LiveState* state, std::string node,
                                     Clock& clock)
    : state_(state), node_(std::move(node)), clock_(clock), background_(std::move(executor)) {}

bool LiveConversations::is_over(const Entry& entry) {
  return entry.is_call && entry.hold.expired();
}

void LiveConversations::enter(WorkspaceId workspace, ConversationId conversation) {
  if (!entries_.try_emplace(conversation, Entry{workspace, {}, false}).second) return;
  mark(workspace, conversation);
  if (!std::exchange(marking_, true)) background_.spawn(keep_marking());
}

std::shared_ptr<CallHold> LiveConversations::hold(WorkspaceId workspace,
                                                  ConversationId conversation) {
  enter(workspace, conversation);
  auto hold = std::make_shared<CallHold>();
  Entry& entry = entries_.at(conversation);
  entry.hold = hold;
  entry.is_call = true;
  return hold;
}

void LiveConversations::leave(ConversationId conversation) {
  const auto entry = entries_.find(conversation);
  if (entry == entries_.end()) return;
  mark_ended(entry->second.workspace, conversation);
  entries_.erase(entry);
}

void LiveConversations::call_off(ConversationId conversation) {
  const auto entry = entries_.find(conversation);
  if (entry == entries_.end()) return;
  if (const auto hold = entry->second.hold.lock()) hold->called_off.store(true);
}

bool LiveConversations::contains(ConversationId conversation) const {
  const auto entry = entries_.find(conversation);
  return entry != entries_.end() && !is_over(entry->second);
}

void LiveConversations::mark(WorkspaceId workspace, ConversationId conversation) {
  if (state_ != nullptr) background_.spawn(state_->mark_live({conversation, workspace, node_}));
}

void LiveConversations::mark_ended(WorkspaceId workspace, ConversationId conversation) {
  if (state_ != nullptr) background_.spawn(state_->mark_ended(workspace, conversation));
}

Task<> LiveConversations::keep_marking() {
  while (!entries_.empty()) {
    if (!co_await clock_.sleep_for(kLiveLifetime / 3)) break;
    co_await mark_all();
  }
  marking_ = false;
}

Task<> LiveConversations::mark_all() {
  std::vector<std::pair<ConversationId, WorkspaceId>> known;
  for (const auto& [conversation, entry] : entries_)
    known.emplace_back(conversation, entry.workspace);
  for (const auto& [conversation, workspace] : known) {
    // Again for each: while the last mark was on its way, more may have ended.
    if (!contains(conversation)) {
      leave(conversation);
    } else if (state_ != nullptr) {
      co_await state_->mark_live({conversation, workspace, node_});
    }
  }
}

Task<> LiveConversations::stop() {
  background_.cancel();
  co_await background_.join();
}

}  // namespace antiphon
