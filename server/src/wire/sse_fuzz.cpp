// Any bytes, whole and one by one, give the same events; what is written is read back.
#include "wire/sse.h"

#include <cstdlib>
#include <vector>

namespace {

std::vector<antiphon::SseEvent> events_of(std::string_view bytes, std::size_t step) {
  antiphon::SseParser parser(1024);
  std::vector<antiphon::SseEvent> events;
  for (std::size_t i = 0; i < bytes.size(); i += step) {
    const bool is_fine = parser.feed(bytes.substr(i, step)).has_value();
    while (auto event = parser.pop())
      events.push_back(std::move(*event));
    if (!is_fine) break;
  }
  return events;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.empty()) return 0;
  if (events_of(bytes, bytes.size()) != events_of(bytes, 1)) std::abort();
  std::string written;
  antiphon::append_sse_event(written, bytes.substr(0, size / 4), bytes.substr(size / 4));
  const auto read = events_of(written, 7);
  if (written.size() < 1024 && read.size() != 1) std::abort();
  return 0;
}
