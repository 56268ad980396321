#include "providers/builtin/grounding.h"

#include "providers/terms.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace antiphon {

namespace {

using Terms = std::vector<std::string>;

// They ask for a kind of answer and name nothing: any knowledge about times would match "long".
// As index_terms() writes them.
constexpr std::array<std::string_view, 34> kShapeTerms{
    "much",      "many",    "long",    "soon",  "late",  "early",    "often",  "far",    "time",
    "may",       "take",    "come",    "give",  "need",  "let",      "after",  "now",    "she",
    "he",        "then",    "anybody", "anyon", "anyth", "somebody", "someon", "someth", "somewher",
    "everybody", "everyon", "nobody",  "whom",  "last",  "happen",   "else"};

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

std::vector<std::string> foreign_candidates(std::string_view question,
                                            const std::vector<Passage>& passages) {
  Terms known;
  for (const Passage& passage : passages) {
    std::ranges::move(index_terms(passage.title + ' ' + passage.heading + ' ' + passage.text),
                      std::back_inserter(known));
  }
  std::vector<std::string> words;
  while (!question.empty() && words.size() < kForeignWordsMax) {
    const std::size_t end = std::min(question.find(' '), question.size());
    const std::string word(question.substr(0, end));
    question.remove_prefix(std::min(end + 1, question.size()));
    const Terms subjects = subjects_of(word);
    const bool is_known = std::ranges::all_of(
        subjects, [&known](const std::string& term) { return holds(known, term); });
    if (!is_known && !holds(words, word)) words.push_back(word);
  }
  return words;
}

std::string without(std::string_view question, std::string_view word) {
  std::string rest;
  while (!question.empty()) {
    const std::size_t end = std::min(question.find(' '), question.size());
    if (question.substr(0, end) != word) {
      if (!rest.empty()) rest += ' ';
      rest += question.substr(0, end);
    }
    question.remove_prefix(std::min(end + 1, question.size()));
  }
  return rest;
}

bool is_nearer(const Passage& best, const std::vector<Passage>& found) {
  const double least = best.likeness + (best.score >= kScoreSure ? kForeignSure : kForeignMin);
  return std::ranges::any_of(found, [&best, least](const Passage& passage) {
    return passage.document == best.document && passage.ordinal == best.ordinal &&
           passage.likeness >= least;
  });
}

bool means_the_missing(const Passage& best, const std::vector<Passage>& found) {
  return std::ranges::any_of(found, [&best](const Passage& passage) {
    return passage.document == best.document && passage.ordinal == best.ordinal &&
           passage.score >= kMissingMin;
  });
}

}  // namespace antiphon
