#include "engine/speech_text/spoken_writer.h"

#include "engine/speech_text/letters.h"

#include <algorithm>
#include <utility>

namespace antiphon::speech_text {

namespace {

constexpr std::size_t kSpokenBytesMin = 1'000;

bool is_mark(char letter) { return std::string_view(".,;:!?").contains(letter); }

// One mark for all that stands behind a word; 0 for none. "?!" asks, "..." waits.
char mark_of(std::string_view trail, bool is_last, std::string_view following) {
  if (trail.contains('?')) return '?';
  if (trail.contains('!')) return '!';
  // Behind an abbreviation's point the next mark counts: "Inc., ".
  const std::size_t behind = trail.find_last_of(",;:");
  if (trail.starts_with('.') && behind != std::string_view::npos) return trail[behind];
  const auto points = std::ranges::count(trail, '.');
  const bool goes_on = !following.empty() && !is_upper(following.front());
  if (points >= 2 && goes_on) return ',';
  if (points > 0) return '.';
  for (const char letter : {';', ':', ','}) {
    if (trail.contains(letter)) return letter;
  }
  const bool closes = trail.contains(')') || trail.contains(']') || trail.contains('}');
  return closes && !is_last ? ',' : '\0';
}

}  // namespace

SpokenWriter::SpokenWriter(const Tokens& tokens, const std::string_view& written)
    : tokens_(tokens),
      written_(written),
      length_max_(std::max(kSpokenBytesMin, written.size() * 5 / 2)) {}

void SpokenWriter::mark(char letter) {
  if (out_.text.empty() || letter == '\0' || is_mark(out_.text.back())) return;
  out_.text += letter;
  ++out_.pieces.back().spoken_end;
}

void SpokenWriter::say(std::size_t first, const Phrase::Part& part) {
  const auto& [count, words, point, has_bracket] = part;
  const std::size_t last = first + count - 1;
  const bool opens = tokens_.lead(first).find_first_of("([{") != std::string_view::npos;
  if ((opens && !has_bracket) || point == Point::comma) mark(',');
  if (!words.empty()) {
    const CleanText& clean = tokens_.clean();
    const bool is_glued = tokens_[first].is_glued && said_to_ == first && first > 0;
    if (!is_glued && !out_.text.empty()) out_.text += ' ';
    const auto begin = static_cast<std::uint32_t>(out_.text.size());
    out_.text += words;
    const auto end = static_cast<std::uint32_t>(out_.text.size());
    said_to_ = last + 1;
    const std::uint32_t written_end = clean.ends[tokens_[last].end - 1];
    if (is_glued) {
      out_.pieces.back().spoken_end = end;
      out_.pieces.back().written_end = written_end;
    } else {
      out_.pieces.push_back({begin, end, clean.begins[tokens_[first].begin], written_end});
    }
  }
  if (point == Point::no_mark) return;
  const char letter =
      mark_of(tokens_.trail(last), last + 1 == tokens_.size(), tokens_.core(last + 1));
  if (letter != '.' || point == Point::keep) mark(letter);
}

std::size_t SpokenWriter::write(std::size_t at, const Phrase& phrase) {
  std::size_t bytes = 0;
  for (const Phrase::Part& part : phrase.parts())
    bytes += part.words.size() + 2;
  const std::size_t next = at + phrase.tokens();
  // A space may come before each of the tokens that had none.
  const std::size_t rest = tokens_.rest(next).size() + tokens_.size() - next;
  if (out_.text.size() + bytes + rest > length_max_) {
    for (; at < next; ++at)
      say(at, {1, std::string(tokens_.core(at)), Point::keep, false});
    return next;
  }
  for (const Phrase::Part& part : phrase.parts()) {
    say(at, part);
    at += part.tokens;
  }
  return at;
}

// What nobody says belongs to the word it stands at: an opening mark to the next, all else to the
// one before.
void SpokenWriter::cover_all() {
  const auto gap = [this](std::size_t begin, std::size_t end) {
    return written_.substr(begin, end - begin);
  };
  for (std::size_t at = 0; at < out_.pieces.size(); ++at) {
    SpokenPiece& piece = out_.pieces[at];
    if (at == 0) {
      const std::string_view before = gap(0, piece.written_begin);
      const auto* const first = std::ranges::find_if_not(before, is_space);
      piece.written_begin = static_cast<std::uint32_t>(first - before.begin());
    }
    const bool is_last = at + 1 == out_.pieces.size();
    const std::size_t end =
        is_last ? written_.size() : std::size_t{out_.pieces[at + 1].written_begin};
    const std::string_view between = gap(piece.written_end, end);
    std::size_t cut = between.size();
    if (!is_last) {
      while (cut > 0 && !is_space(between[cut - 1]))
        --cut;
      if (cut > 0) {
        out_.pieces[at + 1].written_begin = static_cast<std::uint32_t>(piece.written_end + cut);
      } else {
        cut = between.size();
      }
    }
    while (cut > 0 && is_space(between[cut - 1]))
      --cut;
    piece.written_end += static_cast<std::uint32_t>(cut);
  }
}

SpokenText SpokenWriter::take() {
  cover_all();
  return std::exchange(out_, {});
}

}  // namespace antiphon::speech_text
