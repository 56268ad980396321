// What of a browser's offer we take: its first audio in both directions, with Opus, over DTLS.
//
// Errors  invalid_argument, too_large: the text says what the offer lacks.
// Thread  any.
#pragma once

#include "core/result.h"
#include "wire/sdp.h"

#include <string>
#include <string_view>

namespace antiphon {

struct Negotiated {
  SdpOffer offer;
  std::size_t medium = 0;
  SdpCodec codec;
  IceCredentials theirs;
  std::string fingerprint;  // of the certificate that they will show
};

[[nodiscard]] Result<Negotiated> negotiate(std::string_view offer);

// Wideband is what the engine hears: more would be sent and decoded for nothing.
[[nodiscard]] std::string_view opus_parameters();

}  // namespace antiphon
