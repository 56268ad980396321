#include "core/bounded.h"

#include "core/utf8.h"

#include <fmt/format.h>

#include <limits>

namespace antiphon {

namespace {

std::string range_rule(std::string_view noun, std::string_view unit, std::size_t min,
                       std::size_t max) {
  const std::string_view plural = max == 1 ? "" : "s";
  if (min == max) return fmt::format("must be {} of {} {}{}", noun, max, unit, plural);
  if (max == std::numeric_limits<std::size_t>::max()) {
    if (min == 0) return fmt::format("must be {}", noun);
    return fmt::format("must be {} of at least {} {}{}", noun, min, unit, min == 1 ? "" : "s");
  }
  if (min == 0) return fmt::format("must be {} of at most {} {}{}", noun, max, unit, plural);
  return fmt::format("must be {} of {} to {} {}{}", noun, min, max, unit, plural);
}

}  // namespace

std::string text_rule(std::size_t length_min, std::size_t length_max) {
  return range_rule("a string", "character", length_min, length_max);
}

std::string integer_rule(std::int64_t min, std::int64_t max) {
  const bool has_min = min != std::numeric_limits<std::int64_t>::min();
  const bool has_max = max != std::numeric_limits<std::int64_t>::max();
  if (has_min && has_max) return fmt::format("must be an integer from {} to {}", min, max);
  if (has_min) return fmt::format("must be an integer of at least {}", min);
  if (has_max) return fmt::format("must be an integer of at most {}", max);
  return "must be an integer";
}

std::string number_rule(double min, double max) {
  if (min <= std::numeric_limits<double>::lowest() && max >= std::numeric_limits<double>::max()) {
    return "must be a number";
  }
  return fmt::format("must be a number from {} to {}", min, max);
}

std::string list_rule(std::size_t size_min, std::size_t size_max) {
  return range_rule("an array", "item", size_min, size_max);
}

std::optional<std::string> text_fault(std::string_view text, std::size_t length_min,
                                      std::size_t length_max) {
  if (!is_valid_utf8(text)) return "must be valid UTF-8";
  if (text.find('\0') != std::string_view::npos) return "must not contain a NUL character";
  const std::size_t length = utf8_length(text);
  if (length < length_min || length > length_max) return text_rule(length_min, length_max);
  return std::nullopt;
}

std::unexpected<Error> refused(std::string message) {
  std::vector<FieldError> fields{{"", message}};
  return failure(ErrorCode::invalid_argument, std::move(message), std::move(fields));
}

}  // namespace antiphon
