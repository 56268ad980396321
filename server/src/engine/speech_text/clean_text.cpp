#include "engine/speech_text/clean_text.h"

#include "core/utf8.h"
#include "engine/speech_text/clean_writer.h"
#include "engine/speech_text/letters.h"
#include "engine/speech_text/markup.h"

#include <algorithm>

namespace antiphon::speech_text {

namespace {

class Cleaner {
 public:
  explicit Cleaner(std::string_view written) : written_(written), jumps_(written_) {}

  CleanText clean() {
    std::size_t begin = 0;
    while (begin < written_.size()) {
      const std::size_t end = std::min(written_.find('\n', begin), written_.size());
      line(begin, end);
      begin = end + 1;
    }
    return out_.take();
  }

 private:
  void line(std::size_t begin, std::size_t end) {
    const MarkedLine marked = read_line(part(begin, end));
    // The sentence before a line that stands for itself is over.
    if (marked.kind != LineKind::text) out_.pause('.');
    if (marked.kind == LineKind::nothing) return;
    in_code_ = false;
    in_table_ = marked.kind == LineKind::table_row;
    content(begin + marked.begin, begin + marked.end);
    if (marked.kind != LineKind::text) out_.pause('.');
    out_.space({end, end});
  }

  void content(std::size_t begin, std::size_t end) {
    end_ = end;
    for (std::size_t at = begin; at < end;) {
      const std::size_t next = marked_up(at);
      at = next > at ? next : plain(at);
    }
  }

  char at(std::size_t position) const { return position < end_ ? written_[position] : '\n'; }
  char before(std::size_t position) const { return position > 0 ? written_[position - 1] : '\n'; }
  std::size_t run(std::size_t begin) const {
    std::size_t end = begin;
    while (end < end_ && written_[end] == written_[begin])
      ++end;
    return end;
  }

  std::string_view part(std::size_t begin, std::size_t end) const {
    return std::string_view(written_).substr(begin, end - begin);
  }

  std::size_t plain(std::size_t position) {
    const std::size_t length = utf8_sequence_length(part(position, end_));
    if (length == 0) return position + 1;
    out_.character(part(position, position + length), {position, position + length});
    return position + length;
  }

  // Where the text goes on behind the markup at `position`; `position` itself when there is none.
  std::size_t marked_up(std::size_t position) {
    const char letter = written_[position];
    if (letter == '`') {
      in_code_ = !in_code_;
      return run(position);
    }
    if (in_code_) return position;
    switch (letter) {
      case '\\':
        return escape(position);
      case '*':
      case '_':
      case '~':
        return emphasis(position);
      case '!':
        return at(position + 1) == '[' && jumps_.is_link(position + 1) ? position + 1 : position;
      case '[':
        return std::max(position, jumps_.after_opening(position));
      case ']':
      case '>':
        return std::max(position, jumps_.after_closing(position));
      case '<':
        return tag(position);
      case '&':
        return entity(position);
      case ':':
        return shortcode(position);
      case '-':
        return dashes(position);
      case '|':
        if (!in_table_) return position;
        out_.pause(',');
        return position + 1;
      default:
        return position;
    }
  }

  std::size_t escape(std::size_t position) {
    const char next = at(position + 1);
    if (next <= ' ' || is_word_byte(next)) return position;
    out_.put(part(position + 1, position + 2), {position, position + 2});
    return position + 2;
  }

  std::size_t emphasis(std::size_t position) {
    const std::size_t end = run(position);
    const char left = before(position);
    const char right = at(end);
    const bool is_inside = is_word_byte(left) && is_word_byte(right);
    switch (written_[position]) {
      case '~':
        return end - position == 2 ? end : position;
      case '_':
        return is_inside && end - position == 1 ? position : end;
      default: {
        const bool is_product = end - position == 1 && ((is_digit(left) && is_digit(right)) ||
                                                        (is_space(left) && is_space(right)));
        return is_product ? position : end;
      }
    }
  }

  std::size_t tag(std::size_t position) {
    const Tag found = jumps_.tag(position);
    if (found.end == position) return position;
    if (found.ends_block) {
      out_.pause('.');
    } else if (found.ends_line) {
      out_.pause(',');
    }
    return std::min(found.end, std::max(end_, position + 1));
  }

  std::size_t entity(std::size_t position) {
    const Entity found = read_entity(part(position, end_));
    if (found.length == 0) return position;
    out_.character(found.character, {position, position + found.length});
    return position + found.length;
  }

  // ":smile:" and its like, as chat programs write emoji.
  std::size_t shortcode(std::size_t position) {
    constexpr std::size_t kLengthMax = 32;
    if (is_word_byte(before(position)) || !is_lower(at(position + 1))) return position;
    std::size_t end = position + 1;
    while (end - position < kLengthMax &&
           (is_lower(at(end)) || is_digit(at(end)) || at(end) == '_' || at(end) == '-'))
      ++end;
    return at(end) == ':' && !is_word_byte(at(end + 1)) ? end + 1 : position;
  }

  // Two or three hyphens stand for a dash, except before an option: --help.
  std::size_t dashes(std::size_t position) {
    const std::size_t end = run(position);
    if (end - position < 2) return position;
    if (is_space(before(position)) && is_word_byte(at(end))) return end;
    out_.pause(',');
    return end;
  }

  const std::string written_;
  Jumps jumps_;
  CleanWriter out_;
  std::size_t end_ = 0;  // of the line's content
  bool in_code_ = false;
  bool in_table_ = false;
};

}  // namespace

CleanText clean_text(std::string_view written) { return Cleaner(written).clean(); }

}  // namespace antiphon::speech_text
