// Conversations: opened here, spoken over a media socket or typed message by message, read back,
// ended.
//
// open() stores the conversation and, for voice, issues a token for the audio socket: it works once
// and for kTokenLife. A conversation nobody connects to in that time ends by itself.
// Limits  kTypedMax typed conversations in memory (the oldest is read from the store again when it
//         goes on).
// Running conversations are marked as live, and what is typed is shared with the other servers,
// through LiveState; when that has lost a context it is read from the store again. A call that is
// ended before its session began gets none.
// The quota of minutes: a spoken conversation lasts at most as long as minutes are left when it
// begins, and then ends as at its own limit.
// A conversation runs on the version of its agent that it began with (called_agents.h).
// Errors  not_found, conflict (over, or a reply is still running), unauthenticated (token),
//         unavailable.
// Thread  the API loop; abandon() any.
#pragma once

#include "core/clock.h"
#include "core/random.h"
#include "core/result.h"
#include "core/task.h"
#include "core/task_group.h"
#include "crypto/ticket.h"
#include "domain/agent_version.h"
#include "domain/conversation.h"
#include "domain/principal.h"
#include "ports/conversation_journal.h"
#include "ports/conversation_planner.h"
#include "ports/live_state.h"
#include "ports/session_host.h"
#include "ports/stores.h"
#include "service/called_agents.h"
#include "service/conversation_seals.h"
#include "service/live_conversations.h"
#include "service/tool_service.h"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace antiphon {

struct ConversationDraft {
  std::string agent;  // UUID or slug
  Channel channel = Channel::api;
  ConversationMode mode = ConversationMode::voice;
  std::string metadata = "{}";
  VersionChoice version = {};
  // What stays the same when the caller comes again, for what is tried with a share of the callers;
  // not kept. Empty: each conversation is a caller of its own.
  std::string caller = {};
};

struct OpenedConversation {
  Conversation conversation;
  std::string greeting;              // for a typed conversation, whose greeting nobody speaks
  std::optional<std::string> token;  // for the audio socket
  std::optional<WallTime> token_expires_at;
};

class ConversationService final : public ConversationPlanner {
 public:
  static constexpr std::chrono::seconds kTokenLife{120};
  static constexpr std::size_t kTypedMax = 1'000;

  struct Parts {
    AgentStore& agents;
    ConversationStore& conversations;
    ConversationJournal& journal;
    SessionHost& host;
    const TicketSigner& tickets;
    Clock& clock;
    Random& random;
    LiveState* live = nullptr;  // null: what is live is known to this process alone
    std::string node = {};      // this process, to whoever looks at what is live
    // A call on this configuration will begin soon: what it says first can be made ready.
    std::function<void(const AgentConfiguration&)> expect_call = {};
    ConversationSeals* seals = nullptr;  // null: nothing is sealed
    // How long a spoken conversation of the workspace may last by its quota; nothing: no limit. A
    // conversation is planned without it where it is left out, or where nobody can say.
    std::function<Task<Result<std::optional<std::chrono::milliseconds>>>(Principal)> time_left = {};
    ToolService* tools = nullptr;        // null: agents have none
    VersionService* versions = nullptr;  // null: every conversation runs on the draft
  };

  ConversationService(Executor executor, Parts parts);
  ~ConversationService() override;

  // What conversations begin on; lives as long as this.
  [[nodiscard]] CalledAgents& agents() { return agents_; }

  Task<Result<OpenedConversation>> open(Principal principal, ConversationDraft draft);
  Task<Result<ConversationRecord>> find(Principal principal, ConversationId id);
  Task<Result<Page<Conversation>>> list(Principal principal, ConversationFilter filter,
                                        PageRequest page);
  Task<Result<Conversation>> end(Principal principal, ConversationId id);
  // The reply streams; the conversation takes the next text once next() has yielded nullopt.
  Task<Result<std::unique_ptr<TextReply>>> answer(Principal principal, ConversationId id,
                                                  std::string text);
  Task<Result<SessionPlan>> plan(std::string token) override;
  void abandon(const SessionPlan& plan, EndReason reason) override;
  [[nodiscard]] bool runs_here(ConversationId id) const { return live_.contains(id); }

  Task<> stop();

 private:
  struct Waiting;
  struct Typed;
  class TypedReply;

  Task<Result<SessionPlan>> make_plan(Principal principal, Conversation conversation,
                                      const Agent& agent);
  Task<> keep_quota(Principal principal, SessionPlan& plan);
  Task<Result<std::shared_ptr<Typed>>> typed_conversation(Principal principal, ConversationId id);
  Task<Result<>> catch_up(Principal principal, std::shared_ptr<Typed> typed);
  void share(const Typed& typed, std::size_t turns_max);
  Task<> end_unless_connected(ConversationId id);
  Conversation end_typed(Conversation conversation);
  void finish_typed(Conversation& conversation, EndReason reason);
  void close(Conversation& conversation, EndReason reason);
  void record_end(const Conversation& conversation, EndReason reason);
  void make_room();

  Parts parts_;
  CalledAgents agents_;
  std::map<ConversationId, Waiting> waiting_;  // opened for voice, not yet connected
  std::map<ConversationId, std::shared_ptr<Typed>> typed_;
  LiveConversations live_;
  TaskGroup background_;
};

}  // namespace antiphon
