#include "wire/websocket_frames.h"

#include <gtest/gtest.h>

#include <string>

namespace antiphon {
namespace {

constexpr std::string_view kMask{"\x01\x02\x03\x04", 4};

std::string frame(int first_byte, std::size_t length, bool is_masked = true) {
  std::string bytes{static_cast<char>(first_byte)};
  const int mask = is_masked ? 0x80 : 0;
  if (length < 126) {
    bytes += static_cast<char>(mask | static_cast<int>(length));
  } else if (length < 65536) {
    bytes += static_cast<char>(mask | 126);
    bytes += static_cast<char>(length >> 8);
    bytes += static_cast<char>(length & 0xff);
  } else {
    bytes += static_cast<char>(mask | 127);
    for (int shift = 56; shift >= 0; shift -= 8)
      bytes += static_cast<char>((length >> shift) & 0xff);
  }
  if (is_masked) bytes += kMask;
  return bytes + std::string(length, '\x81');  // payload that looks like headers
}

TEST(WebSocketFrames, CountsTheFragmentsOfEachMessage) {
  const std::string bytes = frame(0x82, 200) + frame(0x01, 0) + frame(0x89, 3) +
                            frame(0x00, 70000) + frame(0x80, 5) + frame(0x81, 1, false);
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, bytes.size()}) {
    WebSocketFrames frames;
    for (std::size_t i = 0; i < bytes.size(); i += step) {
      frames.inspect(std::string_view(bytes).substr(i, step));
    }
    EXPECT_EQ(frames.fragments(), 1u);
    EXPECT_EQ(frames.fragments_max(), 3u);
  }
}

TEST(WebSocketFrames, SeesEmptyFragments) {
  WebSocketFrames frames;
  frames.inspect(frame(0x02, 0));
  for (int i = 0; i < 99; ++i)
    frames.inspect(frame(0x00, 0));
  EXPECT_EQ(frames.fragments(), 100u);
}

}  // namespace
}  // namespace antiphon
