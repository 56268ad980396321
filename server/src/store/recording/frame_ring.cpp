#include "store/recording/frame_ring.h"

#include <algorithm>

namespace antiphon {

bool FrameRing::push(RecordedSide side, Timepoint at, std::span<const Sample> samples) noexcept {
  const std::uint32_t written = written_.load(std::memory_order_relaxed);
  if (written - read_.load(std::memory_order_acquire) >= kSlots) {
    dropped_.fetch_add(samples.size(), std::memory_order_relaxed);
    return false;
  }
  RecordedFrame& slot = (*slots_)[written % kSlots];
  const std::size_t count = std::min(samples.size(), slot.samples.size());
  slot.at = at;
  slot.side = side;
  slot.count = static_cast<std::uint16_t>(count);
  std::ranges::copy(samples.first(count), slot.samples.begin());
  written_.store(written + 1, std::memory_order_release);
  return true;
}

const RecordedFrame* FrameRing::front() const noexcept {
  const std::uint32_t read = read_.load(std::memory_order_relaxed);
  if (read == written_.load(std::memory_order_acquire)) return nullptr;
  return &(*slots_)[read % kSlots];
}

void FrameRing::pop() noexcept {
  read_.store(read_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
}

}  // namespace antiphon
