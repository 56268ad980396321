#include "domain/usage.h"
#include "store/memory/tables.h"

#include <utility>
#include <variant>

namespace antiphon::store {

namespace {

class MemoryConversations final : public ConversationStore {
 public:
  explicit MemoryConversations(Tables& tables) : tables_(tables) {}

  Task<Result<Conversation>> create(Principal principal, Conversation conversation) override {
    conversation.workspace = principal.workspace;
    if (!conversation.agent.uuid().is_nil() && !knows_agent(conversation)) {
      co_return missing("agent");
    }
    if (conversation.id.uuid().is_nil()) conversation.id = ConversationId(tables_.new_id());
    if (tables_.conversations.contains(conversation.id)) {
      co_return failure(ErrorCode::already_exists, "another conversation has this id");
    }
    if (conversation.started_at == WallTime{}) conversation.started_at = tables_.stamp();
    conversation.started_at = to_microtime(conversation.started_at);
    tables_.conversations.emplace(conversation.id, StoredConversation{conversation, {}, {}});
    co_return conversation;
  }

  Task<Result<ConversationRecord>> find(Principal principal, ConversationId id) override {
    const auto found = tables_.conversations.find(id);
    if (found == tables_.conversations.end() ||
        found->second.conversation.workspace != principal.workspace) {
      co_return missing("conversation");
    }
    ConversationRecord record{found->second.conversation, {}, {}};
    for (const auto& [ordinal, message] : found->second.messages) {
      record.messages.push_back(message);
    }
    for (const auto& [sequence, event] : found->second.events)
      record.events.push_back(event);
    co_return record;
  }

  Task<Result<Page<Conversation>>> list(Principal principal, ConversationFilter filter,
                                        PageRequest page) override {
    std::vector<Conversation> found;
    for (const auto& [id, stored] : tables_.conversations) {
      const Conversation& conversation = stored.conversation;
      if (conversation.workspace != principal.workspace) continue;
      if (filter.agent && conversation.agent != *filter.agent) continue;
      if (filter.status && conversation.status != *filter.status) continue;
      found.push_back(conversation);
    }
    co_return page_of(std::move(found), page,
                      [](const Conversation& conversation) { return conversation.started_at; });
  }

  Task<Result<>> apply(std::vector<JournalEntry> entries) override {
    for (JournalEntry& entry : entries)
      apply_one(entry);
    co_return Result<>{};
  }

 private:
  bool knows_agent(const Conversation& conversation) const {
    const auto agent = tables_.agents.find(conversation.agent);
    return agent != tables_.agents.end() && agent->second.workspace == conversation.workspace;
  }

  void apply_one(JournalEntry& entry) {
    if (auto* started = std::get_if<JournalEntry::Started>(&entry.what)) {
      start(entry, std::move(started->conversation));
      return;
    }
    const auto found = tables_.conversations.find(entry.conversation);
    // A conversation that was erased meanwhile stays erased.
    if (found == tables_.conversations.end()) return;
    StoredConversation& stored = found->second;
    if (stored.conversation.workspace != entry.workspace) return;
    if (auto* message = std::get_if<Message>(&entry.what)) {
      stored.messages.emplace(message->ordinal, std::move(*message));
    } else if (auto* event = std::get_if<ConversationEvent>(&entry.what)) {
      if (event->kind == kUsageEvent) return;  // counted by PostgreSQL alone
      stored.events.emplace(event->sequence, std::move(*event));
    } else if (const auto* ended = std::get_if<JournalEntry::Ended>(&entry.what)) {
      if (stored.conversation.status != ConversationStatus::active) return;
      stored.conversation.status = ended->status;
      stored.conversation.end_reason = ended->reason;
      stored.conversation.ended_at = to_microtime(ended->at);
    }
  }

  void start(const JournalEntry& entry, Conversation conversation) {
    conversation.id = entry.conversation;
    conversation.workspace = entry.workspace;
    conversation.started_at = to_microtime(entry.started_at);
    if (!knows_agent(conversation)) {
      conversation.agent = AgentId{};
      conversation.agent_version.reset();
    }
    tables_.conversations.try_emplace(entry.conversation,
                                      StoredConversation{std::move(conversation), {}, {}});
  }

  Tables& tables_;
};

}  // namespace

std::unique_ptr<ConversationStore> make_memory_conversations(Tables& tables) {
  return std::make_unique<MemoryConversations>(tables);
}

}  // namespace antiphon::store
