// Any text is read without harm; an answer to what could be read can be read, medium by medium.
#include "wire/sdp.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(antiphon::parse_ice_credentials(text));
  const auto offer = antiphon::parse_sdp_offer(text);
  if (!offer) return 0;
  antiphon::SdpAnswer answer;
  answer.medium = size % offer->media.size();
  answer.codec = {.payload_type = 111, .name = "opus", .rate = 48'000, .channels = 2};
  answer.ice = {"abcd", "0123456789012345678901"};
  answer.candidates = {{"192.0.2.1", 4000}};
  const std::string written = antiphon::write_sdp_answer(*offer, answer);
  if (written.size() > antiphon::kSdpBytesMax) return 0;
  const auto back = antiphon::parse_sdp_offer(written);
  if (!back || back->media.size() != offer->media.size()) std::abort();
  return 0;
}
