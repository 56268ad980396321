#include "service/conversation_service.h"

#include "service/typed_history.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <type_traits>
#include <utility>

namespace antiphon {

namespace {

std::unexpected<Error> refused_token(std::string_view why) {
  return failure(ErrorCode::unauthenticated,
                 fmt::format("the token {}; open a conversation to get one", why));
}

std::unexpected<Error> is_over() {
  return failure(ErrorCode::closed, "the conversation is over; open a new one");
}

}  // namespace

struct ConversationService::Waiting {
  Principal principal;
  Conversation conversation;
};

// What a typed conversation needs between two messages, so that its next turn does not wait for the
// journal.
struct ConversationService::Typed {
  SessionPlan plan;
  std::vector<Message> history;
  bool replying = false;
  Timepoint used{};
};

// Passes the reply on and remembers what was said for the next turn.
class ConversationService::TypedReply final : public TextReply {
 public:
  TypedReply(std::shared_ptr<Typed> typed, std::unique_ptr<TextReply> reply,
             ConversationService& service)
      : typed_(std::move(typed)), reply_(std::move(reply)), service_(service) {}
  ~TypedReply() override { finish(); }

  Task<Result<std::optional<TextReplyChunk>>> next() override {
    auto chunk = co_await reply_->next();
    if (chunk && *chunk) {
      said_ += (*chunk)->text;
      ends_ = ends_ || (*chunk)->ends_conversation;
    } else {
      finish();
    }
    co_return chunk;
  }

 private:
  void finish() {
    if (!typed_->replying) return;
    typed_->replying = false;
    Message message;
    message.ordinal = next_ordinal(typed_->history);
    message.speaker = Speaker::agent;
    message.said = said_;
    message.heard = said_;
    typed_->history.push_back(std::move(message));
    // Somebody may have ended it meanwhile, and that end is written.
    if (typed_->plan.conversation.status != ConversationStatus::active) return;
    if (ends_) {
      service_.finish_typed(typed_->plan.conversation, EndReason::agent_said_goodbye);
    } else {
      service_.share(*typed_, 2);  // both sides of this turn
    }
  }

  std::shared_ptr<Typed> typed_;  // the service's map is the other owner
  std::unique_ptr<TextReply> reply_;
  ConversationService& service_;
  std::string said_;
  bool ends_ = false;
};

ConversationService::ConversationService(Executor executor, Parts parts)
    : parts_(std::move(parts)),
      agents_(parts_.agents, parts_.versions),
      live_(executor, parts_.live, parts_.node, parts_.clock),
      background_(std::move(executor)) {}

ConversationService::~ConversationService() = default;

Task<Result<SessionPlan>> ConversationService::make_plan(Principal principal,
                                                         Conversation conversation,
                                                         const Agent& agent) {
  auto bases = co_await parts_.agents.knowledge_of(principal, agent.id);
  if (!bases) co_return std::unexpected(std::move(bases.error()));
  std::vector<Tool> tools;
  if (parts_.tools != nullptr && !agent.configuration.tools.empty()) {
    auto found = co_await parts_.tools->of(std::move(principal), agent.configuration);
    if (!found) co_return std::unexpected(std::move(found.error()));
    tools = std::move(*found);
  }
  if (parts_.seals != nullptr) {
    auto sealed = co_await parts_.seals->begin(conversation, agent.configuration.recording.enabled);
    if (!sealed) co_return std::unexpected(std::move(sealed.error()));
  }
  co_return SessionPlan{std::move(conversation), agent.configuration, std::move(*bases),
                        std::move(tools)};
}

Task<Result<OpenedConversation>> ConversationService::open(Principal principal,
                                                           ConversationDraft draft) {
  const ConversationId id(Uuid::make_ordered(parts_.clock.wall(), parts_.random));
  const auto called =
      co_await agents_.choose(principal, draft.agent, draft.version,
                              draft.caller.empty() ? id.to_string() : std::move(draft.caller));
  if (!called) co_return std::unexpected(called.error());
  const Agent* const agent = &called->agent;
  Conversation wanted;
  wanted.id = id;
  wanted.workspace = principal.workspace;
  wanted.agent = agent->id;
  wanted.agent_version = called->version;
  wanted.channel = draft.channel;
  wanted.mode = draft.mode;
  wanted.metadata = std::move(draft.metadata);
  wanted.started_at = parts_.clock.wall();
  auto created = co_await parts_.conversations.create(principal, std::move(wanted));
  if (!created) co_return std::unexpected(std::move(created.error()));

  OpenedConversation opened{*created, {}, {}, {}};
  if (draft.mode == ConversationMode::voice) {
    opened.token_expires_at = parts_.clock.wall() + kTokenLife;
    opened.token = parts_.tickets.issue({.purpose = TicketPurpose::audio,
                                         .workspace_id = created->workspace.uuid(),
                                         .agent_id = agent->id.uuid(),
                                         .conversation_id = created->id.uuid(),
                                         .subject_id = principal.id,
                                         .expires = *opened.token_expires_at});
    waiting_.insert_or_assign(created->id, Waiting{principal, *created});
    live_.enter(created->workspace, created->id);
    if (parts_.expect_call) parts_.expect_call(agent->configuration);
    background_.spawn(end_unless_connected(created->id));
    co_return opened;
  }

  auto plan = co_await make_plan(principal, *created, *agent);
  if (!plan) co_return std::unexpected(std::move(plan.error()));
  const auto typed = std::make_shared<Typed>();
  typed->plan = std::move(*plan);
  typed->used = parts_.clock.now();
  opened.greeting = typed->plan.configuration.greeting.value();
  if (!opened.greeting.empty()) {
    Message greeting;
    greeting.speaker = Speaker::agent;
    greeting.said = opened.greeting;
    greeting.heard = opened.greeting;
    parts_.journal.record(
        {created->workspace, created->id, created->started_at, greeting, created->agent});
    typed->history.push_back(std::move(greeting));
  }
  make_room();
  typed_.insert_or_assign(created->id, typed);
  live_.enter(created->workspace, created->id);
  share(*typed, 1);
  co_return opened;
}

Task<> ConversationService::end_unless_connected(ConversationId id) {
  if (!co_await parts_.clock.sleep_for(kTokenLife)) co_return;
  const auto waiting = waiting_.find(id);
  if (waiting == waiting_.end()) co_return;
  record_end(waiting->second.conversation, EndReason::transport_lost);
  waiting_.erase(waiting);
  live_.leave(id);
}

void ConversationService::record_end(const Conversation& conversation, EndReason reason) {
  parts_.journal.record(
      {conversation.workspace, conversation.id, conversation.started_at,
       JournalEntry::Ended{ConversationStatus::ended, reason, parts_.clock.wall()},
       conversation.agent});
}

Task<Result<SessionPlan>> ConversationService::plan(std::string token) {
  const auto ticket = parts_.tickets.verify(token, TicketPurpose::audio);
  if (!ticket) co_return std::unexpected(ticket.error());
  const auto waiting = waiting_.find(ConversationId(ticket->conversation_id));
  // Taken out before the first wait: of two sockets with one token the second finds nothing.
  if (waiting == waiting_.end()) co_return refused_token("was already used");
  const Waiting taken = std::move(waiting->second);
  waiting_.erase(waiting);
  auto hold = live_.hold(taken.conversation.workspace, taken.conversation.id);
  const auto agent = co_await agents_.of(taken.principal, taken.conversation);
  if (!agent) {
    if (!hold->called_off.load()) record_end(taken.conversation, EndReason::failure);
    co_return std::unexpected(agent.error());
  }
  auto made = co_await make_plan(taken.principal, taken.conversation, *agent);
  if (made) co_await keep_quota(taken.principal, *made);
  if (hold->called_off.load()) {
    co_return failure(ErrorCode::closed, "the conversation was ended before it began");
  }
  if (made) {
    made->hold = std::move(hold);
  } else {
    record_end(taken.conversation, EndReason::failure);
  }
  co_return made;
}

// A workspace whose last seconds run has ten of them left: the shortest limit there is.
Task<> ConversationService::keep_quota(Principal principal, SessionPlan& plan) {
  if (!parts_.time_left) co_return;
  const auto left = co_await parts_.time_left(std::move(principal));
  if (!left || !*left) co_return;
  auto& limit = plan.configuration.limits.duration_max_s;
  using Limit = std::remove_reference_t<decltype(limit)>;
  const std::int64_t seconds = std::chrono::ceil<std::chrono::seconds>(**left).count();
  limit = *Limit::make(std::clamp(seconds, Limit::kMin, limit.value()));
}

void ConversationService::abandon(const SessionPlan& plan, EndReason reason) {
  // Whoever called it off has recorded the end.
  if (plan.hold && plan.hold->called_off.load()) return;
  record_end(plan.conversation, reason);
}

Task<Result<ConversationRecord>> ConversationService::find(Principal principal, ConversationId id) {
  co_return co_await parts_.conversations.find(std::move(principal), id);
}

Task<Result<Page<Conversation>>> ConversationService::list(Principal principal,
                                                           ConversationFilter filter,
                                                           PageRequest page) {
  co_return co_await parts_.conversations.list(std::move(principal), filter, std::move(page));
}

Task<Result<Conversation>> ConversationService::end(Principal principal, ConversationId id) {
  auto record = co_await parts_.conversations.find(std::move(principal), id);
  if (!record) co_return std::unexpected(std::move(record.error()));
  Conversation conversation = std::move(record->conversation);
  if (conversation.status != ConversationStatus::active) co_return conversation;
  if (waiting_.erase(id) > 0) live_.leave(id);
  if (conversation.mode == ConversationMode::text) co_return end_typed(std::move(conversation));
  // Before the host is asked: a session that is not running yet will not begin.
  live_.call_off(id);
  // A running session writes its own end, after its last words.
  if (!parts_.host.end(id, EndReason::ended_by_api)) {
    record_end(conversation, EndReason::ended_by_api);
  }
  close(conversation, EndReason::ended_by_api);
  co_return conversation;
}

// The journal writes behind: until the store knows of the end, this memory says so.
Conversation ConversationService::end_typed(Conversation conversation) {
  auto known = typed_.find(conversation.id);
  if (known == typed_.end()) {
    make_room();
    known = typed_.emplace(conversation.id, std::make_shared<Typed>()).first;
    known->second->plan.conversation = std::move(conversation);
    known->second->used = parts_.clock.now();
  }
  Conversation& current = known->second->plan.conversation;
  if (current.status == ConversationStatus::active) finish_typed(current, EndReason::ended_by_api);
  return current;
}

void ConversationService::finish_typed(Conversation& conversation, EndReason reason) {
  record_end(conversation, reason);
  close(conversation, reason);
  live_.leave(conversation.id);
  if (parts_.live == nullptr) return;
  background_.spawn(parts_.live->forget_context(conversation.workspace, conversation.id));
}

void ConversationService::close(Conversation& conversation, EndReason reason) {
  conversation.status = ConversationStatus::ended;
  conversation.end_reason = reason;
  conversation.ended_at = parts_.clock.wall();
}

Task<Result<std::shared_ptr<ConversationService::Typed>>> ConversationService::typed_conversation(
    Principal principal, ConversationId id) {
  if (const auto known = typed_.find(id); known != typed_.end()) {
    const std::shared_ptr<Typed> typed = known->second;
    if (typed->plan.conversation.workspace != principal.workspace) {
      co_return failure(ErrorCode::not_found, "there is no such conversation");
    }
    const auto caught_up = co_await catch_up(std::move(principal), typed);
    if (!caught_up) co_return std::unexpected(caught_up.error());
    co_return typed;
  }
  auto record = co_await parts_.conversations.find(principal, id);
  if (!record) co_return std::unexpected(std::move(record.error()));
  if (record->conversation.status != ConversationStatus::active) co_return is_over();
  if (record->conversation.mode != ConversationMode::text) {
    co_return failure(ErrorCode::wrong_state,
                      "this is a spoken conversation; speak to its audio socket");
  }
  const auto agent = co_await agents_.of(principal, record->conversation);
  if (!agent) co_return std::unexpected(agent.error());
  auto plan = co_await make_plan(principal, std::move(record->conversation), *agent);
  if (!plan) co_return std::unexpected(std::move(plan.error()));
  const auto typed = std::make_shared<Typed>();
  typed->plan = std::move(*plan);
  typed->history = std::move(record->messages);
  const auto caught_up = co_await catch_up(std::move(principal), typed);
  if (!caught_up) co_return std::unexpected(caught_up.error());
  make_room();
  live_.enter(typed->plan.conversation.workspace, id);
  // Another request may have read it in the meantime: the first one in the map is the conversation.
  co_return typed_.try_emplace(id, typed).first->second;
}

// Another server may have answered since, and what is shared may be lost: then the store has it.
Task<Result<>> ConversationService::catch_up(Principal principal, std::shared_ptr<Typed> typed) {
  const Conversation& conversation = typed->plan.conversation;
  const bool is_active = conversation.status == ConversationStatus::active;
  if (parts_.live == nullptr || typed->replying || !is_active) co_return Result<>{};
  const auto turns = co_await parts_.live->context(conversation.workspace, conversation.id);
  // A reply of ours that began meanwhile is ahead of both; the caller refuses a second one.
  if (typed->replying) co_return Result<>{};
  if (continues(typed->history, turns)) {
    add_newer(typed->history, messages_of(turns));
    co_return Result<>{};
  }
  auto record = co_await parts_.conversations.find(std::move(principal), conversation.id);
  // Without the store what this server remembers is all there is.
  if (!record || typed->replying) co_return Result<>{};
  if (record->conversation.status != ConversationStatus::active) co_return is_over();
  add_newer(typed->history, std::move(record->messages));
  if (turns.empty()) {
    share(*typed, kContextTurnsMax);
  } else {
    // Of what lies between the journal's last word and the first shared one nobody knows yet.
    add_newer(typed->history, messages_of(turns));
  }
  co_return Result<>{};
}

void ConversationService::share(const Typed& typed, std::size_t turns_max) {
  if (parts_.live == nullptr) return;
  const std::span<const Message> history(typed.history);
  auto turns = turns_of(history.last(std::min(history.size(), turns_max)));
  const Conversation& conversation = typed.plan.conversation;
  background_.spawn(
      parts_.live->append_context(conversation.workspace, conversation.id, std::move(turns)));
}

void ConversationService::make_room() {
  while (typed_.size() >= kTypedMax) {
    const auto oldest =
        std::ranges::min_element(typed_, {}, [](const auto& entry) { return entry.second->used; });
    live_.leave(oldest->first);
    typed_.erase(oldest);
  }
}

Task<Result<std::unique_ptr<TextReply>>> ConversationService::answer(Principal principal,
                                                                     ConversationId id,
                                                                     std::string text) {
  const auto found = co_await typed_conversation(std::move(principal), id);
  if (!found) co_return std::unexpected(found.error());
  const std::shared_ptr<Typed>& typed = *found;
  if (typed->plan.conversation.status != ConversationStatus::active) co_return is_over();
  if (typed->replying) {
    co_return failure(ErrorCode::wrong_state,
                      "the agent is still answering; wait for the end of its reply");
  }
  typed->replying = true;
  typed->used = parts_.clock.now();
  auto reply = co_await parts_.host.answer_text(typed->plan, typed->history, text);
  if (!reply) {
    typed->replying = false;
    co_return std::unexpected(std::move(reply.error()));
  }
  Message message;
  message.ordinal = next_ordinal(typed->history);
  message.said = text;
  message.heard = std::move(text);
  typed->history.push_back(std::move(message));
  co_return std::make_unique<TypedReply>(typed, std::move(*reply), *this);
}

Task<> ConversationService::stop() {
  background_.cancel();
  co_await background_.join();
  co_await live_.stop();
}

}  // namespace antiphon
