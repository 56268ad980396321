// Which conversations run in this process, told to everybody through LiveState while they do.
//
//   live.enter(workspace, id);               // typed, or spoken and waiting for its caller
//   plan.hold = live.hold(workspace, id);    // spoken and connecting: live until the hold is gone
//   live.leave(id);
//
// What is entered is marked at once and again every kLiveLifetime / 3. A call leaves by itself,
// when the last owner of its hold has gone.
// Limits  none of its own: the owner bounds what it enters.
// Errors  none. Without a LiveState nothing is marked; the rest works.
// Thread  the executor it was made for.
#pragma once

#include "core/clock.h"
#include "core/task.h"
#include "core/task_group.h"
#include "ports/live_state.h"
#include "ports/session_host.h"

#include <map>
#include <memory>
#include <string>

namespace antiphon {

class LiveConversations {
 public:
  // `state` may be null: nobody else is to know.
  LiveConversations(Executor executor, LiveState* state, std::string node, Clock& clock);

  void enter(WorkspaceId workspace, ConversationId conversation);
  [[nodiscard]] std::shared_ptr<CallHold> hold(WorkspaceId workspace, ConversationId conversation);
  void leave(ConversationId conversation);
  // A call that has no session yet will get none.
  void call_off(ConversationId conversation);
  [[nodiscard]] bool contains(ConversationId conversation) const;

  Task<> stop();

 private:
  struct Entry {
    WorkspaceId workspace;
    std::weak_ptr<CallHold> hold;
    bool is_call = false;  // lives as long as its hold
  };

  [[nodiscard]] static bool is_over(const Entry& entry);
  void mark(WorkspaceId workspace, ConversationId conversation);
  void mark_ended(WorkspaceId workspace, ConversationId conversation);
  Task<> keep_marking();
  Task<> mark_all();

  LiveState* state_;
  std::string node_;
  Clock& clock_;
  std::map<ConversationId, Entry> entries_;
  bool marking_ = false;
  TaskGroup background_;
};

}  // namespace antiphon
