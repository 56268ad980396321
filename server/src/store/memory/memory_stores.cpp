#include "store/memory/memory_stores.h"

#include "store/memory/tables.h"

namespace antiphon::store {

struct MemoryStores::Parts {
  Parts(Clock& clock, Random& random) : tables(clock, random) {}

  Tables tables;
  std::unique_ptr<AgentStore> agents = make_memory_agents(tables);
  std::unique_ptr<KnowledgeStore> knowledge = make_memory_knowledge(tables);
  std::unique_ptr<ConversationStore> conversations = make_memory_conversations(tables);
  std::unique_ptr<ApiKeyStore> api_keys = make_memory_api_keys(tables);
  std::unique_ptr<RecordingStore> recordings = make_memory_recordings(tables);
};

MemoryStores::MemoryStores(Clock& clock, Random& random)
    : parts_(std::make_unique<Parts>(clock, random)) {}

MemoryStores::~MemoryStores() = default;

AgentStore& MemoryStores::agents() { return *parts_->agents; }
KnowledgeStore& MemoryStores::knowledge() { return *parts_->knowledge; }
ConversationStore& MemoryStores::conversations() { return *parts_->conversations; }
ApiKeyStore& MemoryStores::api_keys() { return *parts_->api_keys; }
RecordingStore& MemoryStores::recordings() { return *parts_->recordings; }

}  // namespace antiphon::store
