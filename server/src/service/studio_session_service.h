// Sessions of people: in the studio, where a cookie stands for one, and everywhere else.
//
// A session of the studio stands on a session of /auth/v1 and neither outlives the other: signing
// out of one ends both, here at once and elsewhere within a second. It ends by 12 hours without use
// and after 7 days besides. Where accounts are a Supabase project's, the studio's sessions are the
// only ones known here.
//
// Errors  unauthenticated: what was given is not good; `fields` names /code when a second factor is
//         needed or its code is wrong. resource_exhausted: too many attempts. not_found: no such
//         session of the person. unsupported: passwords, where the accounts are a project's.
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

class AuthService;

struct BegunSession {
  StudioSession session;
  Sensitive<std::string> token;  // for the cookie
  std::string csrf_token;        // for the header Antiphon-Csrf
};

// One of: an access token; a refresh token; an address and its password.
struct StudioSignIn {
  Sensitive<std::string> access_token = {};
  Sensitive<std::string> refresh_token = {};
  std::string email = {};
  Sensitive<std::string> password = {};
  std::string code = {};  // of the second factor, where the account has one
  std::string address = {};
  std::string agent = {};  // what the browser calls itself; cut at 200 characters
};

struct AccountSession {
  Uuid id;
  bool current = false;
  bool studio = false;  // a cookie stands for it
  std::string address;
  std::string agent;
  WallTime created_at{};
  WallTime last_used_at{};  // to the minute in the studio; elsewhere when its token was refreshed
  std::optional<WallTime> expires_at;
};

class StudioSessionService {
 public:
  StudioSessionService(StudioSessionStore& sessions, AccessService& access, Clock& clock,
                       Random& random)
      : sessions_(sessions), access_(access), clock_(clock), random_(random) {}
  // Given before the first request where accounts are ours; outlives this.
  void use_accounts(AuthService& accounts) { accounts_ = &accounts; }

  Task<Result<BegunSession>> begin(StudioSignIn given);
  // Of the session whose secret the cookie holds.
  [[nodiscard]] std::string csrf_token(const std::string& cookie) const;
  Task<Result<>> switch_to(Uuid user, Uuid session, WorkspaceId workspace);

  // The latest used first.
  Task<Result<std::vector<AccountSession>>> list(const Person& person);
  // The one the person came with.
  Task<Result<>> end_current(const Person& person);
  // By an id of list().
  Task<Result<>> end(Uuid user, Uuid id);
  Task<Result<>> end_others(const Person& person);

 private:
  struct SignedIn {
    Uuid user;
    std::string email;
    std::optional<Uuid> sign_in;
  };
  Task<Result<SignedIn>> sign_in(const StudioSignIn& given);
  Task<Result<>> end_studio(Uuid user, Uuid session);
  [[nodiscard]] Uuid id_of(const StudioSession& session) const;

  StudioSessionStore& sessions_;
  AccessService& access_;
  Clock& clock_;
  Random& random_;
  AuthService* accounts_ = nullptr;
};

}  // namespace antiphon
