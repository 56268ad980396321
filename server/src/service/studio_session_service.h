// Sessions of people in the studio: begun with an access token, ended by signing out, by 12 hours
// without use, or after 7 days.
//
// Errors  unauthenticated: the access token is not good. not_found: no such session of the person.
// Thread  the API loop.
#pragma once

#include "core/clock.h"
#include "core/random.h"
#include "core/sensitive.h"
#include "ports/account_stores.h"
#include "service/access_service.h"

#include <string>
#include <vector>

namespace antiphon {

struct BegunSession {
  StudioSession session;
  Sensitive<std::string> token;  // for the cookie
  std::string csrf_token;        // for the header Antiphon-Csrf
};

class StudioSessionService {
 public:
  StudioSessionService(StudioSessionStore& sessions, AccessService& access, Clock& clock,
                       Random& random)
      : sessions_(sessions), access_(access), clock_(clock), random_(random) {}

  // `agent` is what the browser calls itself; cut at 400 bytes.
  Task<Result<BegunSession>> begin(std::string access_token, std::string address,
                                   std::string agent);
  // Of the session whose secret the cookie holds.
  [[nodiscard]] std::string csrf_token(const std::string& cookie) const;
  Task<Result<std::vector<StudioSession>>> list(Uuid user);
  Task<Result<>> end(Uuid user, Uuid session);
  Task<Result<>> switch_to(Uuid user, Uuid session, WorkspaceId workspace);

 private:
  StudioSessionStore& sessions_;
  AccessService& access_;
  Clock& clock_;
  Random& random_;
};

}  // namespace antiphon
