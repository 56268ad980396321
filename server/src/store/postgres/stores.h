// Every store on PostgreSQL, behind row-level security.
//
//   PostgresStores stores(pool, log);
//   AgentService agents(stores.agents(), ...);
//
// Reads are repeatable: a connection lost under them is not noticed by the caller.
// Limits  a page of 1 to 200; 5,000 chunks a document.
// Errors  as ports/stores.h and pool.h.
// Thread  the pool's executor.
#pragma once

#include "core/log.h"
#include "ports/recording_store.h"
#include "ports/stores.h"
#include "store/postgres/pool.h"

#include <memory>
#include <vector>

namespace antiphon::store {

class PostgresStores {
 public:
  PostgresStores(Pool& pool, Log& log);
  ~PostgresStores();

  [[nodiscard]] AgentStore& agents() { return *agents_; }
  [[nodiscard]] KnowledgeStore& knowledge() { return *knowledge_; }
  [[nodiscard]] ConversationStore& conversations() { return *conversations_; }
  [[nodiscard]] ApiKeyStore& api_keys() { return *api_keys_; }
  [[nodiscard]] RecordingStore& recordings() { return *recordings_; }

 private:
  std::unique_ptr<AgentStore> agents_;
  std::unique_ptr<KnowledgeStore> knowledge_;
  std::unique_ptr<ConversationStore> conversations_;
  std::unique_ptr<ApiKeyStore> api_keys_;
  std::unique_ptr<RecordingStore> recordings_;
};

// What the server does to the whole database when it starts and once a day: makes the coming
// months' partitions. Yields how many it made.
Task<Result<std::int64_t>> ensure_month_partitions(Pool& pool);

// Of all workspaces; for what the server does on its own behalf.
Task<Result<std::vector<WorkspaceId>>> workspace_ids(Pool& pool);

// The spoken conversations of all workspaces that count as active and began before `before`, with
// `ended_at` at the last thing stored of them: a server that was killed could not end them.
Task<Result<std::vector<Conversation>>> unfinished_calls(Pool& pool, WallTime before);

}  // namespace antiphon::store
