#include "providers/knowledge/grounded_model.h"

#include <algorithm>
#include <ranges>
#include <utility>

namespace antiphon {

namespace {

constexpr std::ptrdiff_t kFewSpaces = 4;  // five words

std::string question_of(const std::vector<ContextTurn>& history) {
  std::string question;
  for (const ContextTurn& turn : std::views::reverse(history)) {
    if (turn.speaker != Speaker::caller) continue;
    question = question.empty() ? turn.text : turn.text + ' ' + question;
    if (std::ranges::count(question, ' ') > kFewSpaces) break;
    if (question.size() > turn.text.size()) break;
  }
  return question;
}

class GroundedReply final : public ReplyStream {
 public:
  GroundedReply(KnowledgeIndex& index, LanguageModel& model, ReplyRequest request)
      : index_(index), model_(model), request_(std::move(request)) {}

  Task<Result<std::optional<ReplyChunk>>> next() override {
    if (!answer_) {
      co_await look_up();
      // A wait that is cancelled loses nothing: the next one looks again.
      if (co_await is_cancelled()) co_return failure(ErrorCode::cancelled, "nobody waits");
      answer_ = model_.reply(std::move(request_));
    }
    co_return co_await answer_->next();
  }

 private:
  Task<> look_up() {
    const KnowledgeConfiguration& knowledge = request_.configuration.knowledge;
    if (!knowledge.enabled || request_.knowledge_bases.empty()) co_return;
    auto passages = co_await index_.search(
        {request_.workspace, request_.knowledge_bases, question_of(request_.history),
         static_cast<std::size_t>(knowledge.passages_max.value())});
    if (!passages) co_return;
    const double least =
        knowledge.score_min ? knowledge.score_min->value() : GroundedModel::kScoreMin;
    std::erase_if(*passages, [least](const Passage& found) { return found.score < least; });
    request_.passages = std::move(*passages);
  }

  KnowledgeIndex& index_;
  LanguageModel& model_;
  ReplyRequest request_;
  std::unique_ptr<ReplyStream> answer_;
};

}  // namespace

std::unique_ptr<ReplyStream> GroundedModel::reply(ReplyRequest request) {
  return std::make_unique<GroundedReply>(index_, model_, std::move(request));
}

}  // namespace antiphon
