#include "wire/websocket_frames.h"

#include <algorithm>

namespace antiphon {

void WebSocketFrames::inspect(std::string_view bytes) {
  while (!bytes.empty()) {
    if (payload_ > 0) {
      const auto skipped = std::min<std::uint64_t>(payload_, bytes.size());
      payload_ -= skipped;
      bytes.remove_prefix(static_cast<std::size_t>(skipped));
      continue;
    }
    header_[header_bytes_++] = static_cast<std::uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    if (header_bytes_ == 2) {
      const int length = header_[1] & 0x7f;
      const bool is_masked = (header_[1] & 0x80) != 0;
      header_size_ =
          2u + (length == 126 ? 2u : 0u) + (length == 127 ? 8u : 0u) + (is_masked ? 4u : 0u);
    }
    if (header_bytes_ == header_size_) begin_frame();
  }
}

void WebSocketFrames::begin_frame() {
  const int length = header_[1] & 0x7f;
  const std::size_t extended = length == 127 ? 8 : length == 126 ? 2 : 0;
  payload_ = extended == 0 ? static_cast<std::uint64_t>(length) : 0;
  for (std::size_t i = 0; i < extended; ++i)
    payload_ = (payload_ << 8) | header_[2 + i];
  const bool is_control = (header_[0] & 0x08) != 0;
  if (!is_control) {
    if (is_final_) fragments_ = 0;
    is_final_ = (header_[0] & 0x80) != 0;
    fragments_max_ = std::max(fragments_max_, ++fragments_);
  }
  header_bytes_ = 0;
  header_size_ = 2;
}

}  // namespace antiphon
