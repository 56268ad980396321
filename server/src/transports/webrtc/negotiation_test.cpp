#include "transports/webrtc/negotiation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace antiphon {
namespace {

using ::testing::HasSubstr;

std::string offer_with(std::string_view without = "", std::string_view instead = "") {
  std::string hex = "AB";
  for (int index = 1; index < 32; ++index)
    hex += ":01";
  std::string text =
      "v=0\r\na=group:BUNDLE 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\na=mid:0\r\na=sendrecv\r\n"
      "a=rtcp-mux\r\na=ice-ufrag:Gx7y\r\na=ice-pwd:0123456789abcdefghijklmn\r\n"
      "a=fingerprint:sha-256 " +
      hex + "\r\na=setup:actpass\r\na=rtpmap:111 opus/48000/2\r\n";
  if (!without.empty()) text.replace(text.find(without), without.size(), instead);
  return text;
}

std::string refusal(std::string_view without, std::string_view instead = "") {
  const auto taken = negotiate(offer_with(without, instead));
  return taken ? "taken" : taken.error().message;
}

TEST(Negotiation, TakesTheAudioOfABrowser) {
  const auto taken = negotiate(offer_with());
  ASSERT_TRUE(taken.has_value()) << taken.error().message;
  EXPECT_EQ(taken->codec.payload_type, 111);
  EXPECT_EQ(taken->theirs.fragment, "Gx7y");
}

TEST(Negotiation, SaysWhatAnOfferLacks) {
  EXPECT_THAT(refusal("m=audio", "m=video"), HasSubstr("no audio"));
  EXPECT_THAT(refusal("audio 9", "audio 0"), HasSubstr("no audio"));
  EXPECT_THAT(refusal("a=sendrecv", "a=recvonly"), HasSubstr("send and receive"));
  EXPECT_THAT(refusal("UDP/TLS/RTP/SAVPF", "RTP/AVP"), HasSubstr("DTLS-SRTP"));
  EXPECT_THAT(refusal("a=rtcp-mux", "a=x"), HasSubstr("rtcp-mux"));
  EXPECT_THAT(refusal("sha-256", "sha-1"), HasSubstr("fingerprint"));
  EXPECT_THAT(refusal("actpass", "passive"), HasSubstr("handshake"));
  EXPECT_THAT(refusal("a=ice-pwd:", "a=x:"), HasSubstr("ice-pwd"));
  EXPECT_THAT(refusal("opus/48000/2", "opus/8000"), HasSubstr("no Opus"));
}

}  // namespace
}  // namespace antiphon
