// What is kept of workspaces, their members, invitations and keys. The rules that no race may break
// (the last owner, who makes whom an owner, a token's single use) are the store's own.
//
// Errors  as ports/stores.h, and: wrong_state: the last owner, an invitation that is used, taken
//         back or expired. permission_denied: not with this role, or another e-mail address.
//         already_exists: a slug, an open invitation or a membership there is already.
//         resource_exhausted: more workspaces than a person may own.
// Thread  the executor the store was made for.
#pragma once

#include "core/result.h"
#include "core/task.h"
#include "domain/account.h"
#include "ports/account_stores.h"
#include "ports/stores.h"

#include <optional>
#include <string>
#include <vector>

namespace antiphon {

class WorkspaceStore {
 public:
  virtual ~WorkspaceStore() = default;
  // Those of the person, oldest first, at most 200.
  virtual Task<Result<std::vector<OwnWorkspace>>> list(Uuid user) = 0;
  // The person becomes its owner. `principal` is the person, outside of any workspace.
  virtual Task<Result<>> create(Principal principal, Workspace workspace) = 0;
  // The one the principal claims.
  virtual Task<Result<Workspace>> find(Principal principal) = 0;
  // conflict when `revision` is not the stored one.
  virtual Task<Result<Workspace>> save(Principal principal, Workspace workspace) = 0;
  virtual Task<Result<>> remove(Principal principal) = 0;
  // not_found: it is not deleted, for too long, or the person does not own it.
  virtual Task<Result<>> restore(Principal principal, WorkspaceId workspace) = 0;
};

class MemberStore {
 public:
  virtual ~MemberStore() = default;
  // Oldest first, at most 1,000.
  virtual Task<Result<std::vector<Member>>> list(Principal principal) = 0;
  virtual Task<Result<>> set_role(Principal principal, UserId user, Role role) = 0;
  virtual Task<Result<>> remove(Principal principal, UserId user) = 0;
};

class InvitationStore {
 public:
  virtual ~InvitationStore() = default;
  // `invitation.email` and `role` count. An expired one for the same address makes room.
  virtual Task<Result<Invitation>> create(Principal principal, Invitation invitation,
                                          std::string token_hash) = 0;
  virtual Task<Result<Page<Invitation>>> list(Principal principal, PageRequest page) = 0;
  // Another token in place of the old one, and seven days from now. not_found: as revoke.
  virtual Task<Result<Invitation>> renew(Principal principal, InvitationId id,
                                         std::string token_hash) = 0;
  // not_found: there is none, or it is used or withdrawn already.
  virtual Task<Result<>> revoke(Principal principal, InvitationId id) = 0;
  // `principal` is the person, outside of any workspace.
  virtual Task<Result<Membership>> accept(Principal principal, std::string token_hash) = 0;
};

class ApiKeyRegistry {
 public:
  virtual ~ApiKeyRegistry() = default;
  virtual Task<Result<ApiKeyRecord>> create(Principal principal, ApiKeyRecord key,
                                            std::string hash) = 0;
  virtual Task<Result<ApiKeyRecord>> find(Principal principal, ApiKeyId id) = 0;
  virtual Task<Result<Page<ApiKeyRecord>>> list(Principal principal, PageRequest page) = 0;
  // Name, scopes and expiry. not_found: there is none, or it is revoked.
  virtual Task<Result<ApiKeyRecord>> save(Principal principal, ApiKeyRecord key) = 0;
  virtual Task<Result<>> revoke(Principal principal, ApiKeyId id) = 0;
};

}  // namespace antiphon
