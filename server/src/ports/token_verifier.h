// Who a person is, by the access token (JWT) that their client sends: ours, or a Supabase
// project's.
//
// Errors  unauthenticated: the message says which of malformed, wrong signature, expired, not yet
//         valid, other audience, other issuer, ended session, a second factor that was not shown.
//         unavailable, timeout: the keys or the sessions cannot be asked just now; nothing is
//         believed meanwhile.
// Limits  a token is at most 8 KiB. A session that ended is noticed within kRevocationDelay.
// Thread  the API loop.
#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "core/task.h"
#include "core/uuid.h"

#include <optional>
#include <string>

namespace antiphon {

struct VerifiedUser {
  Uuid user;
  std::optional<Uuid> session;  // absent in tokens that somebody else's tool made
  std::string email;            // may be empty
  std::string assurance;        // "aal1": a password or a link; "aal2": a second factor too
  WallTime expires{};

  bool operator==(const VerifiedUser&) const = default;
};

class TokenVerifier {
 public:
  static constexpr std::chrono::milliseconds kRevocationDelay{1'000};

  virtual ~TokenVerifier() = default;
  virtual Task<Result<VerifiedUser>> verify(std::string token) = 0;
};

}  // namespace antiphon
