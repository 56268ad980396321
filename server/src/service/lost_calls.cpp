#include "service/lost_calls.h"

#include <set>

namespace antiphon {

JournalEntry lost_call_entry(const Conversation& call) {
  return {call.workspace, call.id, call.started_at,
          JournalEntry::Ended{ConversationStatus::failed, EndReason::transport_lost,
                              call.ended_at.value_or(call.started_at)},
          call.agent};
}

Task<> LostCalls::watch() {
  do {
    co_await look();
  } while (co_await parts_.clock.sleep_for(kLookEvery));
}

Task<std::optional<std::vector<Conversation>>> LostCalls::without_server(
    std::vector<Conversation> unfinished) {
  std::map<WorkspaceId, std::set<ConversationId>> live;
  for (const Conversation& call : unfinished) {
    const auto [entry, fresh] = live.try_emplace(call.workspace);
    if (!fresh) continue;
    for (const LiveConversation& known : co_await parts_.live.list_live(call.workspace)) {
      entry->second.insert(known.conversation);
    }
    if (parts_.live.is_degraded() || co_await is_cancelled()) co_return std::nullopt;
  }
  std::erase_if(unfinished, [&](const Conversation& call) {
    const bool is_here = parts_.runs_here && parts_.runs_here(call.id);
    return is_here || live.at(call.workspace).contains(call.id);
  });
  co_return unfinished;
}

Task<> LostCalls::look() {
  auto unfinished = co_await parts_.unfinished(parts_.clock.wall() - kLiveLifetime);
  if (!unfinished) {
    parts_.log.warning("conversations.unfinished_unknown", {{"error", unfinished.error()}});
    co_return;
  }
  const auto missing = co_await without_server(std::move(*unfinished));
  if (!missing) {
    missed_since_.clear();
    co_return;
  }
  const Timepoint now = parts_.clock.now();
  std::map<ConversationId, Timepoint> missed;
  std::size_t ended = 0;
  for (const Conversation& call : *missing) {
    const auto before = missed_since_.find(call.id);
    const Timepoint since = before == missed_since_.end() ? now : before->second;
    missed.emplace(call.id, since);
    if (now - since < kLiveLifetime) continue;
    parts_.journal.record(lost_call_entry(call));
    ++ended;
  }
  missed_since_ = std::move(missed);
  if (ended > 0) parts_.log.warning("conversations.ended_after_crash", {{"calls", ended}});
}

}  // namespace antiphon
