// Any bytes are audio or refused; what is read is never longer than an hour.
#include "dsp/audio_file.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  const auto audio = antiphon::read_audio(bytes);
  if (audio && (audio->empty() || audio->size() > std::size_t{3'600} * 16'000)) std::abort();
  return 0;
}
