#include "store/memory/tables.h"

#include <utility>

namespace antiphon::store {

namespace {

class MemoryRecordings final : public RecordingStore {
 public:
  explicit MemoryRecordings(Tables& tables) : tables_(tables) {}

  Task<Result<>> put(Principal principal, Recording recording) override {
    const auto conversation = tables_.conversations.find(recording.conversation);
    if (conversation == tables_.conversations.end() ||
        conversation->second.conversation.workspace != principal.workspace) {
      co_return missing("conversation");
    }
    recording.workspace = principal.workspace;
    recording.started_at = to_microtime(recording.started_at);
    tables_.recordings.insert_or_assign(recording.conversation, std::move(recording));
    co_return Result<>{};
  }

  Task<Result<Recording>> find(Principal principal, ConversationId id) override {
    const auto found = tables_.recordings.find(id);
    if (found == tables_.recordings.end() || found->second.workspace != principal.workspace) {
      co_return missing("recording");
    }
    co_return found->second;
  }

  Task<Result<>> remove(Principal principal, ConversationId id) override {
    const auto found = tables_.recordings.find(id);
    if (found == tables_.recordings.end() || found->second.workspace != principal.workspace) {
      co_return missing("recording");
    }
    tables_.recordings.erase(found);
    co_return Result<>{};
  }

 private:
  Tables& tables_;
};

}  // namespace

std::unique_ptr<RecordingStore> make_memory_recordings(Tables& tables) {
  return std::make_unique<MemoryRecordings>(tables);
}

}  // namespace antiphon::store
