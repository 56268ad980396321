// Watches the frames of a WebSocket go by and counts what a message consists of. Beast reassembles
// messages and hides their frames, so a flood of empty fragments is visible only here.
//
// Input   inspect() takes the bytes from the peer after the handshake, in any pieces.
// Limits  none; the owner compares the counts. Malformed frames are left to the library behind it.
// Source  RFC 6455 section 5.2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace antiphon {

class WebSocketFrames {
 public:
  void inspect(std::string_view bytes);

  // Frames of the data message that is arriving, or arrived last.
  [[nodiscard]] std::uint32_t fragments() const { return fragments_; }
  // The most that any message had so far.
  [[nodiscard]] std::uint32_t fragments_max() const { return fragments_max_; }

 private:
  void begin_frame();

  std::uint32_t fragments_ = 0;
  std::uint32_t fragments_max_ = 0;
  bool is_final_ = true;       // the last data frame ended its message
  std::uint64_t payload_ = 0;  // bytes of the frame that are still to come
  std::size_t header_bytes_ = 0;
  std::size_t header_size_ = 2;  // grows when the first two bytes are known
  std::uint8_t header_[14] = {};
};

}  // namespace antiphon
