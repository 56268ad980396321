#include "app/server_accounts.h"

#include "api/audit/audit_routes.h"
#include "api/invitations/invitation_routes.h"
#include "api/keys/key_routes.h"
#include "api/members/member_routes.h"
#include "api/workspaces/workspace_routes.h"
#include "service/auth/auth_service.h"

namespace antiphon {

ServerAccounts::ServerAccounts(store::Pool& pool, AccessService& access_, Clock& clock,
                               Random& random)
    : access(access_),
      stores(pool),
      workspaces(
          {stores.workspaces(), stores.members(), stores.invitations(), access, clock, random}),
      keys(stores.keys(), access, clock, random),
      sessions(stores.sessions(), access, clock, random),
      audit(stores.audit()),
      mail_limits(clock) {}

void ServerAccounts::believe(TokenVerifier& tokens, AuthService* auth) {
  access.believe_people(tokens, stores.memberships());
  if (auth == nullptr) {
    access.believe_sessions(stores.sessions());
    return;
  }
  sessions.use_accounts(*auth);
  access.believe_sessions(stores.sessions(), [auth](Uuid user, Uuid sign_in) {
    return auth->session_is_good(user, sign_in);
  });
}

void ServerAccounts::use_mail(Mailer& mailer, Log& log, const std::string& public_url) {
  mails.emplace(mailer, mail_limits, log, public_url);
  workspaces.use_mail(*mails);
}

void ServerAccounts::add_routes(Router& router, CookieTransport transport) {
  add_workspace_routes(router, workspaces);
  add_member_routes(router, workspaces);
  add_invitation_routes(router, workspaces);
  add_key_routes(router, keys);
  add_session_routes(router, sessions, access, transport);
  add_audit_routes(router, audit);
}

}  // namespace antiphon
