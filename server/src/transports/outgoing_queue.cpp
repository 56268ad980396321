#include "transports/outgoing_queue.h"

#include <utility>

namespace antiphon {

OutgoingQueue::Item& OutgoingQueue::append() {
  Item& item = slots_[(first_ + count_) % kSlots];
  ++count_;
  return item;
}

bool OutgoingQueue::push_frame(const AudioFrame& frame) {
  if (count_ == kSlots) return false;
  Item& item = append();
  item.kind = Item::Kind::frame;
  item.samples = frame.samples;
  return true;
}

bool OutgoingQueue::push_notice(std::string notice) {
  if (count_ == kSlots) drop_frames();
  if (count_ == kSlots) return false;
  Item& item = append();
  item.kind = Item::Kind::notice;
  item.notice = std::move(notice);
  return true;
}

void OutgoingQueue::drop_frames() {
  const std::size_t before = std::exchange(count_, 0);
  for (std::size_t index = 0; index < before; ++index) {
    Item& item = slots_[(first_ + index) % kSlots];
    if (item.kind == Item::Kind::frame) continue;
    Item& kept = append();
    if (&kept == &item) continue;
    kept.kind = Item::Kind::notice;
    kept.notice = std::move(item.notice);
  }
}

void OutgoingQueue::pop() {
  slots_[first_].notice.clear();
  first_ = (first_ + 1) % kSlots;
  --count_;
}

}  // namespace antiphon
