// What a client may send on the audio socket: any text, and audio cut in any way.
#include "core/check.h"
#include "transports/client_message.h"
#include "transports/frame_assembler.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

using namespace antiphon;

namespace {

void read_as_text(std::string_view text) {
  const auto message = parse_client_message(text);
  if (!message) return;
  const auto* typed = std::get_if<TypedMessage>(&*message);
  CHECK(typed == nullptr || !typed->text.empty(), "an empty text is refused");
}

// The first byte of a piece says how long it is; frames must hold exactly the pieces that were
// taken, in order.
void read_as_audio(std::string_view rest) {
  using namespace std::chrono_literals;
  FrameAssembler assembler;
  std::string taken;
  std::string frames;
  Timepoint now{1h};
  while (!rest.empty()) {
    const auto wanted = static_cast<std::size_t>(static_cast<unsigned char>(rest.front()));
    rest.remove_prefix(1);
    const std::string_view piece = rest.substr(0, wanted * 4);
    rest.remove_prefix(piece.size());
    const auto pushed = assembler.push(piece, now, [&frames](const AudioFrame& frame) {
      frames.append(reinterpret_cast<const char*>(frame.samples.data()), sizeof(frame.samples));
    });
    if (pushed) taken += piece;
    CHECK(pushed.has_value() == (!piece.empty() && piece.size() % 2 == 0),
          "whole samples at real time are taken");
    now += 200ms;
  }
  constexpr std::size_t kFrameBytes = kFrameSamples.value() * sizeof(Sample);
  CHECK(frames == taken.substr(0, taken.size() / kFrameBytes * kFrameBytes),
        "frames are what was taken");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string input(size, '\0');
  std::ranges::copy(std::span(data, size), input.begin());
  read_as_text(input);
  read_as_audio(input);
  return 0;
}
