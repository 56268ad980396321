#include "engine/speech_text/tokens.h"

#include "engine/speech_text/letters.h"

#include <utility>

namespace antiphon::speech_text {

namespace {

constexpr std::string_view kLeading = "([{\"'`";
constexpr std::string_view kTrailing = ".,;:!?)]}\"'`";

}  // namespace

Tokens::Tokens(CleanText clean, const Pronunciations& pronunciations) : clean_(std::move(clean)) {
  const std::string_view text = clean_.text;
  std::size_t done = 0;
  bool is_glued = false;
  for (std::size_t at = 0; !pronunciations.empty() && at < text.size();) {
    const auto found = pronunciations.find(text, at);
    if (!found) {
      ++at;
      continue;
    }
    cut(done, at, is_glued);
    is_glued = at > 0 && text[at - 1] != ' ';
    const std::size_t end = at + found->length;
    tokens_.push_back({at, end, at, end, is_glued, std::string(found->spoken)});
    at = done = end;
    is_glued = true;
  }
  cut(done, text.size(), is_glued);
}

void Tokens::cut(std::size_t begin, std::size_t end, bool is_glued) {
  const std::string_view text = clean_.text;
  while (begin < end) {
    if (text[begin] == ' ') {
      ++begin;
      is_glued = false;
      continue;
    }
    const std::size_t stop = std::min(text.find(' ', begin), end);
    add(begin, stop, is_glued);
    begin = stop;
  }
}

void Tokens::add(std::size_t begin, std::size_t end, bool is_glued) {
  Token token{begin, end, begin, end, is_glued, std::nullopt};
  const std::string_view text = clean_.text;
  while (token.core_begin < end && kLeading.contains(text[token.core_begin]))
    ++token.core_begin;
  while (token.core_end > token.core_begin && kTrailing.contains(text[token.core_end - 1]))
    --token.core_end;
  tokens_.push_back(std::move(token));
}

std::string_view Tokens::core(std::size_t at) const {
  if (at >= tokens_.size()) return {};
  const Token& token = tokens_[at];
  return std::string_view(clean_.text).substr(token.core_begin, token.core_end - token.core_begin);
}

std::string_view Tokens::lead(std::size_t at) const {
  if (at >= tokens_.size()) return {};
  const Token& token = tokens_[at];
  return std::string_view(clean_.text).substr(token.begin, token.core_begin - token.begin);
}

std::string_view Tokens::trail(std::size_t at) const {
  if (at >= tokens_.size()) return {};
  const Token& token = tokens_[at];
  return std::string_view(clean_.text).substr(token.core_end, token.end - token.core_end);
}

std::string_view Tokens::next(std::size_t at) const { return next_past(at, ""); }

std::string_view Tokens::next_past(std::size_t at, std::string_view mark) const {
  if (at + 1 >= tokens_.size()) return {};
  const Token& following = tokens_[at + 1];
  if (following.spoken || following.is_glued || !lead(at + 1).empty()) return {};
  const std::string_view between = trail(at);
  return between.empty() || between == mark ? core(at + 1) : std::string_view();
}

bool Tokens::begins_sentence(std::size_t at) const {
  if (at == 0 || at >= tokens_.size()) return true;
  return trail(at - 1).find_first_of(".!?:") != std::string_view::npos;
}

std::string_view Tokens::rest(std::size_t at) const {
  if (at >= tokens_.size()) return {};
  return std::string_view(clean_.text).substr(tokens_[at].begin);
}

}  // namespace antiphon::speech_text
