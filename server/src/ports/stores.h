// What is kept: agents, knowledge, conversations, keys, jobs. One abstract class each; every call
// carries the Principal whose rows it may see, and row-level security enforces it again below.
//
// Errors  not_found (also for what belongs to others), already_exists, conflict, unavailable,
//         timeout.
// Thread  the executor the store was made for.
#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "core/task.h"
#include "domain/agent.h"
#include "domain/conversation.h"
#include "domain/knowledge.h"
#include "domain/principal.h"
#include "ports/conversation_journal.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace antiphon {

// One page of a list, newest first. `cursor` is opaque; empty: the first page, or no further page.
struct PageRequest {
  std::size_t limit = 50;  // 1 to 200
  std::string cursor;
};

template <class T>
struct Page {
  std::vector<T> items;
  std::string next_cursor;
};

struct AgentFilter {
  std::string search;  // part of name, slug or description, any case; empty: all
  std::optional<AgentStatus> status;
};

class AgentStore {
 public:
  virtual ~AgentStore() = default;
  virtual Task<Result<Agent>> create(Principal principal, Agent agent) = 0;
  virtual Task<Result<Agent>> find(Principal principal, AgentId id) = 0;
  virtual Task<Result<Agent>> find_by_slug(Principal principal, std::string slug) = 0;
  virtual Task<Result<Page<Agent>>> list(Principal principal, AgentFilter filter,
                                         PageRequest page) = 0;
  // conflict when agent.revision is not the stored one; the answer carries the new revision.
  virtual Task<Result<Agent>> save(Principal principal, Agent agent) = 0;
  virtual Task<Result<>> remove(Principal principal, AgentId id) = 0;
  // The knowledge bases the agent answers from.
  virtual Task<Result<std::vector<KnowledgeBaseId>>> knowledge_of(Principal principal,
                                                                  AgentId id) = 0;
  // `to` answers from the bases of `from` too. not_found: either is missing.
  virtual Task<Result<>> share_knowledge(Principal principal, AgentId from, AgentId to) = 0;
};

class KnowledgeStore {
 public:
  virtual ~KnowledgeStore() = default;
  // The agent's own base, made when it has none.
  virtual Task<Result<KnowledgeBaseId>> base_of(Principal principal, AgentId agent) = 0;
  virtual Task<Result<Document>> create(Principal principal, Document document) = 0;
  virtual Task<Result<Document>> find(Principal principal, DocumentId id) = 0;
  virtual Task<Result<Page<Document>>> list(Principal principal, KnowledgeBaseId base,
                                            PageRequest page) = 0;
  // New text: revision rises, status is pending again, the old chunks stay until store_chunks.
  virtual Task<Result<Document>> save(Principal principal, Document document) = 0;
  virtual Task<Result<>> remove(Principal principal, DocumentId id) = 0;
  // All or nothing; conflict when the document's revision is no longer `revision`.
  virtual Task<Result<>> store_chunks(Principal principal, DocumentId id, std::int64_t revision,
                                      std::string model, std::vector<Chunk> chunks) = 0;
  virtual Task<Result<>> mark_failed(Principal principal, DocumentId id, std::int64_t revision,
                                     std::string error) = 0;
  virtual Task<Result<std::vector<Chunk>>> chunks_of(Principal principal, DocumentId id) = 0;
  // For start-up and repair, across workspaces; system principals only.
  virtual Task<Result<std::vector<Document>>> all_documents(Principal principal) = 0;
};

struct ConversationFilter {
  std::optional<AgentId> agent;
  std::optional<ConversationStatus> status;
};

struct ConversationRecord {
  Conversation conversation;
  std::vector<Message> messages;
  std::vector<ConversationEvent> events;
};

class ConversationStore {
 public:
  virtual ~ConversationStore() = default;
  virtual Task<Result<Conversation>> create(Principal principal, Conversation conversation) = 0;
  virtual Task<Result<ConversationRecord>> find(Principal principal, ConversationId id) = 0;
  virtual Task<Result<Page<Conversation>>> list(Principal principal, ConversationFilter filter,
                                                PageRequest page) = 0;
  // Applies entries of any workspaces, in order, in as few transactions as possible; applying twice
  // changes nothing.
  virtual Task<Result<>> apply(std::vector<JournalEntry> entries) = 0;
};

struct ApiKey {
  ApiKeyId id;
  WorkspaceId workspace;
  Role role = Role::analyst;
  std::vector<std::string> scopes;
  std::optional<WallTime> expires_at;
};

class ApiKeyStore {
 public:
  virtual ~ApiKeyStore() = default;
  // `hash` is SHA-256 of the whole key, 32 bytes. not_found: unknown, revoked or expired.
  virtual Task<Result<ApiKey>> find_by_hash(std::string hash) = 0;
  // For the development key that `antiphon up` makes: idempotent by hash.
  virtual Task<Result<ApiKey>> ensure(WorkspaceId workspace, std::string name, Role role,
                                      std::string prefix, std::string hash) = 0;
};

}  // namespace antiphon
