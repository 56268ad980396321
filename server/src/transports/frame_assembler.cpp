#include "transports/frame_assembler.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace antiphon {

static_assert(std::endian::native == std::endian::little, "samples are copied as they arrive");

Result<> FrameAssembler::check(std::string_view bytes, Timepoint now) {
  if (bytes.size() > kPieceMax) {
    return failure(ErrorCode::too_large, "a message holds at most 6,400 bytes of audio");
  }
  if (bytes.empty() || bytes.size() % sizeof(Sample) != 0) {
    return failure(ErrorCode::invalid_argument, "audio is whole samples of two bytes");
  }
  const auto samples = static_cast<std::int64_t>(bytes.size() / sizeof(Sample));
  const Duration duration = std::chrono::nanoseconds(samples * 1'000'000'000 / kEngineRate.value());
  spoken_until_ = std::max(spoken_until_, now) + duration;
  if (spoken_until_ > now + kAheadMax) {
    return failure(ErrorCode::resource_exhausted, "audio arrives faster than it can be spoken");
  }
  return {};
}

std::string_view FrameAssembler::fill(std::string_view bytes) {
  const std::size_t wanted = kFrameSamples.value() - filled_;
  const std::size_t count = std::min(wanted, bytes.size() / sizeof(Sample));
  std::memcpy(&frame_.samples[filled_], bytes.data(), count * sizeof(Sample));
  filled_ += count;
  return bytes.substr(count * sizeof(Sample));
}

}  // namespace antiphon
