// Reads the audit log of a workspace, and walks its chain: names the first entry that is broken.
//
// What it finds: an entry that was edited, taken out, put in or moved, and an end that was cut off.
// What it cannot find: a whole chain that was written anew, together with its head, by somebody who
// owns the database. Keep the head of a chain elsewhere to find that too.
// Limits  reads kPage entries at a time.
// Errors  those of the store; a broken chain is a verdict, not an error.
// Thread  the API loop.
#pragma once

#include "ports/audit_store.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace antiphon {

struct AuditVerdict {
  std::int64_t entries = 0;               // that are sound, from the first one on
  std::int64_t begins_at = 1;             // above 1: older entries were dropped with their month
  std::optional<std::int64_t> broken_at;  // the sequence of the first that is not
  std::string reason;
  std::string head;  // the hash of the last sound entry, in hexadecimal
};

class AuditService {
 public:
  static constexpr std::size_t kPage = 500;

  explicit AuditService(AuditStore& audit) : audit_(audit) {}

  Task<Result<AuditVerdict>> verify(Principal principal);
  // Newest first, those before `before` (0: from the newest), at most `limit`.
  Task<Result<std::vector<AuditEntry>>> list(Principal principal, AuditFilter filter,
                                             std::int64_t before, std::size_t limit);
  // Oldest first, those after `after`, at most kPage.
  Task<Result<std::vector<AuditEntry>>> read_on(Principal principal, AuditFilter filter,
                                                std::int64_t after);

 private:
  AuditStore& audit_;
};

}  // namespace antiphon
