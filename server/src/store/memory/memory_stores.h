// Every store, kept in memory: for tests and for a first conversation without a database. Lost with
// the process.
//
//   MemoryStores stores(clock, random);
//   AgentService agents(stores.agents(), ...);
//
// Workspaces exist as soon as they are named, and every principal is believed to belong to the one
// it names; apart from that it behaves as the database does, proven by the same contract suite.
// Limits  none of its own.
// Errors  as ports/stores.h; permission_denied when the kind of principal may not write.
// Thread  the one executor that uses it; no call really waits.
#pragma once

#include "core/clock.h"
#include "core/random.h"
#include "ports/recording_store.h"
#include "ports/stores.h"

#include <memory>

namespace antiphon::store {

class MemoryStores {
 public:
  MemoryStores(Clock& clock, Random& random);
  ~MemoryStores();
  MemoryStores(const MemoryStores&) = delete;
  MemoryStores& operator=(const MemoryStores&) = delete;

  [[nodiscard]] AgentStore& agents();
  [[nodiscard]] KnowledgeStore& knowledge();
  [[nodiscard]] ConversationStore& conversations();
  [[nodiscard]] ApiKeyStore& api_keys();
  [[nodiscard]] RecordingStore& recordings();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace antiphon::store
