// A certificate that nobody vouches for: enough for a browser's microphone on a local network, once
// its owner has compared the fingerprint.
//
// Output  P-256, SHA-256, valid for `lifetime` from a day before `now` (clocks differ); an
//         authority of its own (CA:TRUE, path length 0), so that it can be installed as trusted.
// Errors  invalid_argument: no name, or a name that is neither a host name nor an IP address.
// Thread  any.
// Source  RFC 5280.
#pragma once

#include "core/clock.h"
#include "core/result.h"

#include <chrono>
#include <string>
#include <vector>

namespace antiphon {

struct SelfSigned {
  std::string certificate;  // PEM
  std::string key;          // PEM, PKCS #8, unencrypted: a file of mode 0600
};

// Browsers refuse server certificates that live longer than 825 days.
inline constexpr std::chrono::days kSelfSignedLifetime{730};

[[nodiscard]] Result<SelfSigned> make_self_signed(const std::vector<std::string>& names,
                                                  WallTime now,
                                                  std::chrono::days lifetime = kSelfSignedLifetime);

}  // namespace antiphon
