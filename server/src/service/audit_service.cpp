#include "service/audit_service.h"

#include "crypto/hash.h"

#include <span>
#include <utility>
#include <vector>

namespace antiphon {

namespace {

std::string hash_of(const std::string& text) {
  const Sha256 digest = sha256(text);
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string hex(const std::string& raw) {
  return to_hex(std::as_bytes(std::span(raw.data(), raw.size())));
}

struct Walk {
  AuditVerdict verdict;
  std::int64_t expected = 0;  // 0: nothing was read yet
  std::string previous;

  bool broken(std::int64_t at, std::string reason) {
    verdict.broken_at = at;
    verdict.reason = std::move(reason);
    return false;
  }

  bool step(const AuditLink& link) {
    if (expected == 0) {
      verdict.begins_at = link.sequence;
      expected = link.sequence;
      previous = link.previous_hash;
      if (link.sequence == 1 && !previous.empty()) return broken(1, "the first entry has a past");
    }
    if (link.sequence != expected) return broken(expected, "the entry is missing");
    if (hash_of(link.text) != link.hash) {
      return broken(link.sequence, "the entry is not what was written");
    }
    if (link.previous_hash != previous) {
      return broken(link.sequence, "the entry does not follow the one before it");
    }
    previous = link.hash;
    ++expected;
    ++verdict.entries;
    return true;
  }
};

}  // namespace

Task<Result<std::vector<AuditEntry>>> AuditService::list(Principal principal, AuditFilter filter,
                                                         std::int64_t before, std::size_t limit) {
  co_return co_await audit_.list(std::move(principal), std::move(filter), before, limit);
}

Task<Result<std::vector<AuditEntry>>> AuditService::read_on(Principal principal, AuditFilter filter,
                                                            std::int64_t after) {
  co_return co_await audit_.list_forward(std::move(principal), std::move(filter), after, kPage);
}

Task<Result<AuditVerdict>> AuditService::verify(Principal principal) {
  Walk walk;
  // Before the walk: what is written meanwhile lies behind it.
  const auto head = co_await audit_.head(principal);
  if (!head) co_return std::unexpected(head.error());
  bool met_head = head->sequence == 0;
  bool sound = true;
  std::int64_t after = 0;
  while (sound) {
    const auto links = co_await audit_.links(principal, after, kPage);
    if (!links) co_return std::unexpected(links.error());
    for (const AuditLink& link : *links) {
      sound = walk.step(link);
      if (!sound) break;
      if (link.sequence == head->sequence) {
        met_head = true;
        if (link.hash != head->hash) {
          sound = walk.broken(link.sequence, "the entry is not the one the chain ended with");
          break;
        }
      }
      after = link.sequence;
    }
    if (links->size() < kPage) break;
  }
  if (sound && !met_head) {
    walk.broken(walk.expected == 0 ? 1 : walk.expected, "the end of the chain is missing");
  }
  walk.verdict.head = hex(walk.previous);
  co_return std::move(walk.verdict);
}

}  // namespace antiphon
