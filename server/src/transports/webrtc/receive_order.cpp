#include "transports/webrtc/receive_order.h"

#include "wire/rtp.h"

#include <algorithm>

namespace antiphon {

ReceiveOrder::Held* ReceiveOrder::find(std::uint16_t sequence) {
  const auto found = std::ranges::find_if(
      slots_, [&](const Held& held) { return held.used && held.sequence == sequence; });
  return found == slots_.end() ? nullptr : &*found;
}

std::size_t ReceiveOrder::held() const {
  return static_cast<std::size_t>(std::ranges::count(slots_, true, &Held::used));
}

void ReceiveOrder::reset() {
  for (Held& slot : slots_)
    slot.used = false;
  begun_ = false;
}

bool ReceiveOrder::push(std::uint16_t sequence, std::span<const std::byte> payload) {
  if (payload.size() > kPayloadMax) return false;
  const int ahead = begun_ ? sequence_distance(next_, sequence) : 0;
  // A peer that begins anew is not late for ever.
  if (!begun_ || ahead > kJump || ahead < -kJump) {
    reset();
    begun_ = true;
    next_ = sequence;
  } else if (ahead < 0 || find(sequence) != nullptr) {
    return false;
  }
  const auto free = std::ranges::find(slots_, false, &Held::used);
  if (free == slots_.end()) return false;
  free->used = true;
  free->sequence = sequence;
  free->size = payload.size();
  std::ranges::copy(payload, free->payload.begin());
  return true;
}

std::optional<ReceiveOrder::Next> ReceiveOrder::pop() {
  if (Held* const due = find(next_)) {
    ++next_;
    due->used = false;
    return Next{.lost = false, .payload = std::span(due->payload).first(due->size)};
  }
  if (held() < kHeldMax) return std::nullopt;
  ++next_;
  const Held* const successor = find(next_);
  if (successor == nullptr) return Next{.lost = true, .payload = {}};
  return Next{.lost = true, .payload = std::span(successor->payload).first(successor->size)};
}

}  // namespace antiphon
