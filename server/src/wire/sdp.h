// Session descriptions of WebRTC: a browser's offer in, our answer out.
//
// Input   an offer of a WebRTC endpoint; lines end with CRLF or LF.
// Limits  kSdpBytesMax, kSdpLinesMax lines, kSdpMediaMax media, kSdpCodecsMax codecs of each.
// Errors  parse: invalid_argument (no SDP, or one without what an answer needs), too_large.
//         Messages say what is missing and quote nothing of the offer.
// Thread  any.
// Source  RFC 8866, RFC 8829, RFC 8839 (ICE), RFC 8842 (DTLS), RFC 9143 (BUNDLE), RFC 7587 (Opus).
#pragma once

#include "core/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

inline constexpr std::size_t kSdpBytesMax = std::size_t{64} * 1024;
inline constexpr std::size_t kSdpLinesMax = 2'000;
inline constexpr std::size_t kSdpMediaMax = 32;
inline constexpr std::size_t kSdpCodecsMax = 64;

struct IceCredentials {
  std::string fragment;  // ice-ufrag: 4 to 256 characters
  std::string password;  // ice-pwd: 22 to 256

  bool operator==(const IceCredentials&) const = default;
};

struct SdpCodec {
  std::uint8_t payload_type = 0;
  std::string name;  // lower case
  std::uint32_t rate = 0;
  std::uint32_t channels = 1;
};

enum class SdpDirection : std::uint8_t { sendrecv, sendonly, recvonly, inactive };

struct SdpMedia {
  std::string kind;         // "audio", "video", "application"
  std::string protocol;     // "UDP/TLS/RTP/SAVPF"
  std::string formats;      // as they were offered: a refused medium repeats them
  bool is_refused = false;  // port 0: the offerer does not want it
  std::string mid;
  SdpDirection direction = SdpDirection::sendrecv;
  bool has_rtcp_mux = false;
  IceCredentials ice;
  std::string fingerprint;  // of sha-256: "AB:CD:...", upper case; "" without one
  std::string setup;        // "actpass", "active", "passive"
  std::vector<SdpCodec> codecs;
};

struct SdpOffer {
  std::vector<SdpMedia> media;
  std::vector<std::string> bundle;  // mids of the first group
};

[[nodiscard]] Result<SdpOffer> parse_sdp_offer(std::string_view text);
// Of a fragment (RFC 8840) or of a whole description: the first of each.
[[nodiscard]] Result<IceCredentials> parse_ice_credentials(std::string_view text);

struct SdpCandidate {
  std::string address;
  std::uint16_t port = 0;
};

struct SdpAnswer {
  std::size_t medium = 0;  // index of the one that is taken; all others are refused
  SdpCodec codec;
  std::string parameters;  // fmtp of the codec; may be empty
  IceCredentials ice;
  std::string fingerprint;
  std::uint64_t session = 0;
  std::uint32_t ssrc = 0;
  std::vector<SdpCandidate> candidates;  // the best first; not empty
};

// Of an ICE-lite, DTLS-passive agent that speaks and listens.
[[nodiscard]] std::string write_sdp_answer(const SdpOffer& offer, const SdpAnswer& answer);
// RFC 8840: what an ICE restart is answered with.
[[nodiscard]] std::string write_sdp_fragment(const IceCredentials& ice,
                                             const std::vector<SdpCandidate>& candidates);

}  // namespace antiphon
