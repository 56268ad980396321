#include "engine/speech_text/markup.h"

#include "core/utf8.h"
#include "engine/speech_text/letters.h"

#include <algorithm>
#include <array>
#include <utility>

namespace antiphon::speech_text {

namespace {

constexpr std::size_t kHeadingLevels = 6;
constexpr std::size_t kListNumberDigits = 3;
constexpr std::size_t kCitationDigits = 3;

bool consists_of(std::string_view text, std::string_view letters) {
  return text.find_first_not_of(letters) == std::string_view::npos;
}

// "---", "***", "===": a rule, or the line under a heading.
bool is_rule(std::string_view text) {
  const std::size_t count = text.size() - static_cast<std::size_t>(std::ranges::count(text, ' '));
  return count >= 3 && (consists_of(text, "- ") || consists_of(text, "* ") ||
                        consists_of(text, "_ ") || consists_of(text, "="));
}

bool is_fence(std::string_view text) { return text.starts_with("```") || text.starts_with("~~~"); }

bool is_table_rule(std::string_view text) {
  return consists_of(text, "|-: \t") && text.contains('|') && text.contains('-');
}

std::size_t leading_spaces(std::string_view text) {
  return std::min(text.find_first_not_of(" \t\r"), text.size());
}

// Bytes of "- ", "* ", "• ", "- [x] ", "## " at the front.
std::size_t item_mark(std::string_view text) {
  std::size_t mark = 0;
  if (text.starts_with("- ") || text.starts_with("* ") || text.starts_with("+ ")) mark = 2;
  for (const std::string_view bullet : {"• ", "◦ ", "▪ ", "‣ ", "· ", "– ", "— "}) {
    if (text.starts_with(bullet)) mark = bullet.size();
  }
  if (mark > 0) {
    const std::string_view rest = text.substr(mark);
    const bool is_task =
        rest.starts_with("[ ] ") || rest.starts_with("[x] ") || rest.starts_with("[X] ");
    return is_task ? mark + 4 : mark;
  }
  while (mark < text.size() && text[mark] == '#')
    ++mark;
  const bool is_heading =
      mark >= 1 && mark <= kHeadingLevels && (mark == text.size() || is_space(text[mark]));
  return is_heading ? mark : 0;
}

bool is_numbered(std::string_view text) {
  const std::size_t digits = digits_at(text);
  return digits > 0 && digits <= kListNumberDigits && digits + 1 < text.size() &&
         (text[digits] == '.' || text[digits] == ')') && text[digits + 1] == ' ';
}

struct NamedEntity {
  std::string_view name;
  std::string_view character;
};

constexpr std::array kEntities{
    NamedEntity{"amp", "&"},   NamedEntity{"lt", "<"},     NamedEntity{"gt", ">"},
    NamedEntity{"quot", "\""}, NamedEntity{"apos", "'"},   NamedEntity{"nbsp", " "},
    NamedEntity{"euro", "€"},  NamedEntity{"pound", "£"},  NamedEntity{"cent", "¢"},
    NamedEntity{"yen", "¥"},   NamedEntity{"deg", "°"},    NamedEntity{"times", "×"},
    NamedEntity{"ndash", "–"}, NamedEntity{"mdash", "—"},  NamedEntity{"hellip", "…"},
    NamedEntity{"rsquo", "’"}, NamedEntity{"lsquo", "‘"},  NamedEntity{"rdquo", "”"},
    NamedEntity{"ldquo", "“"}, NamedEntity{"frac12", "½"}, NamedEntity{"copy", "©"},
    NamedEntity{"reg", "®"},   NamedEntity{"trade", "™"},  NamedEntity{"eacute", "é"},
};

std::string encoded(char32_t code_point) {
  const auto byte = [](char32_t bits) { return static_cast<char>(bits); };
  if (code_point < 0x80) return {byte(code_point)};
  if (code_point < 0x800) {
    return {byte(0xC0 | (code_point >> 6)), byte(0x80 | (code_point & 0x3F))};
  }
  if (code_point < 0x10000) {
    return {byte(0xE0 | (code_point >> 12)), byte(0x80 | ((code_point >> 6) & 0x3F)),
            byte(0x80 | (code_point & 0x3F))};
  }
  return {byte(0xF0 | (code_point >> 18)), byte(0x80 | ((code_point >> 12) & 0x3F)),
          byte(0x80 | ((code_point >> 6) & 0x3F)), byte(0x80 | (code_point & 0x3F))};
}

char32_t hex_digit(char letter) {
  constexpr std::string_view kDigits = "0123456789abcdef0123456789ABCDEF";
  const std::size_t found = kDigits.find(letter);
  return found == std::string_view::npos ? 16 : static_cast<char32_t>(found % 16);
}

// "#8364" or "#x20ac"; nothing when it is no character.
std::string numbered_character(std::string_view name) {
  name.remove_prefix(1);
  const bool is_hex = name.starts_with('x') || name.starts_with('X');
  if (is_hex) name.remove_prefix(1);
  const char32_t base = is_hex ? 16 : 10;
  char32_t code_point = 0;
  for (const char letter : name) {
    const char32_t digit = hex_digit(letter);
    if (digit >= base) return {};
    code_point = code_point * base + digit;
  }
  if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF)) return {};
  return encoded(code_point);
}

constexpr std::array<std::string_view, 16> kBlocks{
    "p",  "div", "li", "ul", "ol", "tr",    "h1",         "h2",
    "h3", "h4",  "h5", "h6", "hr", "table", "blockquote", "section"};

bool is_address(std::string_view inside) {
  return !inside.contains(' ') && (inside.contains("://") || inside.contains('@'));
}

}  // namespace

MarkedLine read_line(std::string_view line) {
  std::size_t begin = leading_spaces(line);
  std::size_t end = line.size();
  while (end > begin && is_space(line[end - 1]))
    --end;
  while (begin < end && line[begin] == '>' && (begin + 1 == end || line[begin + 1] == ' ')) {
    ++begin;
    begin += leading_spaces(line.substr(begin, end - begin));
  }
  const std::string_view content = line.substr(begin, end - begin);
  if (content.empty() || is_rule(content) || is_fence(content) || is_table_rule(content)) {
    return {LineKind::nothing, begin, end};
  }
  if (content.front() == '|') {
    const bool is_closed = content.size() > 1 && content.back() == '|';
    return {LineKind::table_row, begin + 1, is_closed ? end - 1 : end};
  }
  if (is_numbered(content)) return {LineKind::item, begin, end};
  const std::size_t mark = item_mark(content);
  if (mark == 0) return {LineKind::text, begin, end};
  if (content.front() == '#') {
    while (end > begin + mark && (line[end - 1] == '#' || is_space(line[end - 1])))
      --end;
  }
  return {LineKind::item, begin + mark, end};
}

Entity read_entity(std::string_view text) {
  constexpr std::size_t kNameMax = 8;
  const std::size_t end = text.substr(0, kNameMax + 2).find(';');
  if (end == std::string_view::npos || end < 2) return {};
  const std::string_view name = text.substr(1, end - 1);
  Entity entity;
  if (name.front() == '#' && name.size() > 1) entity.character = numbered_character(name);
  const auto* const found = std::ranges::find(kEntities, name, &NamedEntity::name);
  if (found != kEntities.end()) entity.character = found->character;
  if (!entity.character.empty()) entity.length = end + 1;
  return entity;
}

Jumps::Jumps(const std::string& written)
    : written_(written),
      partner_(written.size(), kNone),
      after_(written.size(), kNone),
      next_close_(written.size(), kNone) {
  std::uint32_t close = kNone;
  for (std::size_t at = written.size(); at-- > 0;) {
    if (written[at] == '>') close = static_cast<std::uint32_t>(at);
    next_close_[at] = close;
  }
  pair_brackets();
  for (std::size_t opening = 0; opening < written.size(); ++opening) {
    if (!is_link(opening)) continue;
    const std::uint32_t closing = partner_[opening];
    after_[closing] = partner_[closing + 1] + 1;
  }
}

void Jumps::pair_brackets() {
  std::vector<std::uint32_t> open;
  for (std::size_t at = 0; at < written_.size(); ++at) {
    const char letter = written_[at];
    if (letter == '\n') open.clear();
    if (letter == '[' || letter == '(') open.push_back(static_cast<std::uint32_t>(at));
    if (letter != ']' && letter != ')') continue;
    const char opening = letter == ']' ? '[' : '(';
    // What is open inside a pair that closes is no bracket: "[a (b](c)".
    while (!open.empty() && written_[open.back()] != opening)
      open.pop_back();
    if (open.empty()) continue;
    partner_[open.back()] = static_cast<std::uint32_t>(at);
    open.pop_back();
  }
}

bool Jumps::is_link(std::size_t opening) const {
  if (written_[opening] != '[' || partner_[opening] == kNone) return false;
  const std::size_t target = partner_[opening] + std::size_t{1};
  if (target >= written_.size() || partner_[target] == kNone) return false;
  return written_[target] == '(' || written_[target] == '[';
}

std::size_t Jumps::after_opening(std::size_t opening) const {
  if (is_link(opening)) return opening + 1;
  if (partner_[opening] == kNone) return opening;
  const std::size_t closing = partner_[opening];
  const std::string_view inside =
      std::string_view(written_).substr(opening + 1, closing - opening - 1);
  const bool is_note = inside.starts_with('^') && !inside.contains(' ');
  const bool is_citation =
      all_digits(inside.substr(0, kCitationDigits + 1)) && inside.size() <= kCitationDigits;
  return is_note || is_citation ? closing + 1 : opening;
}

std::size_t Jumps::after_closing(std::size_t closing) const {
  return after_[closing] == kNone ? closing : after_[closing];
}

// A text without the ending is searched once, however many tags ask for it.
std::size_t Jumps::behind(std::string_view ending, std::size_t from) {
  if (has_no_more_ends_) return from;
  const std::size_t found = written_.find(ending, from);
  has_no_more_ends_ = found == std::string_view::npos;
  return has_no_more_ends_ ? from : found + ending.size();
}

Tag Jumps::tag(std::size_t opening) {
  Tag tag{.end = opening};
  const char next = at(opening + 1);
  if (!is_letter(next) && next != '/' && next != '!') return tag;
  const std::uint32_t close = next_close_[opening];
  if (close == kNone) return tag;
  const std::string_view inside =
      std::string_view(written_).substr(opening + 1, close - opening - 1);
  constexpr std::size_t kTagMax = 1'000;
  if (inside.size() > kTagMax || inside.contains('<')) return tag;
  if (is_address(inside)) {
    after_[close] = close + 1;
    tag.end = opening + 1;
    return tag;
  }
  tag.end = close + std::size_t{1};
  const std::string_view named = inside.substr(inside.starts_with('/') ? 1 : 0);
  const auto* const name_end = std::ranges::find_if_not(named, is_alphanumeric);
  const std::string name =
      to_lower_ascii(named.substr(0, static_cast<std::size_t>(name_end - named.begin())));
  tag.ends_block = std::ranges::find(kBlocks, name) != kBlocks.end();
  tag.ends_line = name == "br" || name == "td" || name == "th";
  if (inside.starts_with("!--") && !inside.ends_with("--")) tag.end = behind("-->", opening);
  if (name == "script" || name == "style") tag.end = behind("</" + name + ">", tag.end);
  return tag;
}

}  // namespace antiphon::speech_text
