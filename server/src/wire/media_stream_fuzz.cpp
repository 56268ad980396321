// Any text in any dialect: what is read keeps its limits, and what we write of it is JSON.
#include "wire/media_stream.h"

#include "core/check.h"
#include "wire/json_members.h"

#include <string>

using namespace antiphon;

namespace {

bool is_object(std::string_view text) {
  return for_each_member(text, [](auto, auto) {});
}

void read_as(StreamDialect dialect, std::string_view text) {
  StreamMessage message;
  if (!read_stream_message(dialect, text, message)) return;
  CHECK(is_object(text), "a message is an object");
  CHECK(message.audio.size() <= kStreamAudioMax, "sound is bounded");
  std::string written;
  write_stream_media(dialect, "MZ1", message.audio, written);
  CHECK(is_object(written), "what is written is an object");
  if (message.event != StreamEvent::start) return;
  CHECK(message.start.parameters.size() <= kStreamParametersMax, "parameters are bounded");
  written.clear();
  write_stream_mark(dialect, message.start.stream_id, "m1", written);
  CHECK(is_object(written), "an id needs no escape");
  written.clear();
  write_stream_clear(dialect, message.start.stream_id, written);
  CHECK(is_object(written), "an id needs no escape");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const StreamDialect dialect :
       {StreamDialect::twilio, StreamDialect::telnyx, StreamDialect::plivo})
    read_as(dialect, text);
  return 0;
}
