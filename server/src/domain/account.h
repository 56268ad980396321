// Workspaces and those who belong to them: people, invitations, keys.
#pragma once

#include "core/clock.h"
#include "domain/principal.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace antiphon {

inline constexpr std::chrono::days kWorkspaceGrace{14};  // in which a deleted one can be restored
inline constexpr std::chrono::days kInvitationLife{7};

struct Workspace {
  WorkspaceId id;
  std::string slug;
  std::string name;
  std::int64_t revision = 1;
  WallTime created_at{};
  WallTime updated_at{};
};

// As one of its members sees it.
struct OwnWorkspace {
  Workspace workspace;
  Role role = Role::analyst;
  std::optional<WallTime> deleted_at;  // owners see it for kWorkspaceGrace
};

struct Member {
  UserId user;
  std::string email;
  Role role = Role::analyst;
  WallTime created_at{};
};

struct Invitation {
  InvitationId id;
  std::string email;
  Role role = Role::analyst;
  WallTime expires_at{};
  std::optional<WallTime> accepted_at;
  std::optional<WallTime> revoked_at;
  std::string created_by;  // "user:…" or "api_key:…"
  WallTime created_at{};
};

// What became of the mail with an invitation. Whatever it is, the invitation stands.
enum class InvitationMail : std::uint8_t {
  queued,       // on its way; a mail server that refuses it is tried again
  limited,      // too many went to this address, or from this workspace
  unavailable,  // the queue is full
};

// A key as it is shown: all but the key.
struct ApiKeyRecord {
  ApiKeyId id;
  std::string name;
  std::string prefix;  // of its text, to recognise it by
  Role role = Role::analyst;
  std::vector<std::string> scopes;  // what of its role it may use; empty: all of it
  std::optional<WallTime> expires_at;
  std::optional<WallTime> revoked_at;
  std::optional<WallTime> last_used_at;  // to the minute
  std::string created_by;
  WallTime created_at{};
};

}  // namespace antiphon
