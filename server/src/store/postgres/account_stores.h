// The stores of accounts on PostgreSQL: members, sessions, workspaces, keys, the audit log.
//
//   PostgresAccounts accounts(pool);
//   AccessService access(...); access.believe_people(tokens, accounts.memberships());
//
// Errors  as ports/account_stores.h, workspace_stores.h, audit_store.h and pool.h.
// Thread  the pool's executor.
#pragma once

#include "ports/account_stores.h"
#include "ports/audit_store.h"
#include "ports/workspace_stores.h"
#include "store/postgres/pool.h"

#include <memory>

namespace antiphon::store {

class PostgresAccounts {
 public:
  explicit PostgresAccounts(Pool& pool);
  ~PostgresAccounts();

  [[nodiscard]] MembershipStore& memberships() { return *memberships_; }
  [[nodiscard]] StudioSessionStore& sessions() { return *sessions_; }
  [[nodiscard]] WorkspaceStore& workspaces() { return *workspaces_; }
  [[nodiscard]] MemberStore& members() { return *members_; }
  [[nodiscard]] InvitationStore& invitations() { return *invitations_; }
  [[nodiscard]] ApiKeyRegistry& keys() { return *keys_; }
  [[nodiscard]] AuditStore& audit() { return *audit_; }

 private:
  std::unique_ptr<MembershipStore> memberships_;
  std::unique_ptr<StudioSessionStore> sessions_;
  std::unique_ptr<WorkspaceStore> workspaces_;
  std::unique_ptr<MemberStore> members_;
  std::unique_ptr<InvitationStore> invitations_;
  std::unique_ptr<ApiKeyRegistry> keys_;
  std::unique_ptr<AuditStore> audit_;
};

// Private to this folder.
[[nodiscard]] std::unique_ptr<WorkspaceStore> make_postgres_workspaces(Pool& pool);
[[nodiscard]] std::unique_ptr<MemberStore> make_postgres_members(Pool& pool);
[[nodiscard]] std::unique_ptr<InvitationStore> make_postgres_invitations(Pool& pool);
[[nodiscard]] std::unique_ptr<ApiKeyRegistry> make_postgres_api_key_registry(Pool& pool);
[[nodiscard]] std::unique_ptr<AuditStore> make_postgres_audit(Pool& pool);

}  // namespace antiphon::store
