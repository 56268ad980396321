// What a widget carries for its visitor: who that is, on whose page, with which agent.
//
//   VisitorSigner signer(key, clock);
//   const std::string token = signer.issue(claims);
//   Result<VisitorClaims> claims = signer.verify(token, VisitorPurpose::session, origin);
//
// A session lives minutes and lets the visitor talk; a resume token lives weeks and lets the same
// browser be the same visitor again, and nothing else.
// Format  "v1." base64url(89 bytes of claims) "." base64url(HMAC-SHA-256). Not encrypted: whoever
//         holds it reads the ids. The origin is in it as its SHA-256.
// Errors  verify: unauthenticated; the message says which of malformed, wrong signature, expired,
//         other purpose, other origin.
// Thread  any.
#pragma once

#include "crypto/ticket.h"

namespace antiphon {

enum class VisitorPurpose : std::uint8_t { session = 1, resume = 2 };

struct VisitorClaims {
  VisitorPurpose purpose = VisitorPurpose::session;
  Uuid workspace_id;
  Uuid agent_id;
  Uuid visitor_id;
  std::string origin;  // "https://www.example.com"
  WallTime expires{};  // whole seconds; a fraction is cut

  bool operator==(const VisitorClaims&) const = default;
};

class VisitorSigner {
 public:
  VisitorSigner(const TicketKey& key, const Clock& clock) : key_(key), clock_(clock) {}

  [[nodiscard]] std::string issue(const VisitorClaims& claims) const;
  [[nodiscard]] Result<VisitorClaims> verify(std::string_view text, VisitorPurpose purpose,
                                             std::string_view origin) const;

 private:
  TicketKey key_;
  const Clock& clock_;
};

}  // namespace antiphon
