// Verifying a ticket: anything may come in; whatever is accepted is exactly what issuing its claims
// gives.
#include "crypto/ticket.h"

#include "core/base64.h"
#include "core/check.h"
#include "crypto/hash.h"
#include "testing/manual_clock.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

using namespace antiphon;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const ManualClock clock;
  static const TicketKey key{};
  const TicketSigner signer(key, clock);
  std::string text(size, '\0');
  std::ranges::copy(std::span(data, size), text.begin());
  const auto verified = signer.verify(text, TicketPurpose::audio);
  if (verified) CHECK(signer.issue(*verified) == text, "a ticket has one form");

  // Past the signature: the input as claims that somebody with the key signed.
  constexpr std::string_view kDomain = "antiphon ticket 1\n";
  const std::string signed_text = std::string(kDomain) + text;
  const auto signature = hmac_sha256(key, std::as_bytes(std::span(signed_text)));
  const std::string whole =
      "a1." + base64url_encode(std::as_bytes(std::span(text))) + "." + base64url_encode(signature);
  const auto forged = signer.verify(whole, TicketPurpose::audio);
  if (forged) CHECK(signer.issue(*forged) == whole, "packing and unpacking are inverse");
  return 0;
}
