// What a call sends to its client, in order: frames and notices, in slots made once.
//
// Limits  kSlots wait. A frame that finds none free is dropped and counted; a notice takes the slot
//         of the oldest frame (there are always fewer notices than slots: see push_notice).
// Thread  the session's executor. push_frame allocates nothing.
#pragma once

#include "core/audio_frame.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace antiphon {

class OutgoingQueue {
 public:
  static constexpr std::size_t kSlots = 128;

  struct Item {
    enum class Kind : std::uint8_t { frame, notice };
    Kind kind = Kind::frame;
    std::array<Sample, kFrameSamples.value()> samples{};
    std::string notice;
  };

  OutgoingQueue() : slots_(kSlots) {}

  // False: dropped.
  bool push_frame(const AudioFrame& frame);
  // False: every slot holds a notice the client has not read; it is beyond help.
  bool push_notice(std::string notice);
  void drop_frames();

  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] const Item& front() const { return slots_[first_]; }
  void pop();

 private:
  Item& append();

  std::vector<Item> slots_;
  std::size_t first_ = 0;
  std::size_t count_ = 0;
};

}  // namespace antiphon
