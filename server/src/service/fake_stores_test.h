// Stores of agents, conversations and keys for the tests above the store layer: plain vectors that
// keep workspaces apart and compare revisions, and that can be taken away.
#pragma once

#include "crypto/api_key.h"
#include "ports/stores.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace antiphon {

inline Uuid test_uuid(std::uint8_t number) {
  std::array<std::byte, 16> bytes{};
  bytes[15] = std::byte{number};
  return Uuid::from_bytes(bytes);
}

inline Principal test_principal(std::uint8_t workspace = 1, Role role = Role::owner) {
  return {PrincipalKind::api_key, test_uuid(99), WorkspaceId(test_uuid(workspace)), role, "test"};
}

inline std::unexpected<Error> test_absent() {
  return failure(ErrorCode::not_found, "there is no such thing");
}

class FakeAgents final : public AgentStore {
 public:
  Task<Result<Agent>> create(Principal, Agent agent) override {
    if (away) co_return std::unexpected(*away);
    for (const Agent& other : agents) {
      if (other.workspace == agent.workspace && other.slug == agent.slug) {
        co_return failure(ErrorCode::already_exists, "the slug is taken");
      }
    }
    agents.push_back(agent);
    co_return agent;
  }
  Task<Result<Agent>> find(Principal principal, AgentId id) override {
    if (away) co_return std::unexpected(*away);
    for (const Agent& agent : agents) {
      if (agent.workspace == principal.workspace && agent.id == id) co_return agent;
    }
    co_return test_absent();
  }
  Task<Result<Agent>> find_by_slug(Principal principal, std::string slug) override {
    for (const Agent& agent : agents) {
      if (agent.workspace == principal.workspace && agent.slug == slug) co_return agent;
    }
    co_return test_absent();
  }
  Task<Result<Page<Agent>>> list(Principal principal, AgentFilter filter,
                                 PageRequest page) override {
    Page<Agent> found;
    for (const Agent& agent : agents) {
      if (agent.workspace != principal.workspace) continue;
      if (filter.status && agent.status != *filter.status) continue;
      if (agent.name.find(filter.search) == std::string::npos) continue;
      if (found.items.size() == page.limit) {
        found.next_cursor = "more";
        break;
      }
      found.items.push_back(agent);
    }
    co_return found;
  }
  Task<Result<Agent>> save(Principal principal, Agent agent) override {
    for (Agent& stored : agents) {
      if (stored.workspace != principal.workspace || stored.id != agent.id) continue;
      if (stored.revision != agent.revision) {
        co_return failure(ErrorCode::conflict, "the agent changed since you read it");
      }
      stored = std::move(agent);
      ++stored.revision;
      co_return stored;
    }
    co_return test_absent();
  }
  Task<Result<>> remove(Principal principal, AgentId id) override {
    const auto removed = std::erase_if(agents, [&](const Agent& agent) {
      return agent.workspace == principal.workspace && agent.id == id;
    });
    if (removed == 0) co_return test_absent();
    co_return Result<>{};
  }
  Task<Result<std::vector<KnowledgeBaseId>>> knowledge_of(Principal principal,
                                                          AgentId id) override {
    const auto agent = co_await find(std::move(principal), id);
    if (!agent) co_return std::unexpected(agent.error());
    co_return std::vector{KnowledgeBaseId(test_uuid(77))};
  }
  Task<Result<>> share_knowledge(Principal, AgentId from, AgentId to) override {
    shared.emplace_back(from, to);
    co_return Result<>{};
  }

  std::vector<Agent> agents;
  std::vector<std::pair<AgentId, AgentId>> shared;
  std::optional<Error> away;
};

// What the journal would write late is written when a test says so: `records` is what the database
// knows now.
class FakeConversations final : public ConversationStore {
 public:
  Task<Result<Conversation>> create(Principal, Conversation conversation) override {
    records.push_back({conversation, {}, {}});
    co_return conversation;
  }
  Task<Result<ConversationRecord>> find(Principal principal, ConversationId id) override {
    for (const ConversationRecord& record : records) {
      if (record.conversation.workspace == principal.workspace && record.conversation.id == id) {
        co_return record;
      }
    }
    co_return test_absent();
  }
  Task<Result<Page<Conversation>>> list(Principal principal, ConversationFilter filter,
                                        PageRequest) override {
    Page<Conversation> page;
    for (const ConversationRecord& record : records) {
      const Conversation& conversation = record.conversation;
      if (conversation.workspace != principal.workspace) continue;
      if (filter.agent && conversation.agent != *filter.agent) continue;
      page.items.push_back(conversation);
    }
    co_return page;
  }
  Task<Result<>> apply(std::vector<JournalEntry>) override { co_return Result<>{}; }

  std::vector<ConversationRecord> records;
};

class FakeJournal final : public ConversationJournal {
 public:
  void record(JournalEntry entry) override { entries.push_back(std::move(entry)); }
  // Why each end that was recorded came.
  [[nodiscard]] std::vector<EndReason> ends() const {
    std::vector<EndReason> reasons;
    for (const JournalEntry& entry : entries) {
      if (const auto* ended = std::get_if<JournalEntry::Ended>(&entry.what)) {
        reasons.push_back(ended->reason);
      }
    }
    return reasons;
  }

  std::vector<JournalEntry> entries;
};

class FakeApiKeys final : public ApiKeyStore {
 public:
  Task<Result<ApiKey>> find_by_hash(std::string hash) override {
    ++look_ups;
    if (away) co_return std::unexpected(*away);
    const auto known = keys.find(hash);
    if (known == keys.end()) co_return test_absent();
    co_return known->second;
  }
  Task<Result<ApiKey>> ensure(WorkspaceId, std::string, Role, std::string, std::string) override {
    co_return test_absent();
  }
  // Returns the header's value.
  std::string add(Random& random, Role role, std::uint8_t workspace = 1) {
    const NewApiKey made = make_api_key(random);
    const std::string hash(reinterpret_cast<const char*>(made.hash.data()), made.hash.size());
    keys[hash] = {ApiKeyId(test_uuid(99)), WorkspaceId(test_uuid(workspace)), role, {}, {}};
    return "Bearer " + made.text.reveal();
  }

  std::map<std::string, ApiKey> keys;
  std::optional<Error> away;
  int look_ups = 0;
};

}  // namespace antiphon
