// What Markdown and HTML mark in a text: lines, links, tags, entities.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon::speech_text {

enum class LineKind : std::uint8_t {
  text,
  nothing,  // blank, a fence, a rule, the line below a table's head
  item,     // of a list, or a heading
  table_row,
};

struct MarkedLine {
  LineKind kind = LineKind::text;
  std::size_t begin = 0;  // of what is to be read
  std::size_t end = 0;
};

[[nodiscard]] MarkedLine read_line(std::string_view line);

struct Entity {
  std::string character;  // UTF-8
  std::size_t length = 0;
};

// "&amp;" or "&#8364;" at the front of `text`; length 0 when there is none.
[[nodiscard]] Entity read_entity(std::string_view text);

struct Tag {
  std::size_t end = 0;
  bool ends_block = false;
  bool ends_line = false;
};

// Where links and tags end. Brackets are paired once, so that no opening one costs a search.
class Jumps {
 public:
  explicit Jumps(const std::string& written);

  // '[' of "[text](target)", "[text][name]".
  [[nodiscard]] bool is_link(std::size_t opening) const;
  // Behind the bracket, or behind all of "[^1]" and "[1]"; `opening` itself when it is plain text.
  [[nodiscard]] std::size_t after_opening(std::size_t opening) const;
  // Behind the target of a link that ends here; `closing` itself when it is plain text.
  [[nodiscard]] std::size_t after_closing(std::size_t closing) const;
  // end == opening: no tag. An address in angle brackets is read, its brackets are not.
  [[nodiscard]] Tag tag(std::size_t opening);

 private:
  static constexpr std::uint32_t kNone = 0xFFFF'FFFF;

  [[nodiscard]] char at(std::size_t position) const {
    return position < written_.size() ? written_[position] : '\0';
  }
  void pair_brackets();
  [[nodiscard]] std::size_t behind(std::string_view ending, std::size_t from);

  std::string_view written_;               // of the caller, who owns this object
  std::vector<std::uint32_t> partner_;     // of '[' and '('
  std::vector<std::uint32_t> after_;       // where to go on behind ']' of a link, '>' of an address
  std::vector<std::uint32_t> next_close_;  // the next '>'
  bool has_no_more_ends_ = false;
};

}  // namespace antiphon::speech_text
