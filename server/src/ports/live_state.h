// What is true of running conversations only while they run: what was said last, and which ones
// there are. Nothing here is the only copy; losing it costs a lookup, never a word.
//
// Limits  a context keeps its last kContextTurnsMax turns for kContextLifetime; a conversation
//         counts as live for kLiveLifetime after its last mark.
// Errors  none that a caller must handle: when the shared state is away the answer comes from this
//         process alone, and is_degraded() says so.
// Thread  the executor the state was made for.
#pragma once

#include "core/clock.h"
#include "core/task.h"
#include "domain/conversation.h"
#include "domain/ids.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace antiphon {

inline constexpr std::size_t kContextTurnsMax = 100;
inline constexpr std::chrono::hours kContextLifetime{24};
inline constexpr std::chrono::seconds kLiveLifetime{30};

// One side's turn as the next answer needs it: what was heard of the message of that ordinal.
struct LiveTurn {
  std::int32_t ordinal = 0;
  Speaker speaker = Speaker::caller;
  std::string text;
  bool operator==(const LiveTurn&) const = default;
};

struct LiveConversation {
  ConversationId conversation;
  WorkspaceId workspace;
  std::string node;  // the server that runs it
  bool operator==(const LiveConversation&) const = default;
};

class LiveState {
 public:
  virtual ~LiveState() = default;
  // Adds to the end of the rolling window.
  virtual Task<> append_context(WorkspaceId workspace, ConversationId conversation,
                                std::vector<LiveTurn> turns) = 0;
  // In their order. Empty when nothing is known: ask the store.
  virtual Task<std::vector<LiveTurn>> context(WorkspaceId workspace,
                                              ConversationId conversation) = 0;
  virtual Task<> forget_context(WorkspaceId workspace, ConversationId conversation) = 0;

  // Marked again every kLiveLifetime / 3.
  virtual Task<> mark_live(LiveConversation live) = 0;
  virtual Task<> mark_ended(WorkspaceId workspace, ConversationId conversation) = 0;
  // In the order of their ids.
  virtual Task<std::vector<LiveConversation>> list_live(WorkspaceId workspace) = 0;

  // True while answers cover this process only.
  [[nodiscard]] virtual bool is_degraded() const = 0;
};

}  // namespace antiphon
