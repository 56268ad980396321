#include "json/value.h"

#include "core/utf8.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <iterator>
#include <map>

namespace antiphon::json {

namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::size_t kStepMax = 80;

void append_escape(std::string& out, char character) {
  switch (character) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  const auto byte = static_cast<unsigned char>(character);
  out += "\\u00";
  out += kHexDigits[byte >> 4U];
  out += kHexDigits[byte & 0x0FU];
}

bool is_plain_ascii(char character) {
  const auto byte = static_cast<unsigned char>(character);
  return byte >= 0x20 && byte < 0x80 && byte != '"' && byte != '\\';
}

class Printer {
 public:
  Printer(std::string& out, bool pretty) : out_(out), pretty_(pretty) {}

  void print(const Value& value) {
    if (const bool* boolean = value.if_bool()) {
      out_ += *boolean ? "true" : "false";
    } else if (const std::int64_t* integer = value.if_integer()) {
      append_number(out_, *integer);
    } else if (const double* number = value.if_double()) {
      append_number(out_, *number);
    } else if (const std::string* text = value.if_text()) {
      append_text(out_, *text);
    } else if (const Array* array = value.if_array()) {
      print_all('[', *array, ']', [this](const Value& item) { print(item); });
    } else if (const Object* object = value.if_object()) {
      print_all('{', *object, '}', [this](const Member& member) {
        append_text(out_, member.key);
        out_ += pretty_ ? ": " : ":";
        print(member.value);
      });
    } else {
      out_ += "null";
    }
  }

 private:
  template <class Items, class Print>
  void print_all(char open, const Items& items, char close, Print print_item) {
    out_ += open;
    ++depth_;
    bool first = true;
    for (const auto& item : items) {
      if (!first) out_ += ',';
      first = false;
      break_line();
      print_item(item);
    }
    --depth_;
    if (!first) break_line();
    out_ += close;
  }

  void break_line() {
    if (!pretty_) return;
    out_ += '\n';
    out_.append(2 * depth_, ' ');
  }

  std::string& out_;
  const bool pretty_;
  std::size_t depth_ = 0;
};

}  // namespace

Value::Value() = default;
Value::Value(std::nullptr_t) {}
Value::Value(bool value) : data_(value) {}
Value::Value(std::int64_t value) : data_(value) {}
Value::Value(int value) : data_(static_cast<std::int64_t>(value)) {}
Value::Value(std::size_t value) : data_(static_cast<std::int64_t>(value)) {}
Value::Value(double value) : data_(value) {}
Value::Value(std::string value) : data_(std::move(value)) {}
Value::Value(std::string_view value) : data_(std::string(value)) {}
Value::Value(const char* value) : data_(std::string(value)) {}
Value::Value(Array value) : data_(std::move(value)) {}
Value::Value(Object value) : data_(std::move(value)) {}
Value::Value(const Value&) = default;
Value::Value(Value&&) noexcept = default;
Value& Value::operator=(const Value&) = default;
Value& Value::operator=(Value&&) noexcept = default;
Value::~Value() = default;

bool Value::operator==(const Value&) const = default;

const Value* Value::find(std::string_view key) const {
  const Object* object = if_object();
  if (object == nullptr) return nullptr;
  const auto found = std::ranges::find(*object, key, &Member::key);
  return found == object->end() ? nullptr : &found->value;
}

Value* Value::find(std::string_view key) {
  Object* object = if_object();
  if (object == nullptr) return nullptr;
  const auto found = std::ranges::find(*object, key, &Member::key);
  return found == object->end() ? nullptr : &found->value;
}

void append_text(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const auto plain =
        static_cast<std::size_t>(std::ranges::find_if_not(text, is_plain_ascii) - text.begin());
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const std::size_t length = utf8_sequence_length(text);
    if (length == 0) {
      out += "\\ufffd";
    } else if (length == 1) {
      append_escape(out, text.front());
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  out += '"';
}

void append_number(std::string& out, std::int64_t number) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void append_number(std::string& out, double number) {
  if (!std::isfinite(number)) {
    out += "null";
    return;
  }
  if (number == 0) return append_number(out, std::int64_t{0});  // -0 would come back as 0
  std::array<char, 40> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

std::string write(const Value& value) {
  std::string out;
  Printer(out, false).print(value);
  return out;
}

std::string write_pretty(const Value& value) {
  std::string out;
  Printer(out, true).print(value);
  out += '\n';
  return out;
}

void merge_into(Value& target, Value patch) {
  Object* changes = patch.if_object();
  if (changes == nullptr) {
    target = std::move(patch);
    return;
  }
  if (target.if_object() == nullptr) target = Object{};
  Object& members = *target.if_object();
  // Sorted once: a patch of a hundred thousand members must not cost their square.
  std::map<std::string_view, std::size_t> positions;
  for (std::size_t index = 0; index < members.size(); ++index) {
    positions.emplace(members[index].key, index);
  }
  std::vector<bool> removed(members.size(), false);
  Object added;
  for (Member& change : *changes) {
    const auto position = positions.find(change.key);
    if (position == positions.end()) {
      if (change.value.is_null()) continue;
      added.push_back({std::move(change.key), nullptr});
      merge_into(added.back().value, std::move(change.value));
    } else if (change.value.is_null()) {
      removed[position->second] = true;
    } else {
      merge_into(members[position->second].value, std::move(change.value));
    }
  }
  Object merged;
  merged.reserve(members.size() + added.size());
  for (std::size_t index = 0; index < members.size(); ++index) {
    if (!removed[index]) merged.push_back(std::move(members[index]));
  }
  std::ranges::move(added, std::back_inserter(merged));
  members = std::move(merged);
}

std::string pointer_to(std::string_view pointer, std::string_view step) {
  std::string whole(pointer);
  whole += '/';
  std::size_t taken = 0;
  while (taken < step.size() && taken < kStepMax) {
    const std::size_t length = std::max<std::size_t>(utf8_sequence_length(step.substr(taken)), 1);
    if (step[taken] == '~') {
      whole += "~0";
    } else if (step[taken] == '/') {
      whole += "~1";
    } else {
      whole += step.substr(taken, length);
    }
    taken += length;
  }
  if (taken < step.size()) whole += "…";
  return whole;
}

}  // namespace antiphon::json
