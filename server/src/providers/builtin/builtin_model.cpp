#include "providers/builtin/builtin_model.h"

#include "core/utf8.h"
#include "providers/builtin/answer.h"
#include "providers/builtin/grounding.h"
#include "providers/builtin/intents.h"
#include "providers/builtin/mishearing.h"

#include <algorithm>
#include <array>
#include <ranges>
#include <utility>

namespace antiphon {

namespace {

constexpr std::size_t kPassagesRead = 20;  // for words that sound alike

ReplyChunk say(std::string text, ReplyAction action = ReplyAction::none) {
  return {std::move(text), {}, action};
}

std::string_view last_agent_turn(const std::vector<ContextTurn>& history) {
  for (const ContextTurn& turn : std::views::reverse(history)) {
    if (turn.speaker == Speaker::agent && !turn.text.empty()) return turn.text;
  }
  return {};
}

// The caller's question before this one, for "and on Saturdays?".
std::string earlier_question(const std::vector<ContextTurn>& history) {
  bool current = true;
  for (const ContextTurn& turn : std::views::reverse(history)) {
    if (turn.speaker != Speaker::caller) continue;
    if (std::exchange(current, false)) continue;
    Understanding earlier = understand(turn.text);
    if (earlier.intent == Intent::question) return std::move(earlier.question);
  }
  return {};
}

int unknown_in_a_row(const ReplyRequest& request) {
  const std::string& unknown = request.configuration.phrases.unknown.value();
  int count = 0;
  for (const ContextTurn& turn : std::views::reverse(request.history)) {
    if (turn.speaker != Speaker::agent) continue;
    // The caller may have heard only the beginning of it.
    if (turn.text.empty() || !unknown.starts_with(turn.text)) break;
    ++count;
  }
  return count;
}

// What an answer answered that was cut off before its end: to repeat what little was heard of it
// would be no help. Empty: the last answer was whole, or answered no question.
std::string question_of_cut_answer(const std::vector<ContextTurn>& history) {
  for (std::size_t at = history.size(); at-- > 1;) {
    const ContextTurn& turn = history[at];
    if (turn.speaker != Speaker::agent) continue;
    const bool is_whole = turn.text.empty() || std::string_view(".!?").contains(turn.text.back());
    const ContextTurn& asked = history[at - 1];
    if (is_whole || asked.speaker != Speaker::caller) return {};
    Understanding understood = understand(asked.text);
    return understood.intent == Intent::question ? std::move(understood.question) : std::string();
  }
  return {};
}

class BuiltinReply final : public ReplyStream {
 public:
  BuiltinReply(KnowledgeIndex& index, ReplyRequest request)
      : index_(index), request_(std::move(request)) {}

  Task<Result<std::optional<ReplyChunk>>> next() override {
    if (std::exchange(done_, true)) co_return std::optional<ReplyChunk>{};
    const std::string remark = request_.history.empty() ? "" : request_.history.back().text;
    Understanding understood = understand(remark);
    if (understood.intent == Intent::repeat) {
      std::string question = question_of_cut_answer(request_.history);
      if (!question.empty()) co_return co_await look_up(std::move(question));
    }
    if (understood.intent != Intent::question) co_return small_talk(understood.intent);
    co_return co_await look_up(std::move(understood.question));
  }

 private:
  [[nodiscard]] const PhrasesConfiguration& phrases() const {
    return request_.configuration.phrases;
  }

  std::optional<ReplyChunk> small_talk(Intent intent) const {
    switch (intent) {
      case Intent::nothing:
        return say(phrases().clarify.value());
      case Intent::greeting:
        return say("Hello! What would you like to know?");
      case Intent::how_are_you:
        return say("I'm doing well, thank you. How can I help you?");
      case Intent::identity:
        return say("I'm an automated assistant. I answer from what I was given to read.");
      case Intent::abilities:
        return say("Ask me a question and I'll look for the answer.");
      case Intent::thanks:
        return say("You're welcome. Is there anything else?");
      case Intent::agreement:
        return say("What else would you like to know?");
      case Intent::wait:
        return say("Take your time.");
      case Intent::person:
        return say(phrases().handover.value(), ReplyAction::hand_over);
      case Intent::refusal:
      case Intent::goodbye:
        return say(phrases().goodbye.value(), ReplyAction::end_call);
      case Intent::repeat:
        break;
      case Intent::question:
        break;
    }
    const std::string_view last = last_agent_turn(request_.history);
    return say(last.empty() ? phrases().clarify.value() : std::string(last));
  }

  Task<Result<std::optional<ReplyChunk>>> look_up(std::string question) {
    if (!request_.configuration.knowledge.enabled) co_return give_up();
    auto answer = co_await answer_to(question);
    if (!answer) co_return std::unexpected(std::move(answer.error()));
    if (answer->text.empty()) {
      answer = co_await answer_as_said(question);
      if (!answer) co_return std::unexpected(std::move(answer.error()));
    }
    if (answer->text.empty() && leans_on_earlier(question)) {
      const std::string earlier = earlier_question(request_.history);
      if (!earlier.empty()) {
        answer = co_await answer_to(question, earlier + ' ');
        if (!answer) co_return std::unexpected(std::move(answer.error()));
      }
    }
    if (answer->text.empty()) co_return give_up();
    co_return ReplyChunk{std::move(answer->text), std::move(answer->citations), ReplyAction::none};
  }

  // `before` is what the question leans on; only `words` are suspected of being about something
  // else.
  Task<Result<Answer>> answer_to(std::string words, std::string before = {}) {
    const std::string question = before + words;
    const auto& score_min = request_.configuration.knowledge.score_min;
    const double least = score_min ? score_min->value() : BuiltinModel::kScoreMin;
    auto passages = co_await search(question);
    if (!passages) co_return std::unexpected(std::move(passages.error()));
    if (passages->empty() || passages->front().score < least) co_return Answer{};
    Grounding grounding = judge(question, *passages);
    if (grounding.verdict == Verdict::does_not) co_return Answer{};
    if (grounding.verdict == Verdict::look_for_missing) {
      const auto found = co_await search(std::move(grounding.missing));
      if (!found) co_return std::unexpected(found.error());
      if (!means_the_missing(passages->front(), *found)) co_return Answer{};
    }
    const std::vector<std::string> candidates = foreign_candidates(words, *passages);
    const auto quotable =
        static_cast<std::size_t>(request_.configuration.knowledge.passages_max.value());
    if (passages->size() > quotable) passages->resize(quotable);
    const Passage& quoted = passage_to_quote(question, *passages);
    for (const std::string& word : candidates) {
      const auto found = co_await search(without(question, word));
      if (!found) co_return std::unexpected(found.error());
      if (is_nearer(quoted, *found)) co_return Answer{};
    }
    co_return choose_answer(question, *passages, least);
  }

  Task<Result<Answer>> answer_as_said(const std::string& heard) {
    const auto passages = co_await search(heard, kPassagesRead);
    if (!passages) co_return std::unexpected(passages.error());
    std::string said = as_may_have_been_said(heard, *passages);
    if (said.empty()) co_return Answer{};
    co_return co_await answer_to(std::move(said));
  }

  Task<Result<std::vector<Passage>>> search(std::string question,
                                            std::size_t passages_max = kPassagesWeighed) {
    KnowledgeQuery query{request_.workspace, request_.knowledge_bases, std::move(question),
                         passages_max};
    co_return co_await index_.search(std::move(query));
  }

  std::optional<ReplyChunk> give_up() const {
    if (unknown_in_a_row(request_) + 1 >= BuiltinModel::kUnknownMax) {
      return say(phrases().handover.value(), ReplyAction::hand_over);
    }
    return say(phrases().unknown.value());
  }

  KnowledgeIndex& index_;
  ReplyRequest request_;
  bool done_ = false;
};

}  // namespace

std::unique_ptr<ReplyStream> BuiltinModel::reply(ReplyRequest request) {
  return std::make_unique<BuiltinReply>(index_, std::move(request));
}

}  // namespace antiphon
