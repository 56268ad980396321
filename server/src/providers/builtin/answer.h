// Chooses which sentences of the knowledge answer a question, or none.
//
// The best passage is quoted when its score reaches `least`; sentences beside it (same document and
// heading) that score within kNear of it are quoted too, in the document's order, up to
// kSentencesMax; not those of another day of the week than the one that was asked about.
// "Who ..." wants a name, "... on Saturday" that day: a sentence that holds one goes before one
// that does not, within kNear.
// Thread  any; pure.
#pragma once

#include "domain/conversation.h"
#include "domain/knowledge.h"

#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

struct Answer {
  std::string text;  // empty: nothing good enough
  std::vector<Citation> citations;
};

inline constexpr double kNear = 0.06;
inline constexpr std::size_t kSentencesMax = 2;

// The passage to quote first; `passages` is not empty.
[[nodiscard]] const Passage& passage_to_quote(std::string_view question,
                                              const std::vector<Passage>& passages);

[[nodiscard]] Answer choose_answer(std::string_view question, const std::vector<Passage>& passages,
                                   double least);

// "and on Saturday?", "how much is it?": few words of its own, so the question before gives the
// rest.
[[nodiscard]] bool leans_on_earlier(std::string_view question);

}  // namespace antiphon
