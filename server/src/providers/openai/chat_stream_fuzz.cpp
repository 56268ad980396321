// Any events: the reader keeps its limits, and what it has given out is text that came in.
#include "providers/openai/chat_stream.h"

#include "wire/sse.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  antiphon::SseParser parser(16 * 1024);
  if (!parser.feed({reinterpret_cast<const char*>(data), size})) return 0;
  antiphon::openai::ChatReader reader;
  std::size_t given = 0;
  while (const auto event = parser.pop()) {
    if (!reader.take(event->data)) break;
    given += reader.take_text().size();
  }
  if (given > size || given > antiphon::openai::ChatReader::kTextMax) std::abort();
  if (reader.tool_calls().size() > antiphon::openai::ChatReader::kCallsMax) std::abort();
  return 0;
}
