#include "wire/json_members.h"

#include <array>
#include <charconv>

namespace antiphon {

namespace {

bool is_digit(char character) { return character >= '0' && character <= '9'; }

std::optional<unsigned> hex_value(char character) {
  if (is_digit(character)) return static_cast<unsigned>(character - '0');
  if (character >= 'a' && character <= 'f') return static_cast<unsigned>(character - 'a' + 10);
  if (character >= 'A' && character <= 'F') return static_cast<unsigned>(character - 'A' + 10);
  return std::nullopt;
}

std::optional<unsigned> hex4(std::string_view text) {
  if (text.size() < 4) return std::nullopt;
  unsigned value = 0;
  for (std::size_t at = 0; at < 4; ++at) {
    const auto digit = hex_value(text[at]);
    if (!digit) return std::nullopt;
    value = value << 4U | *digit;
  }
  return value;
}

// Walks over one value. Every step is false where the text is no JSON.
class Walk {
 public:
  Walk(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  [[nodiscard]] std::size_t at() const { return at_; }
  void skip_space() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").contains(text_[at_]))
      ++at_;
  }
  bool take(char wanted) {
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  bool string() {
    if (!take('"')) return false;
    while (at_ < text_.size()) {
      const char character = text_[at_++];
      if (character == '"') return true;
      if (static_cast<unsigned char>(character) < 0x20) return false;
      if (character == '\\' && !escape()) return false;
    }
    return false;
  }
  // `depth`: how many more levels may open.
  bool value(int depth) {  // NOLINT(misc-no-recursion): kJsonDepthMax bounds it
    skip_space();
    if (at_ >= text_.size()) return false;
    switch (text_[at_]) {
      case '"':
        return string();
      case '{':
        return depth > 0 && object(depth - 1);
      case '[':
        return depth > 0 && array(depth - 1);
      case 't':
        return literal("true");
      case 'f':
        return literal("false");
      case 'n':
        return literal("null");
      default:
        return number();
    }
  }

 private:
  bool escape() {
    if (at_ >= text_.size()) return false;
    const char character = text_[at_++];
    if (character != 'u') return std::string_view("\"\\/bfnrt").contains(character);
    if (!hex4(text_.substr(at_))) return false;
    at_ += 4;
    return true;
  }
  bool literal(std::string_view wanted) {
    if (!text_.substr(at_).starts_with(wanted)) return false;
    at_ += wanted.size();
    return true;
  }
  bool digits() {
    const std::size_t first = at_;
    while (at_ < text_.size() && is_digit(text_[at_]))
      ++at_;
    return at_ > first;
  }
  bool number() {
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      return digits();
    }
    return true;
  }
  bool object(int depth) {  // NOLINT(misc-no-recursion)
    ++at_;
    skip_space();
    if (take('}')) return true;
    while (true) {
      skip_space();
      if (!string()) return false;
      skip_space();
      if (!take(':') || !value(depth)) return false;
      skip_space();
      if (take('}')) return true;
      if (!take(',')) return false;
    }
  }
  bool array(int depth) {  // NOLINT(misc-no-recursion)
    ++at_;
    skip_space();
    if (take(']')) return true;
    while (true) {
      if (!value(depth)) return false;
      skip_space();
      if (take(']')) return true;
      if (!take(',')) return false;
    }
  }

  std::string_view text_;
  std::size_t at_;
};

bool is_string(std::string_view raw) {
  return raw.size() >= 2 && raw.front() == '"' && raw.back() == '"';
}

void append_utf8(std::string& out, unsigned point) {
  const auto add = [&out](unsigned byte) { out += static_cast<char>(byte); };
  if (point < 0x80) {
    add(point);
  } else if (point < 0x800) {
    add(0xC0U | point >> 6U);
    add(0x80U | (point & 0x3FU));
  } else if (point < 0x10000) {
    add(0xE0U | point >> 12U);
    add(0x80U | (point >> 6U & 0x3FU));
    add(0x80U | (point & 0x3FU));
  } else {
    add(0xF0U | point >> 18U);
    add(0x80U | (point >> 12U & 0x3FU));
    add(0x80U | (point >> 6U & 0x3FU));
    add(0x80U | (point & 0x3FU));
  }
}

// The code point behind "\u", which is taken off `rest`.
std::optional<unsigned> take_point(std::string_view& rest) {
  const auto first = hex4(rest);
  if (!first || *first == 0) return std::nullopt;
  rest.remove_prefix(4);
  if (*first < 0xD800 || *first > 0xDFFF) return first;
  if (*first > 0xDBFF || !rest.starts_with("\\u")) return std::nullopt;
  const auto second = hex4(rest.substr(2));
  if (!second || *second < 0xDC00 || *second > 0xDFFF) return std::nullopt;
  rest.remove_prefix(6);
  return 0x10000 + ((*first - 0xD800) << 10U) + (*second - 0xDC00);
}

char unescaped(char character) {
  switch (character) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return character;
  }
}

constexpr std::uint8_t kNoDigit = 0xFF;

constexpr std::array<std::uint8_t, 256> kBase64 = [] {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<std::uint8_t, 256> table{};
  table.fill(kNoDigit);
  for (std::size_t index = 0; index < kAlphabet.size(); ++index)
    table[static_cast<unsigned char>(kAlphabet[index])] = static_cast<std::uint8_t>(index);
  return table;
}();

}  // namespace

bool for_each_member(std::string_view text,
                     const std::function<void(std::string_view, std::string_view)>& visit) {
  Walk walk(text, 0);
  walk.skip_space();
  if (!walk.take('{')) return false;
  walk.skip_space();
  bool open = !walk.take('}');
  while (open) {
    walk.skip_space();
    const std::size_t name_at = walk.at();
    if (!walk.string()) return false;
    const std::string_view name = text.substr(name_at + 1, walk.at() - name_at - 2);
    walk.skip_space();
    if (!walk.take(':')) return false;
    walk.skip_space();
    const std::size_t value_at = walk.at();
    if (!walk.value(kJsonDepthMax - 1)) return false;
    visit(name, text.substr(value_at, walk.at() - value_at));
    walk.skip_space();
    open = !walk.take('}');
    if (open && !walk.take(',')) return false;
  }
  walk.skip_space();
  return walk.at() == text.size();
}

std::optional<std::string> json_text(std::string_view raw, std::size_t bytes_max) {
  if (!is_string(raw)) return std::nullopt;
  std::string_view rest = raw.substr(1, raw.size() - 2);
  std::string text;
  while (!rest.empty()) {
    const char character = rest.front();
    rest.remove_prefix(1);
    if (character != '\\') {
      text += character;
    } else if (rest.starts_with('u')) {
      rest.remove_prefix(1);
      const auto point = take_point(rest);
      if (!point) return std::nullopt;
      append_utf8(text, *point);
    } else if (!rest.empty()) {
      text += unescaped(rest.front());
      rest.remove_prefix(1);
    }
    if (text.size() > bytes_max) return std::nullopt;
  }
  return text;
}

std::string_view json_plain(std::string_view raw) {
  if (!is_string(raw) || raw.contains('\\')) return {};
  return raw.substr(1, raw.size() - 2);
}

std::optional<std::uint32_t> json_count(std::string_view raw) {
  if (is_string(raw)) raw = raw.substr(1, raw.size() - 2);
  std::uint32_t count = 0;
  const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), count);
  if (error != std::errc() || end != raw.data() + raw.size()) return std::nullopt;
  return count;
}

bool json_base64(std::string_view raw, std::size_t bytes_max, std::vector<std::uint8_t>& bytes) {
  bytes.clear();
  if (!is_string(raw)) return false;
  std::uint32_t bits = 0;
  std::size_t digits = 0;
  std::size_t padding = 0;
  for (std::size_t at = 1; at + 1 < raw.size(); ++at) {
    if (raw[at] == '\\' && raw[at + 1] == '/') ++at;
    if (raw[at] == '=') {
      ++padding;
      continue;
    }
    const std::uint8_t digit = kBase64[static_cast<unsigned char>(raw[at])];
    if (digit == kNoDigit || padding > 0) return false;
    bits = bits << 6U | digit;
    ++digits;
    if (digits % 4 == 1) continue;  // six bits are no byte yet
    if (bytes.size() == bytes_max) return false;
    constexpr std::array<unsigned, 4> kSpare{0, 0, 4, 2};  // bits behind the byte, by digits % 4
    bytes.push_back(static_cast<std::uint8_t>(bits >> kSpare[digits % 4]));
  }
  // The form is canonical: exact padding, and nothing in the bits that stand for no byte.
  if ((digits + padding) % 4 != 0 || padding > 2 || (padding > 0 && digits == 0)) return false;
  const unsigned left = padding == 1 ? 2U : padding == 2 ? 4U : 0U;
  return (bits & ((1U << left) - 1U)) == 0;
}

}  // namespace antiphon
