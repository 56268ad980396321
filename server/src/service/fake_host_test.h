// A host of conversations whose replies a test writes.
#pragma once

#include "core/mailbox.h"
#include "ports/session_host.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace antiphon {

using ReplyStep = Result<std::optional<TextReplyChunk>>;

class FakeReply final : public TextReply {
 public:
  FakeReply(Executor executor, std::vector<ReplyStep> steps)
      : steps_(std::move(executor), 100, WhenFull::refuse) {
    for (ReplyStep& step : steps)
      steps_.push(std::move(step));
  }
  // Waits, when nothing is scripted, until it is cancelled.
  Task<ReplyStep> next() override {
    auto step = co_await steps_.receive();
    if (!step) co_return std::unexpected(step.error());
    co_return std::move(*step);
  }

 private:
  Mailbox<ReplyStep> steps_;
};

class FakeHost final : public SessionHost {
 public:
  explicit FakeHost(Executor executor) : executor_(std::move(executor)) {}

  Task<Result<>> ready(Timepoint) override { co_return Result<>{}; }
  Executor pick_executor() override { return executor_; }
  Result<std::unique_ptr<SessionHandle>> start(SessionPlan, MediaTransport&, Executor) override {
    return failure(ErrorCode::resource_exhausted, "this host speaks with nobody");
  }
  Task<Result<std::unique_ptr<TextReply>>> answer_text(SessionPlan plan,
                                                       std::vector<Message> history,
                                                       std::string text) override {
    plans.push_back(std::move(plan));
    histories.push_back(std::move(history));
    texts.push_back(std::move(text));
    if (refusal) co_return std::unexpected(*refusal);
    co_return std::make_unique<FakeReply>(executor_, reply);
  }
  bool end(ConversationId conversation, EndReason) override { return conversation == speaking; }
  bool pause_recording(ConversationId conversation) override {
    recording_changes.push_back(false);
    return conversation == speaking;
  }
  bool resume_recording(ConversationId conversation) override {
    recording_changes.push_back(true);
    return conversation == speaking;
  }
  std::size_t active_count() const override { return 0; }

  std::vector<ReplyStep> reply;  // to every text
  std::optional<Error> refusal;
  ConversationId speaking;  // the one conversation that runs here
  std::vector<SessionPlan> plans;
  std::vector<std::vector<Message>> histories;
  std::vector<std::string> texts;
  std::vector<bool> recording_changes;  // true: to go on

 private:
  Executor executor_;
};

inline ReplyStep reply_text(std::string text, bool ends_conversation = false) {
  return std::optional(TextReplyChunk{std::move(text), {}, ends_conversation});
}
inline ReplyStep reply_end() { return std::optional<TextReplyChunk>{}; }

}  // namespace antiphon
