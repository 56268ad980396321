// Tickets: short-lived signed permissions for a socket, because a browser cannot send a header with
// one.
//
//   TicketSigner signer(key, clock);
//   const std::string text = signer.issue(claims_until(clock.wall() + 1min));
//   Result<TicketClaims> claims = signer.verify(text, TicketPurpose::audio);
//
// Format  "a1." base64url(73 bytes of claims) "." base64url(HMAC-SHA-256): 145 characters, fit for
//         a query parameter. Not encrypted: whoever holds it reads the ids.
// Errors  verify: unauthenticated; the message says which of malformed, wrong signature, expired,
//         other purpose.
// Thread  any.
#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "core/uuid.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace antiphon {

using TicketKey = std::array<std::byte, 32>;

enum class TicketPurpose : std::uint8_t { audio = 1, live_events = 2 };

struct TicketClaims {
  TicketPurpose purpose = TicketPurpose::audio;
  Uuid workspace_id;
  Uuid agent_id;
  Uuid conversation_id;
  Uuid subject_id;     // who asked for it: a user, an API key or a widget session
  WallTime expires{};  // whole seconds; a fraction is cut

  bool operator==(const TicketClaims&) const = default;
};

class TicketSigner {
 public:
  TicketSigner(const TicketKey& key, const Clock& clock) : key_(key), clock_(clock) {}

  [[nodiscard]] std::string issue(const TicketClaims& claims) const;
  [[nodiscard]] Result<TicketClaims> verify(std::string_view text, TicketPurpose purpose) const;

 private:
  TicketKey key_;
  const Clock& clock_;
};

}  // namespace antiphon
