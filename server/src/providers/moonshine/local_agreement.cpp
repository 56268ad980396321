#include "providers/moonshine/local_agreement.h"

#include "core/utf8.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace antiphon {

namespace {

struct Word {
  std::size_t begin = 0;
  std::size_t end = 0;
};

std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  std::size_t at = 0;
  while ((at = text.find_first_not_of(' ', at)) != std::string_view::npos) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    words.push_back({at, end});
    at = end;
  }
  return words;
}

std::string_view spelling(std::string_view text, Word word) {
  return text.substr(word.begin, word.end - word.begin);
}

std::size_t end_without_punctuation(std::string_view text, Word word) {
  std::size_t end = word.end;
  while (end > word.begin && std::string_view(".,;:!?").contains(text[end - 1]))
    --end;
  return end;
}

// For comparison: "And," and "and" are one word.
std::string folded(std::string_view text, Word word) {
  return to_lower_ascii(text.substr(word.begin, end_without_punctuation(text, word) - word.begin));
}

// How many words at the front of `hypothesis` say what `stable` says: the prefix of the least edit
// distance.
std::size_t matching_prefix(const std::vector<std::string>& stable,
                            const std::vector<std::string>& hypothesis) {
  std::vector<std::size_t> row(hypothesis.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < stable.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < hypothesis.size(); ++j) {
      const std::size_t replaced = diagonal + (stable[i] == hypothesis[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j + 1] + 1, row[j] + 1});
    }
  }
  // Of equal distances the one nearest in length: the words heard are the same, only their spelling
  // changed.
  std::size_t best = 0;
  const auto gap = [&stable](std::size_t count) {
    return count > stable.size() ? count - stable.size() : stable.size() - count;
  };
  for (std::size_t count = 1; count < row.size(); ++count) {
    if (row[count] < row[best] || (row[count] == row[best] && gap(count) < gap(best))) best = count;
  }
  return best;
}

std::vector<std::string> folded_words(std::string_view text) {
  std::vector<std::string> folds;
  for (const Word word : words_of(text))
    folds.push_back(folded(text, word));
  return folds;
}

}  // namespace

void LocalAgreement::adopt(std::string_view hypothesis) {
  const std::string stable = text_.substr(0, stable_bytes_);
  const bool continues = hypothesis.starts_with(stable) &&
                         (hypothesis.size() == stable.size() || stable.empty() ||
                          std::string_view(" .,;:!?").contains(hypothesis[stable.size()]));
  if (continues) {
    text_ = hypothesis;
    return;
  }
  const auto words = words_of(hypothesis);
  const std::size_t matched = matching_prefix(folded_words(stable), folded_words(hypothesis));
  text_ = stable;
  if (matched < words.size()) text_.append(" ").append(hypothesis.substr(words[matched].begin));
}

void LocalAgreement::update(std::string_view hypothesis) {
  adopt(hypothesis);
  const auto now = words_of(text_);
  const auto before = words_of(previous_);
  std::size_t stable = stable_bytes_;
  for (std::size_t i = 0; i + open_words_ < now.size() && i + 1 < before.size(); ++i) {
    const bool is_same = spelling(text_, now[i]) == spelling(previous_, before[i]);
    if (!is_same && folded(text_, now[i]) != folded(previous_, before[i])) break;
    stable = std::max(stable, end_without_punctuation(text_, now[i]));
    // The word is agreed, what stands behind it is not.
    if (!is_same) break;
  }
  stable_bytes_ = stable;
  previous_ = text_;
}

void LocalAgreement::finish(std::string_view hypothesis) {
  adopt(hypothesis);
  stable_bytes_ = text_.size();
  previous_ = text_;
}

std::string LocalAgreement::split_off(std::string_view first_part) {
  const std::string stable = text_.substr(0, stable_bytes_);
  const auto stable_words = words_of(stable);
  const std::size_t matched = matching_prefix(folded_words(first_part), folded_words(stable));
  LocalAgreement rest(open_words_);
  std::string front;
  if (matched < stable_words.size()) {
    // Words beyond the cut are promised already: they begin the rest.
    const std::size_t begin = stable_words[matched].begin;
    rest.text_ = text_.substr(begin);
    rest.previous_ = rest.text_;
    rest.stable_bytes_ = stable_bytes_ - begin;
    front = stable.substr(0, matched == 0 ? 0 : stable_words[matched - 1].end);
  } else {
    finish(first_part);
    front = text_;
  }
  *this = std::move(rest);
  return front;
}

}  // namespace antiphon
