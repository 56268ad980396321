// Accounts as the server has them: stores, services and routes of workspaces, members, invitations,
// keys, sessions and the audit log.
//
// Thread  the API loop.
#pragma once

#include "api/router.h"
#include "api/session/session_routes.h"
#include "service/access_service.h"
#include "service/audit_service.h"
#include "service/invitation_mails.h"
#include "service/key_service.h"
#include "service/memory_attempt_limiter.h"
#include "service/studio_session_service.h"
#include "service/workspace_service.h"
#include "store/postgres/account_stores.h"

#include <optional>
#include <string>

namespace antiphon {

struct ServerAccounts {
  // Everything given outlives this.
  ServerAccounts(store::Pool& pool, AccessService& access_, Clock& clock, Random& random);

  // Whose access tokens are believed; without it, keys alone are. `auth` is null where accounts
  // are a Supabase project's.
  void believe(TokenVerifier& tokens, AuthService* auth = nullptr);
  // What mails invitations, and where their link leads; without it, nothing does.
  void use_mail(Mailer& mailer, Log& log, const std::string& public_url);
  void add_routes(Router& router, CookieTransport transport);

  AccessService& access;
  store::PostgresAccounts stores;
  WorkspaceService workspaces;
  KeyService keys;
  StudioSessionService sessions;
  AuditService audit;
  MemoryAttemptLimiter mail_limits;
  std::optional<InvitationMails> mails;
};

}  // namespace antiphon
