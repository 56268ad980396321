// The audit log as it is read; triggers of the database write it (supabase/migrations).
//
// Errors  as ports/stores.h.
// Thread  the executor the store was made for.
#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "core/task.h"
#include "domain/principal.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace antiphon {

struct AuditEntry {
  std::int64_t sequence = 0;  // 1, 2, 3 … in the workspace
  WallTime occurred_at{};
  std::string principal_kind;  // user, api_key, worker, system; database: not through the server
  std::string principal_id;
  std::string action;       // insert, update, delete
  std::string object_kind;  // "agents"
  std::string object_id;
  std::string address;
  std::string request_id;
  std::string before;  // JSON objects; empty: none
  std::string after;
  std::string previous_hash;  // in hexadecimal; empty: the first
  std::string hash;
};

struct AuditFilter {
  std::string object_kind;
  std::string object_id;
  std::string principal_id;
  std::string action;
  std::optional<WallTime> from;
  std::optional<WallTime> to;  // not included
};

// An entry and what its hash is made of.
struct AuditLink {
  std::int64_t sequence = 0;
  std::string text;
  std::string previous_hash;  // 32 bytes, or none
  std::string hash;
};

struct AuditHead {
  std::int64_t sequence = 0;  // 0: nothing was ever written
  std::string hash;
};

class AuditStore {
 public:
  virtual ~AuditStore() = default;
  // Newest first, those before `before` (0: from the newest), at most `limit`.
  virtual Task<Result<std::vector<AuditEntry>>> list(Principal principal, AuditFilter filter,
                                                     std::int64_t before, std::size_t limit) = 0;
  // Oldest first, those after `after`.
  virtual Task<Result<std::vector<AuditEntry>>> list_forward(Principal principal,
                                                             AuditFilter filter, std::int64_t after,
                                                             std::size_t limit) = 0;
  // For the one who walks the chain.
  virtual Task<Result<std::vector<AuditLink>>> links(Principal principal, std::int64_t after,
                                                     std::size_t limit) = 0;
  virtual Task<Result<AuditHead>> head(Principal principal) = 0;
};

}  // namespace antiphon
