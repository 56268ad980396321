#include "providers/builtin/grounding.h"

#include "providers/terms.h"

#include <algorithm>
#include <array>

namespace antiphon {

namespace {

using Terms = std::vector<std::string>;

// They ask for a kind of answer and name nothing: any knowledge about times would match "long".
constexpr std::array<std::string_view, 20> kShapeTerms{
    "much", "many", "long", "soon", "late", "early", "often", "far", "time", "may",
    "take", "come", "give", "need", "let",  "after", "now",   "she", "he",   "then"};

bool holds(const Terms& terms, const std::string& term) {
  return std::ranges::find(terms, term) != terms.end();
}

Terms subjects_of(std::string_view question) {
  Terms terms = index_terms(question);
  std::erase_if(terms, [](const std::string& term) {
    return std::ranges::find(kShapeTerms, term) != kShapeTerms.end();
  });
  std::ranges::sort(terms);
  terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
  return terms;
}

std::size_t passages_with(const std::vector<Terms>& passages, const std::string& term) {
  return static_cast<std::size_t>(
      std::ranges::count_if(passages, [&](const Terms& terms) { return holds(terms, term); }));
}

}  // namespace

Grounding judge(std::string_view question, const std::vector<Passage>& passages) {
  if (passages.empty()) return {};
  const double score = passages.front().score;
  if (score >= kScoreSure) return {Verdict::answers, {}};
  std::vector<Terms> sentences;
  for (const Passage& passage : passages)
    sentences.push_back(index_terms(passage.text));
  const Terms subjects = subjects_of(question);
  std::size_t shared = 0;
  bool specific = false;
  std::string missing;
  for (const std::string& term : subjects) {
    if (holds(sentences.front(), term)) {
      ++shared;
      specific = specific || passages_with(sentences, term) <= kSpecificMax;
    } else {
      missing += (missing.empty() ? "" : " ") + term;
    }
  }
  const bool half = shared * 2 >= subjects.size();
  if (specific && (half || score >= kScoreSpecific)) return {Verdict::answers, {}};
  if (score < kScoreSpecific || missing.empty()) return {};
  return {Verdict::look_for_missing, std::move(missing)};
}

bool means_the_missing(const Passage& best, const std::vector<Passage>& found) {
  return std::ranges::any_of(found, [&best](const Passage& passage) {
    return passage.document == best.document && passage.ordinal == best.ordinal &&
           passage.score >= kMissingMin;
  });
}

}  // namespace antiphon
