#include "core/log.h"

#include "core/utf8.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <unistd.h>

#include <cmath>
#include <iterator>

namespace antiphon {

namespace {

constexpr std::string_view kCutMark = ",\"cut\":true";
constexpr std::size_t kLineMax = 8 * 1024 - kCutMark.size() - std::string_view("}\n").size();

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
  }
  return "error";
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const std::size_t length = utf8_sequence_length(text);
    if (length == 0) {
      out += "\\ufffd";
      text.remove_prefix(1);
      continue;
    }
    const auto byte = static_cast<unsigned char>(text.front());
    if (byte == '"' || byte == '\\') {
      out += '\\';
      out += text.front();
    } else if (byte < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  out += '"';
}

void LogField::append_json(std::string& line) const {
  append_json_string(line, name_);
  line += ':';
  if (const auto* text = std::get_if<std::string_view>(&value_)) {
    append_json_string(line, *text);
  } else if (const auto* integer = std::get_if<std::int64_t>(&value_)) {
    line += fmt::to_string(*integer);
  } else if (const auto* count = std::get_if<std::uint64_t>(&value_)) {
    line += fmt::to_string(*count);
  } else if (const auto* real = std::get_if<double>(&value_)) {
    line += std::isfinite(*real) ? fmt::format("{:.6g}", *real) : "null";
  } else {
    line += std::get<bool>(value_) ? "true" : "false";
  }
}

void Log::write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (level < least_) return;
  const auto now = std::chrono::floor<std::chrono::milliseconds>(clock_.wall());
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  std::string line =
      fmt::format("{{\"time\":\"{:%Y-%m-%dT%H:%M:%S}.{:03}Z\",\"level\":\"{}\",\"event\":",
                  fmt::gmtime(std::chrono::system_clock::to_time_t(second)), (now - second).count(),
                  name_of(level));
  append_json_string(line, event);
  for (const LogField& field : fields) {
    const std::size_t before = line.size();
    line += ',';
    field.append_json(line);
    if (line.size() > kLineMax) {
      line.resize(before);
      line += kCutMark;
      break;
    }
  }
  line += "}\n";
  // A full pipe or disk loses a log line, never a call.
  [[maybe_unused]] const ssize_t written = ::write(file_descriptor_, line.data(), line.size());
}

}  // namespace antiphon
