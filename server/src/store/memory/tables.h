// What MemoryStores keeps, shared by its four stores. Private to this folder.
#pragma once

#include "core/clock.h"
#include "core/random.h"
#include "ports/recording_store.h"
#include "ports/stores.h"
#include "store/cursor.h"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace antiphon::store {

struct StoredDocument {
  Document document;
  std::vector<Chunk> chunks;
};

struct StoredConversation {
  Conversation conversation;
  std::map<std::int32_t, Message> messages;
  std::map<std::int64_t, ConversationEvent> events;
};

struct StoredKey {
  ApiKey key;
  std::string hash;
};

struct Tables {
  Tables(Clock& clock_, Random& random_) : clock(clock_), random(random_) {}

  Clock& clock;
  Random& random;
  WallTime last_time{};

  std::map<AgentId, Agent> agents;
  std::map<KnowledgeBaseId, WorkspaceId> bases;
  // In the order in which they were linked.
  std::vector<std::pair<AgentId, KnowledgeBaseId>> links;
  std::map<DocumentId, StoredDocument> documents;
  std::map<ConversationId, StoredConversation> conversations;
  std::vector<StoredKey> keys;
  std::map<ConversationId, Recording> recordings;

  // The time of one change: microseconds, later than every change before it.
  [[nodiscard]] WallTime stamp() {
    const WallTime now = to_microtime(clock.wall());
    last_time = std::max(now, last_time + std::chrono::microseconds(1));
    return last_time;
  }
  [[nodiscard]] Uuid new_id() { return Uuid::make_random(random); }
};

[[nodiscard]] inline Result<> require_kind(const Principal& principal,
                                           std::initializer_list<PrincipalKind> kinds) {
  if (std::ranges::find(kinds, principal.kind) != kinds.end()) return {};
  return failure(ErrorCode::permission_denied, "this kind of principal may not change this");
}

[[nodiscard]] inline std::unexpected<Error> missing(std::string_view what) {
  return failure(ErrorCode::not_found, "there is no such " + std::string(what));
}

// Sorts newest first, skips to the cursor, cuts at the limit.
template <class T, class TimeOf>
Result<Page<T>> page_of(std::vector<T> items, const PageRequest& request, TimeOf time_of) {
  const auto start = start_of(request);
  if (!start) return std::unexpected(start.error());
  const auto key = [&](const T& item) {
    return std::pair(to_microtime(time_of(item)), item.id.uuid());
  };
  std::ranges::sort(items, [&](const T& a, const T& b) { return key(b) < key(a); });
  if (*start) {
    const std::pair after((*start)->time, (*start)->id);
    std::erase_if(items, [&](const T& item) { return key(item) >= after; });
  }
  Page<T> page;
  const bool more = items.size() > request.limit;
  if (more) items.resize(request.limit);
  if (more) page.next_cursor = encode_cursor({key(items.back()).first, key(items.back()).second});
  page.items = std::move(items);
  return page;
}

[[nodiscard]] std::unique_ptr<AgentStore> make_memory_agents(Tables& tables);
[[nodiscard]] std::unique_ptr<KnowledgeStore> make_memory_knowledge(Tables& tables);
[[nodiscard]] std::unique_ptr<ConversationStore> make_memory_conversations(Tables& tables);
[[nodiscard]] std::unique_ptr<RecordingStore> make_memory_recordings(Tables& tables);
[[nodiscard]] std::unique_ptr<ApiKeyStore> make_memory_api_keys(Tables& tables);

}  // namespace antiphon::store
