#include "engine/text_answer.h"

#include "engine/conversation_context.h"
#include "engine/event_kinds.h"
#include "engine/text_object.h"
#include "engine/usage_meter.h"

#include <algorithm>
#include <utility>

namespace antiphon {

namespace {

// Each typed turn leaves at most this many events, so its numbers follow from the count of messages
// before it.
constexpr std::int64_t kEventsPerMessage = 64;

class TextAnswer final : public TextReply {
 public:
  TextAnswer(const TextServices& services, SessionPlan plan, const std::vector<Message>& history,
             std::string text)
      : services_(services),
        plan_(std::move(plan)),
        ordinal_(history.empty() ? 0 : history.back().ordinal + 1),
        turn_(ordinal_),
        sequence_(std::make_shared<std::int64_t>(ordinal_ * kEventsPerMessage)),
        began_(at()) {
    for (const Message& message : history)
      context_.add(message.speaker, message.heard);
    record_caller(text);
    take_tools();
    ReplyRequest request;
    request.generation = GenerationId(Uuid::make_random(services_.random));
    request.workspace = plan_.conversation.workspace;
    request.agent = plan_.conversation.agent;
    request.knowledge_bases = plan_.knowledge_bases;
    request.configuration = plan_.configuration;
    request.history = context_.answering(std::move(text));
    answer_.generation = request.generation;
    event(event_kind::kReplyStarted,
          TextObject().add("generation", request.generation.to_string()).add("prompt", "answer"));
    meter_.typed();
    meter_.asked(services_.language_model.provider(request.configuration));
    stream_ = think(std::move(request));
  }

  ~TextAnswer() override { finish(true); }

  Task<Result<std::optional<TextReplyChunk>>> next() override {
    if (!stream_) co_return std::nullopt;
    auto chunk = co_await stream_->next();
    // A tool is asked here: what follows is another sentence.
    while (chunk && *chunk && (*chunk)->whole) {
      const bool parts = !answer_.said.empty() && !answer_.said.ends_with(' ');
      answer_.said += parts ? " " : "";
      if (parts) co_return TextReplyChunk{" ", {}, false};
      chunk = co_await stream_->next();
    }
    if (!chunk) {
      event(event_kind::kError,
            TextObject().add("code", "reply_failed").add("message", chunk.error().message));
      finish(true);
      co_return std::unexpected(chunk.error());
    }
    if (!*chunk) {
      finish(false);
      co_return std::nullopt;
    }
    ReplyChunk& piece = **chunk;
    if (piece.usage) meter_.answered(*piece.usage);
    answer_.said += piece.text;
    answer_.citations.insert(answer_.citations.end(), piece.citations.begin(),
                             piece.citations.end());
    if (piece.action != ReplyAction::none) action_ = piece.action;
    co_return TextReplyChunk{std::move(piece.text), std::move(piece.citations),
                             piece.action != ReplyAction::none};
  }

 private:
  [[nodiscard]] Milliseconds at() const {
    const auto since = services_.clock.wall() - plan_.conversation.started_at;
    return std::max(Milliseconds(0), std::chrono::duration_cast<Milliseconds>(since));
  }

  // What earlier turns did, and who is told of what this one does. A tool that outlives the answer
  // goes on with its numbers.
  void take_tools() {
    if (!services_.tools) return;
    services_.tools->remember(services_.tools->desk->take_late());
    context_.add(Speaker::agent, {}, services_.tools->outcomes);
    services_.tools->desk->tell_to(
        [&journal = services_.journal, &clock = services_.clock, facts = plan_.conversation,
         sequence = sequence_](std::string_view kind, const TextObject& shown,
                               const TextObject& kept) {
          TextObject all = shown;
          const auto since = std::max(clock.wall() - facts.started_at, WallTime::duration(0));
          journal.record({facts.workspace, facts.id, facts.started_at,
                          ConversationEvent{++*sequence, std::string(kind),
                                            std::chrono::duration_cast<Milliseconds>(since),
                                            all.add_fields(kept).text()},
                          facts.agent});
        });
  }

  [[nodiscard]] std::unique_ptr<ReplyStream> think(ReplyRequest request) {
    if (!services_.tools) return services_.language_model.reply(std::move(request));
    right_ = std::make_shared<GenerationRight>(services_.tools->desk->executor());
    right_->grant();
    return services_.tools->desk->answer(services_.language_model, std::move(request), right_);
  }

  // What was done is known to the turns that follow, whether or not this one was read to its end.
  void leave_tools(bool interrupted) {
    if (!right_) return;
    right_->revoke();
    services_.tools->remember(std::move(right_->outcomes));
    if (!interrupted) services_.tools->desk->settle();
  }

  void record(decltype(JournalEntry::what) what) {
    services_.journal.record({plan_.conversation.workspace, plan_.conversation.id,
                              plan_.conversation.started_at, std::move(what),
                              plan_.conversation.agent});
  }

  void event(std::string_view kind, const TextObject& fields) {
    record(ConversationEvent{++*sequence_, std::string(kind), at(), fields.text()});
  }

  void record_caller(const std::string& text) {
    Message message;
    message.ordinal = ordinal_++;
    message.speaker = Speaker::caller;
    message.said = text;
    message.heard = text;
    message.started = began_;
    message.ended = began_;
    record(std::move(message));
  }

  // The turn's number is that of the caller's message: one of its own in the conversation.
  void write_usage() {
    for (ConversationEvent& used : meter_.take(turn_, plan_.conversation.agent, at()))
      record(std::move(used));
  }

  void finish(bool interrupted) {
    if (!stream_) return;
    leave_tools(interrupted);
    stream_.reset();
    write_usage();
    answer_.ordinal = ordinal_++;
    answer_.speaker = Speaker::agent;
    answer_.heard = answer_.said;
    answer_.interrupted = interrupted;
    answer_.started = began_;
    answer_.ended = at();
    const std::string generation = answer_.generation->to_string();
    if (!answer_.said.empty()) record(std::exchange(answer_, {}));
    event(interrupted ? event_kind::kReplyInterrupted : event_kind::kReplyEnded,
          TextObject().add("generation", generation));
    // A generation that was cut off can end nothing.
    if (interrupted || action_ == ReplyAction::none) return;
    const EndReason reason =
        action_ == ReplyAction::hand_over ? EndReason::handed_over : EndReason::agent_said_goodbye;
    record(JournalEntry::Ended{ConversationStatus::ended, reason, services_.clock.wall()});
  }

  TextServices services_;
  SessionPlan plan_;
  ConversationContext context_;
  std::int32_t ordinal_;
  std::int64_t turn_;
  std::shared_ptr<std::int64_t> sequence_;  // a tool that outlives the answer is the other owner
  UsageMeter meter_{{}};
  Milliseconds began_;
  Message answer_;
  ReplyAction action_ = ReplyAction::none;
  std::shared_ptr<GenerationRight> right_;  // null without tools; the stream is the other owner
  std::unique_ptr<ReplyStream> stream_;
};

}  // namespace

std::unique_ptr<TextReply> make_text_reply(const TextServices& services, SessionPlan plan,
                                           const std::vector<Message>& history, std::string text) {
  return std::make_unique<TextAnswer>(services, std::move(plan), history, std::move(text));
}

}  // namespace antiphon
