#include "wire/sse.h"

namespace antiphon {

namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

void append_single_line(std::string& out, std::string_view text) {
  for (const char letter : text) {
    if (letter != '\r' && letter != '\n' && letter != '\0') out += letter;
  }
}

}  // namespace

Result<> SseParser::feed(std::string_view bytes) {
  for (const char letter : bytes) {
    const bool ends_pair = after_return_ && letter == '\n';
    after_return_ = letter == '\r';
    if (ends_pair) continue;
    if (letter == '\r' || letter == '\n') {
      take_line();
      continue;
    }
    if (++event_bytes_ > event_bytes_max_) {
      return failure(ErrorCode::too_large, "an event of the stream is over the limit");
    }
    line_ += letter;
  }
  return {};
}

void SseParser::take_line() {
  std::string_view line = line_;
  if (is_first_line_ && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
  is_first_line_ = false;
  if (line.empty()) {
    dispatch();
  } else if (!line.starts_with(':')) {
    const auto colon = line.find(':');
    const auto name = line.substr(0, colon);
    auto value = colon == std::string_view::npos ? std::string_view{} : line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (name == "event") {
      type_ = value;
    } else if (name == "data") {
      if (has_data_) data_ += '\n';
      data_ += value;
      has_data_ = true;
    } else if (name == "id" && !value.contains('\0')) {
      id_ = value;
    }
  }
  line_.clear();
}

void SseParser::dispatch() {
  if (has_data_) {
    SseEvent event{.type = "message", .data = std::move(data_), .id = id_};
    if (!type_.empty()) event.type = std::move(type_);
    events_.push_back(std::move(event));
  }
  type_.clear();
  data_.clear();
  has_data_ = false;
  event_bytes_ = 0;
}

std::optional<SseEvent> SseParser::pop() {
  if (events_.empty()) return std::nullopt;
  std::optional<SseEvent> event(std::move(events_.front()));
  events_.pop_front();
  return event;
}

void append_sse_event(std::string& out, std::string_view type, std::string_view data,
                      std::string_view id) {
  if (!id.empty()) {
    out += "id: ";
    append_single_line(out, id);
    out += '\n';
  }
  if (!type.empty() && type != "message") {
    out += "event: ";
    append_single_line(out, type);
    out += '\n';
  }
  while (true) {
    const auto end = data.find_first_of("\r\n");
    out += "data: ";
    out += data.substr(0, end);
    out += '\n';
    if (end == std::string_view::npos) break;
    data.remove_prefix(end + (data.substr(end).starts_with("\r\n") ? 2 : 1));
  }
  out += '\n';
}

}  // namespace antiphon
