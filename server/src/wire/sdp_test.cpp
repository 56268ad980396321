#include "wire/sdp.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace antiphon {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// The shape of a browser's offer: audio, video and a data channel in one bundle.
std::string browser_offer() {
  std::string hex = "ab";
  for (int index = 1; index < 32; ++index)
    hex += ":0" + std::to_string(index % 10);
  return "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1 2\r\n"
         "a=ice-ufrag:Gx7y\r\na=ice-pwd:0123456789abcdefghijklmn\r\n"
         "a=fingerprint:sha-256 " +
         hex +
         "\r\na=setup:actpass\r\n"
         "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 0 8\r\nc=IN IP4 0.0.0.0\r\na=mid:0\r\n"
         "a=sendrecv\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10\r\n"
         "a=rtpmap:63 red/48000/2\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
         "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:1\r\na=recvonly\r\na=rtpmap:96 VP8/90000\r\n"
         "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:2\r\n";
}

SdpAnswer answer_of(const SdpOffer& offer) {
  SdpAnswer answer;
  answer.codec = offer.media.at(0).codecs.at(0);
  answer.parameters = "minptime=10;useinbandfec=1";
  answer.ice = {"ours", "0123456789abcdefghijkl"};
  answer.fingerprint = "AA:BB";
  answer.session = 7;
  answer.ssrc = 99;
  answer.candidates = {{"192.0.2.1", 4000}, {"2001:db8::1", 4000}};
  return answer;
}

TEST(Sdp, ReadsABrowsersOffer) {
  const auto offer = parse_sdp_offer(browser_offer());

  ASSERT_TRUE(offer.has_value()) << offer.error().message;
  ASSERT_EQ(offer->media.size(), 3u);
  const SdpMedia& audio = offer->media[0];
  EXPECT_EQ(audio.kind, "audio");
  EXPECT_EQ(audio.mid, "0");
  EXPECT_EQ(audio.ice.fragment, "Gx7y");
  EXPECT_TRUE(audio.fingerprint.starts_with("AB:01:02"));
  EXPECT_TRUE(audio.has_rtcp_mux);
  ASSERT_EQ(audio.codecs.size(), 4u);
  EXPECT_EQ(audio.codecs[0].name, "opus");
  EXPECT_EQ(audio.codecs[0].channels, 2u);
  EXPECT_EQ(audio.codecs[2].name, "pcmu");
  EXPECT_EQ(audio.codecs[2].rate, 8000u);
  EXPECT_EQ(offer->media[1].direction, SdpDirection::recvonly);
  EXPECT_EQ(offer->bundle, (std::vector<std::string>{"0", "1", "2"}));
}

TEST(Sdp, AnswersEveryMediumInItsPlaceAndRefusesAllButOne) {
  const auto offer = parse_sdp_offer(browser_offer());
  ASSERT_TRUE(offer.has_value());

  const std::string answer = write_sdp_answer(*offer, answer_of(*offer));

  EXPECT_THAT(answer, HasSubstr("a=group:BUNDLE 0\r\n"));
  EXPECT_THAT(answer, HasSubstr("m=audio 4000 UDP/TLS/RTP/SAVPF 111\r\n"));
  EXPECT_THAT(answer, HasSubstr("m=video 0 UDP/TLS/RTP/SAVPF 96\r\n"));
  EXPECT_THAT(answer, HasSubstr("m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n"));
  EXPECT_THAT(answer, HasSubstr("a=rtpmap:111 opus/48000/2\r\n"));
  EXPECT_THAT(answer, HasSubstr("a=candidate:1 1 udp 2130706431 192.0.2.1 4000 typ host\r\n"));
  EXPECT_THAT(answer, HasSubstr("a=candidate:2 1 udp 2130706175 2001:db8::1 4000 typ host\r\n"));
  EXPECT_LT(answer.find("m=audio"), answer.find("m=video"));
}

TEST(Sdp, WhatItAnswersIsADescription) {
  const auto offer = parse_sdp_offer(browser_offer());
  ASSERT_TRUE(offer.has_value());
  const auto back = parse_sdp_offer(write_sdp_answer(*offer, answer_of(*offer)));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->media.size(), 3u);
  EXPECT_TRUE(back->media[1].is_refused);
}

TEST(Sdp, AHostileOfferBringsNoLineOfItsOwnIntoTheAnswer) {
  std::string text = browser_offer();
  const auto at = text.find("a=mid:0");
  text.replace(at, 7, "a=mid:0\ra=evil");
  const auto offer = parse_sdp_offer(text);
  ASSERT_TRUE(offer.has_value());
  EXPECT_THAT(write_sdp_answer(*offer, answer_of(*offer)), Not(HasSubstr("evil")));
}

TEST(Sdp, SaysWhatIsWrongWithAnOffer) {
  EXPECT_THAT(parse_sdp_offer("hello").error().message, HasSubstr("v=0"));
  EXPECT_THAT(parse_sdp_offer("v=0\r\n").error().message, HasSubstr("no media"));
  EXPECT_THAT(parse_sdp_offer("v=0\nm=audio x y z\n").error().message, HasSubstr("m-line"));
  EXPECT_THAT(parse_sdp_offer("v=0\nm=audio 9 UDP/TLS/RTP/SAVPF\n").error().message,
              HasSubstr("formats"));
  EXPECT_EQ(parse_sdp_offer(std::string(kSdpBytesMax + 1, 'x')).error().code, ErrorCode::too_large);
}

TEST(Sdp, BoundsLinesAndMedia) {
  std::string lines = "v=0\n";
  for (std::size_t count = 0; count <= kSdpLinesMax; ++count)
    lines += "a=x\n";
  EXPECT_EQ(parse_sdp_offer(lines).error().code, ErrorCode::too_large);
  std::string media = "v=0\n";
  for (std::size_t count = 0; count <= kSdpMediaMax; ++count)
    media += "m=audio 9 UDP/TLS/RTP/SAVPF 0\n";
  EXPECT_EQ(parse_sdp_offer(media).error().code, ErrorCode::too_large);
}

TEST(Sdp, ReadsTheCredentialsOfAFragment) {
  const auto ice = parse_ice_credentials(
      "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\nm=audio 9 x\r\n");
  ASSERT_TRUE(ice.has_value());
  EXPECT_EQ(ice->fragment, "abcd");
  EXPECT_FALSE(parse_ice_credentials("a=ice-ufrag:abcd\r\na=ice-pwd:short\r\n").has_value());
  EXPECT_EQ(parse_ice_credentials(write_sdp_fragment(*ice, {{"192.0.2.1", 1}})).value(), *ice);
}

}  // namespace
}  // namespace antiphon
