#include "transports/webrtc/negotiation.h"

#include <algorithm>
#include <utility>

namespace antiphon {

namespace {

std::unexpected<Error> lacks(std::string what) {
  return failure(ErrorCode::invalid_argument, "the offer " + std::move(what));
}

bool is_opus(const SdpCodec& codec) {
  return codec.name == "opus" && codec.rate == 48'000 && codec.channels == 2;
}

}  // namespace

std::string_view opus_parameters() {
  return "minptime=10;useinbandfec=1;stereo=0;maxplaybackrate=16000;maxaveragebitrate=24000";
}

Result<Negotiated> negotiate(std::string_view text) {
  auto offer = parse_sdp_offer(text);
  if (!offer) return std::unexpected(offer.error());
  const auto audio = std::ranges::find_if(
      offer->media, [](const SdpMedia& one) { return one.kind == "audio" && !one.is_refused; });
  if (audio == offer->media.end()) return lacks("has no audio");
  if (audio->direction != SdpDirection::sendrecv)
    return lacks("does not both send and receive audio");
  if (!audio->protocol.ends_with("TLS/RTP/SAVPF")) return lacks("does not speak DTLS-SRTP");
  if (!audio->has_rtcp_mux) return lacks("has no a=rtcp-mux");
  if (audio->fingerprint.empty()) return lacks("has no SHA-256 fingerprint");
  if (audio->setup == "passive") return lacks("waits for our DTLS handshake, and we wait for its");
  if (audio->ice.fragment.size() < 4 || audio->ice.password.size() < 22) {
    return lacks("has no ice-ufrag and ice-pwd");
  }
  const auto opus = std::ranges::find_if(audio->codecs, is_opus);
  if (opus == audio->codecs.end()) return lacks("has no Opus");
  Negotiated taken;
  taken.medium = static_cast<std::size_t>(audio - offer->media.begin());
  taken.codec = *opus;
  taken.theirs = audio->ice;
  taken.fingerprint = audio->fingerprint;
  taken.offer = std::move(*offer);
  return taken;
}

}  // namespace antiphon
