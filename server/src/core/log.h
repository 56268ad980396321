// Structured logs: one JSON object a line, a static event name, fields beside it.
//
//   log.info("call.answered", {{"call", call_id.to_string()}, {"after_ms", 120}});
//
// Limits  a line is cut at 8 KiB. A Sensitive value prints as [redacted]. Never call from the 20 ms
//         path.
// Thread  any; a line is written in one write(2).
#pragma once

#include "core/clock.h"
#include "core/error.h"
#include "core/sensitive.h"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace antiphon {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

class LogField {
 public:
  LogField(std::string_view name, std::string_view value) : name_(name), value_(value) {}
  LogField(std::string_view name, const char* value)
      : name_(name), value_(std::string_view(value)) {}
  LogField(std::string_view name, const std::string& value)
      : name_(name), value_(std::string_view(value)) {}
  template <class Number>
    requires std::is_arithmetic_v<Number>
  LogField(std::string_view name, Number value) : name_(name) {
    if constexpr (std::is_same_v<Number, bool>) {
      value_ = value;
    } else if constexpr (std::is_floating_point_v<Number>) {
      value_ = static_cast<double>(value);
    } else if constexpr (std::is_unsigned_v<Number>) {
      value_ = static_cast<std::uint64_t>(value);
    } else {
      value_ = static_cast<std::int64_t>(value);
    }
  }
  template <class T>
  LogField(std::string_view name, const Sensitive<T>&) : name_(name), value_(kRedacted) {}
  LogField(std::string_view name, const Error& error)
      : name_(name), value_(std::string_view(error.message)) {}

  void append_json(std::string& line) const;

 private:
  std::string_view name_;
  std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool> value_;
};

class Log {
 public:
  // `file_descriptor` is borrowed; 2 is standard error.
  Log(const Clock& clock, int file_descriptor, LogLevel least)
      : clock_(clock), file_descriptor_(file_descriptor), least_(least) {}

  void debug(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::debug, event, fields);
  }
  void info(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::info, event, fields);
  }
  void warning(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::warning, event, fields);
  }
  void error(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::error, event, fields);
  }

 private:
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields);

  const Clock& clock_;
  int file_descriptor_;
  LogLevel least_;
};

// Appends `text` as a JSON string with its quotes; bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);

}  // namespace antiphon
