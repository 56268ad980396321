// Boost.JSON's event parser fills our Value: its own DOM keeps the last of two equal keys silently,
// and its doubles may be off by one unit in the last place, so that text would not be stable when
// it is read and written again.
#include "core/utf8.h"
#include "json/value.h"

#include <boost/json/basic_parser_impl.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace antiphon::json {

namespace {

class Builder {
 public:
  // Names that Boost.JSON asks for.
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  using Code = boost::json::error_code;
  using Piece = boost::json::string_view;

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_object_begin(Code&) { return open(Object{}); }
  bool on_object_end(std::size_t, Code&) {
    refuse_repeated_keys();
    return close();
  }
  bool on_array_begin(Code&) { return open(Array{}); }
  bool on_array_end(std::size_t, Code&) { return close(); }
  bool on_key_part(Piece piece, std::size_t, Code&) { return gather(piece); }
  bool on_key(Piece piece, std::size_t, Code&) {
    gather(piece);
    stack_.back().key = take_text();
    return true;
  }
  bool on_string_part(Piece piece, std::size_t, Code&) { return gather(piece); }
  bool on_string(Piece piece, std::size_t, Code&) {
    gather(piece);
    return add(take_text());
  }
  bool on_number_part(Piece piece, Code&) { return gather(piece); }
  bool on_int64(std::int64_t number, Piece, Code&) {
    text_.clear();
    return add(number);
  }
  bool on_uint64(std::uint64_t, Piece piece, Code&) { return add_double(piece, 0); }
  bool on_double(double estimate, Piece piece, Code&) { return add_double(piece, estimate); }
  bool on_bool(bool value, Code&) { return add(value); }
  bool on_null(Code&) { return add(nullptr); }
  bool on_comment_part(Piece, Code&) { return true; }
  bool on_comment(Piece, Code&) { return true; }

  [[nodiscard]] Value take_document() { return std::move(document_); }
  [[nodiscard]] std::vector<FieldError> take_issues() { return std::move(issues_); }

 private:
  struct Frame {
    Value container;
    std::string key;  // of the member being read
  };

  bool gather(Piece piece) {
    text_.append(piece.data(), piece.size());
    return true;
  }

  std::string take_text() { return std::exchange(text_, {}); }

  bool open(Value container) {
    stack_.push_back({std::move(container), {}});
    return true;
  }

  bool close() {
    Value finished = std::move(stack_.back().container);
    stack_.pop_back();
    return add(std::move(finished));
  }

  bool add(Value value) {
    if (stack_.empty()) {
      document_ = std::move(value);
    } else if (Array* array = stack_.back().container.if_array()) {
      array->push_back(std::move(value));
    } else {
      stack_.back().container.if_object()->push_back(
          {std::move(stack_.back().key), std::move(value)});
    }
    return true;
  }

  bool add_double(Piece piece, double estimate) {
    gather(piece);
    const std::string digits = take_text();
    double number = 0;
    const auto outcome = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    // Out of range is also what is too small, which is 0; from_chars does not say which.
    if (outcome.ec == std::errc::result_out_of_range && std::abs(estimate) > 1) {
      refuse(here(), "is a number too large to hold");
    }
    return add(number);
  }

  void refuse_repeated_keys() {
    const Object& object = *stack_.back().container.if_object();
    std::vector<std::string_view> keys;
    keys.reserve(object.size());
    for (const Member& member : object)
      keys.emplace_back(member.key);
    std::ranges::sort(keys);
    const std::string pointer = keys.size() > 1 ? pointer_of_frames() : std::string();
    for (auto at = std::ranges::adjacent_find(keys); at != keys.end();
         at = std::adjacent_find(at, keys.end())) {
      const std::string_view key = *at;
      refuse(pointer_to(pointer, key), "must appear only once");
      at = std::find_if(at, keys.end(), [key](std::string_view other) { return other != key; });
    }
  }

  // The container that is open, without the member being read inside it.
  [[nodiscard]] std::string pointer_of_frames() const {
    std::string pointer;
    for (std::size_t depth = 0; depth + 1 < stack_.size(); ++depth) {
      pointer = pointer_to(pointer, step_of(stack_[depth]));
    }
    return pointer;
  }

  [[nodiscard]] std::string here() const {
    if (stack_.empty()) return "";
    return pointer_to(pointer_of_frames(), step_of(stack_.back()));
  }

  static std::string step_of(const Frame& frame) {
    if (const Array* array = frame.container.if_array()) return std::to_string(array->size());
    return frame.key;
  }

  void refuse(std::string pointer, std::string message) {
    if (issues_.size() < kIssuesMax) issues_.push_back({std::move(pointer), std::move(message)});
  }

  Value document_;
  std::vector<Frame> stack_;
  std::string text_;  // pieces of the key, string or number being read
  std::vector<FieldError> issues_;
};

std::string place(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::ranges::count(before, '\n') + 1;
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return fmt::format("line {} column {}", line, utf8_length(before.substr(line_start)) + 1);
}

std::string explain(const boost::json::error_code& code, std::string_view text,
                    std::size_t offset) {
  using boost::json::error;
  if (code == error::incomplete) return "ends before the JSON document is complete";
  if (code == error::too_deep) {
    return fmt::format("is nested deeper than {} levels at {}", kDepthMax, place(text, offset));
  }
  if (code == error::extra_data) {
    return fmt::format("has more after the JSON document at {}", place(text, offset));
  }
  return fmt::format("is not valid JSON at {}", place(text, offset));
}

std::unexpected<Error> not_json(std::string message) {
  std::vector<FieldError> fields{{"", std::move(message)}};
  return failure(ErrorCode::protocol_error, "the text is not a JSON document", std::move(fields));
}

std::size_t first_invalid_utf8(std::string_view text) {
  std::size_t offset = 0;
  while (offset < text.size()) {
    const std::size_t length = utf8_sequence_length(text.substr(offset));
    if (length == 0) return offset;
    offset += length;
  }
  return offset;
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

Result<Value> parse(std::string_view text) {
  if (is_blank(text)) return not_json("is empty; send a JSON document");
  if (const std::size_t bad = first_invalid_utf8(text); bad != text.size()) {
    return not_json(fmt::format("is not valid UTF-8 at {}", place(text, bad)));
  }
  boost::json::parse_options options;
  options.max_depth = kDepthMax;
  options.allow_invalid_utf8 = true;  // checked above, with the place
  boost::json::basic_parser<Builder> parser(options);
  boost::json::error_code code;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), code);
  if (!code && used < text.size()) code = boost::json::error::extra_data;
  if (code) return not_json(explain(code, text, used));
  Value document = parser.handler().take_document();
  if (auto issues = parser.handler().take_issues(); !issues.empty()) {
    return failure(ErrorCode::invalid_argument, "the JSON document has fields that are refused",
                   std::move(issues));
  }
  return document;
}

}  // namespace antiphon::json
