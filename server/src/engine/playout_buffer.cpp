#include "engine/playout_buffer.h"

#include <algorithm>

namespace antiphon {

void PlayoutBuffer::begin() noexcept {
  written_ = 0;
  taken_ = 0;
  furthest_ = 0;
  finished_ = false;
}

std::size_t PlayoutBuffer::write(std::span<const Sample> samples) {
  if (ring_.empty()) ring_.resize(kCapacity);
  const SampleIndex keep_from = furthest_ > kHistory ? furthest_ - kHistory : 0;
  const std::size_t room = kCapacity - static_cast<std::size_t>(written_ - keep_from);
  const std::size_t accepted = std::min(room, samples.size());
  for (std::size_t at = 0; at < accepted; ++at)
    ring_[written_++ % kCapacity] = samples[at];
  return accepted;
}

bool PlayoutBuffer::take(AudioFrame& frame) noexcept {
  const auto available = static_cast<std::size_t>(written_ - taken_);
  const std::size_t wanted = frame.samples.size();
  if (available == 0 || (available < wanted && !finished_)) return false;
  const std::size_t count = std::min(available, wanted);
  for (std::size_t at = 0; at < count; ++at)
    frame.samples[at] = ring_[taken_++ % kCapacity];
  std::fill(frame.samples.begin() + static_cast<std::ptrdiff_t>(count), frame.samples.end(),
            Sample{0});
  furthest_ = std::max(furthest_, taken_);
  return true;
}

void PlayoutBuffer::rewind(SampleIndex position) noexcept {
  const SampleIndex oldest = furthest_ > kHistory ? furthest_ - kHistory : 0;
  taken_ = std::clamp(position, std::min(oldest, taken_), taken_);
}

}  // namespace antiphon
