// What is kept of accounts: who belongs to which workspace and as what, and the studio's sessions.
//
// Errors  as ports/stores.h.
// Thread  the executor the store was made for.
#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "core/task.h"
#include "domain/principal.h"

#include <optional>
#include <string>
#include <vector>

namespace antiphon {

struct Membership {
  WorkspaceId workspace;
  Role role = Role::analyst;
};

class MembershipStore {
 public:
  virtual ~MembershipStore() = default;
  // The workspaces of a person that are not deleted, oldest first, at most 200; none is no error.
  virtual Task<Result<std::vector<Membership>>> memberships_of(Uuid user) = 0;
};

// A person signed in to the studio: what stands behind its cookie.
struct StudioSession {
  Uuid id;
  Uuid user;
  std::string email;
  std::optional<WorkspaceId> workspace;  // that it is switched to
  std::string address;                   // from where it was begun
  std::string agent;                     // the browser's own words, at most 400 bytes
  WallTime created_at{};
  WallTime last_seen_at{};  // to the minute
  WallTime expires_at{};    // whatever happens until then
  // The session of /auth/v1 it was begun with and ends with.
  std::optional<Uuid> sign_in = {};
};

class StudioSessionStore {
 public:
  virtual ~StudioSessionStore() = default;
  // `session.id`, `user`, `address`, `agent` and `sign_in` count. Begins now, ends kLife later.
  virtual Task<Result<StudioSession>> create(StudioSession session, std::string hash) = 0;
  // not_found: unknown, ended, older than its life, or unused for kIdle. Notes the use, at most
  // once a minute.
  virtual Task<Result<StudioSession>> find_by_hash(std::string hash) = 0;
  // Of one person, newest first, those that have not ended.
  virtual Task<Result<std::vector<StudioSession>>> list(Uuid user) = 0;
  // not_found: the person has no such session.
  virtual Task<Result<>> end(Uuid user, Uuid session) = 0;
  // not_found: no such session, or the person does not belong to the workspace.
  virtual Task<Result<>> switch_to(Uuid user, Uuid session, WorkspaceId workspace) = 0;
};

}  // namespace antiphon
