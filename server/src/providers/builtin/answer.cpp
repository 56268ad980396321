#include "providers/builtin/answer.h"

#include <algorithm>
#include <array>

namespace antiphon {

namespace {

std::size_t word_count(std::string_view text) {
  return text.empty() ? 0 : 1 + static_cast<std::size_t>(std::ranges::count(text, ' '));
}

std::string quoted(const Passage& passage) {
  std::string text = passage.text;
  const char last = text.empty() ? '.' : text.back();
  if (last != '.' && last != '!' && last != '?') text += '.';
  return text;
}

bool is_upper(char character) { return character >= 'A' && character <= 'Z'; }

// A capital inside the sentence: its first word has one anyway.
bool holds_name(std::string_view sentence) {
  for (std::size_t space = sentence.find(' '); space != std::string_view::npos;
       space = sentence.find(' ', space + 1)) {
    if (space + 2 < sentence.size() && is_upper(sentence[space + 1]) &&
        !is_upper(sentence[space + 2])) {
      return true;
    }
  }
  return false;
}

// One bit for each day of the week that the text names.
unsigned days_in(std::string_view text) {
  static constexpr std::array<std::string_view, 7> kDays{
      "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
  std::string lowered(text);
  std::ranges::transform(lowered, lowered.begin(), [](char letter) {
    return is_upper(letter) ? static_cast<char>(letter + 32) : letter;
  });
  unsigned days = 0;
  for (std::size_t day = 0; day < kDays.size(); ++day) {
    if (lowered.find(kDays[day]) != std::string::npos) days |= 1U << day;
  }
  return days;
}

// Asked about Saturday, and told, nobody wants to hear of Friday as well.
bool is_of_another_day(std::string_view question, const Passage& best, const Passage& beside) {
  const unsigned asked = days_in(question);
  const unsigned named = days_in(beside.text);
  return (asked & days_in(best.text)) != 0 && named != 0 && (asked & named) == 0;
}

}  // namespace

const Passage& passage_to_quote(std::string_view question, const std::vector<Passage>& passages) {
  const Passage& nearest = passages.front();
  const bool who = question.starts_with("who ") || question.starts_with("whos ");
  const unsigned days = days_in(question);
  for (const Passage& passage : passages) {
    if (passage.score < nearest.score - kNear) break;
    if (who ? holds_name(passage.text) : (days & days_in(passage.text)) != 0) return passage;
  }
  return nearest;
}

Answer choose_answer(std::string_view question, const std::vector<Passage>& passages,
                     double least) {
  Answer answer;
  if (passages.empty() || passages.front().score < least) return answer;
  const Passage& best = passage_to_quote(question, passages);
  std::vector<const Passage*> chosen{&best};
  for (const Passage& passage : passages) {
    if (chosen.size() >= kSentencesMax) break;
    const bool beside = passage.document == best.document && passage.heading == best.heading &&
                        passage.ordinal != best.ordinal;
    if (!beside || passage.score < std::max(least, best.score - kNear)) continue;
    if (!is_of_another_day(question, best, passage)) chosen.push_back(&passage);
  }
  std::ranges::sort(chosen, {}, [](const Passage* passage) { return passage->ordinal; });
  for (const Passage* passage : chosen) {
    if (!answer.text.empty()) answer.text += ' ';
    answer.text += quoted(*passage);
    answer.citations.push_back(
        {passage->document, passage->ordinal, passage->title, passage->text, passage->score});
  }
  return answer;
}

bool leans_on_earlier(std::string_view question) {
  static constexpr std::array<std::string_view, 8> kPointers{"it",    "that", "there", "they",
                                                             "those", "them", "one",   "this"};
  if (word_count(question) <= 4) return true;
  if (question.starts_with("what about") || question.starts_with("how about")) return true;
  for (const std::string_view pointer : kPointers) {
    if (question.ends_with(pointer)) return true;
  }
  return false;
}

}  // namespace antiphon
