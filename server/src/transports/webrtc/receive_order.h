// Puts the packets of a stream into order, and waits a little for those that are late.
//
// Input   push(): payloads in the order in which they came; sequence numbers wrap.
// Output  pop(): payloads in sequence; `lost` where one did not come before kHeldMax of its
//         successors had.
// Limits  kHeldMax packets of kPayloadMax bytes wait. A jump of more than kJump begins anew.
// Errors  none. Loss is data.
// Thread  one owner; allocates nothing.
// Source  RFC 3550 appendix A.1.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace antiphon {

class ReceiveOrder {
 public:
  static constexpr std::size_t kHeldMax = 3;  // 60 ms
  static constexpr std::size_t kPayloadMax = 1'300;
  static constexpr int kJump = 50;

  struct Next {
    bool lost = false;
    // Valid until the next push(). Of a lost packet: its successor, if that is here.
    std::span<const std::byte> payload;
  };

  // False: late, seen before, or too long.
  bool push(std::uint16_t sequence, std::span<const std::byte> payload);
  [[nodiscard]] std::optional<Next> pop();
  // Another stream begins.
  void reset();

 private:
  struct Held {
    bool used = false;
    std::uint16_t sequence = 0;
    std::size_t size = 0;
    std::array<std::byte, kPayloadMax> payload{};
  };

  Held* find(std::uint16_t sequence);
  [[nodiscard]] std::size_t held() const;

  // One more than wait: a popped payload stays where it is until the next push().
  std::array<Held, kHeldMax + 2> slots_{};
  std::uint16_t next_ = 0;
  bool begun_ = false;
};

}  // namespace antiphon
