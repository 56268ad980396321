// Frames of one call from its media thread to the recorder thread: one writer, one reader, no lock.
//
// Limits  kSlots frames, 1.2 s of both channels; push() on a full ring refuses and counts.
// Thread  push(): one; pop(): another. dropped(): any.
#pragma once

#include "core/audio_frame.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>

namespace antiphon {

enum class RecordedSide : std::uint8_t { caller, agent };

struct RecordedFrame {
  Timepoint at{};
  RecordedSide side = RecordedSide::caller;
  std::uint16_t count = 0;
  std::array<Sample, kFrameSamples.value()> samples{};
};

class FrameRing {
 public:
  static constexpr std::size_t kSlots = 128;

  // False: full, the frame is lost.
  bool push(RecordedSide side, Timepoint at, std::span<const Sample> samples) noexcept;
  // The oldest frame, or null; it stays valid until pop().
  [[nodiscard]] const RecordedFrame* front() const noexcept;
  void pop() noexcept;
  // Samples that push() refused.
  [[nodiscard]] std::uint64_t dropped() const noexcept {
    return dropped_.load(std::memory_order_relaxed);
  }

 private:
  std::unique_ptr<std::array<RecordedFrame, kSlots>> slots_ =
      std::make_unique<std::array<RecordedFrame, kSlots>>();
  // Apart, so that the two threads do not share a cache line.
  alignas(64) std::atomic<std::uint32_t> written_{0};
  alignas(64) std::atomic<std::uint32_t> read_{0};
  std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace antiphon
