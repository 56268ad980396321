#include "testing/simulation/scripted_model.h"

namespace antiphon {

namespace {

class Stream final : public ReplyStream {
 public:
  Stream(Clock& clock, ScriptedReply script, int& dropped)
      : clock_(clock),
        script_(std::move(script)),
        dropped_(dropped),
        due_(clock.now() + script_.first_delay) {}
  ~Stream() override {
    if (!ended_) ++dropped_;
  }

  Task<Result<std::optional<ReplyChunk>>> next() override {
    const auto waited = co_await clock_.sleep_until(due_);
    if (!waited) co_return std::unexpected(waited.error());
    due_ = clock_.now() + script_.chunk_delay;
    if (at_ == script_.texts.size()) {
      ended_ = true;
      if (script_.fails) co_return failure(ErrorCode::unavailable, "the scripted model fails");
      co_return std::nullopt;
    }
    ReplyChunk chunk;
    chunk.text = script_.texts[at_++];
    chunk.interruptible = script_.interruptible;
    chunk.directive = script_.directive;
    if (at_ == script_.texts.size()) {
      chunk.action = script_.action;
      chunk.usage = script_.usage;
      chunk.tool_calls = script_.tool_calls;
    }
    co_return chunk;
  }

 private:
  Clock& clock_;
  ScriptedReply script_;
  int& dropped_;
  Timepoint due_;
  std::size_t at_ = 0;
  bool ended_ = false;
};

}  // namespace

std::unique_ptr<ReplyStream> ScriptedModel::reply(ReplyRequest request) {
  requests.push_back(std::move(request));
  ScriptedReply script = otherwise;
  if (!replies.empty()) {
    script = std::move(replies.front());
    replies.pop_front();
  }
  return std::make_unique<Stream>(clock_, std::move(script), dropped);
}

}  // namespace antiphon
