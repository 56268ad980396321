// text/event-stream, read and written.
//
// Input   feed() takes bytes in any pieces; lines end with LF, CRLF or CR.
// Output  pop() yields complete events; comments and events without data are skipped.
// Limits  one event (its lines together) is at most `event_bytes_max`.
// Errors  feed: too_large; the parser is of no use after it.
// Source  HTML Living Standard section 9.2.6.
#pragma once

#include "core/result.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace antiphon {

struct SseEvent {
  std::string type = "message";
  std::string data;
  std::string id;  // the last one seen, which is what a reconnect sends as Last-Event-ID

  bool operator==(const SseEvent&) const = default;
};

class SseParser {
 public:
  explicit SseParser(std::size_t event_bytes_max = 256 * 1024)
      : event_bytes_max_(event_bytes_max) {}

  Result<> feed(std::string_view bytes);
  [[nodiscard]] std::optional<SseEvent> pop();

 private:
  void take_line();
  void dispatch();

  std::size_t event_bytes_max_;
  std::size_t event_bytes_ = 0;
  std::string line_;
  std::string type_;
  std::string data_;
  std::string id_;
  bool has_data_ = false;
  bool is_first_line_ = true;
  bool after_return_ = false;  // the last byte was CR: an LF now belongs to it
  std::deque<SseEvent> events_;
};

// Appends one event. Line breaks in `data` become several data lines; in `type` and `id` they are
// dropped.
void append_sse_event(std::string& out, std::string_view type, std::string_view data,
                      std::string_view id = {});
// A line that clients skip: keeps proxies and dead-peer detection awake.
inline constexpr std::string_view kSseHeartbeat = ": keep-alive\n\n";

}  // namespace antiphon
