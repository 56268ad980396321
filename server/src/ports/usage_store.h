// What a workspace has used, what it may use, and what it pays.
//
// Days and months are those of UTC; a conversation counts on the day on which it began. Money is in
// millionths of the one currency that the workspace counts in.
// Errors  invalid_argument, unavailable, timeout.
// Thread  the executor the store was made for.
#pragma once

#include "core/result.h"
#include "core/task.h"
#include "domain/principal.h"
#include "domain/usage.h"

#include <boost/describe/enum.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace antiphon {

enum class UsageGrouping : std::uint8_t { day, agent, provider, kind };
BOOST_DESCRIBE_ENUM(UsageGrouping, day, agent, provider, kind)

struct UsageQuestion {
  std::chrono::year_month_day from;
  std::chrono::year_month_day to;  // included
  UsageGrouping group_by = UsageGrouping::day;
};

// The sum of one kind in one group.
struct UsageSum {
  std::string group;  // "2026-11-22", the agent's id, "openai/gpt-4o-mini" or the kind
  UsageKind kind = UsageKind::conversation_ms;
  std::int64_t quantity = 0;
  std::int64_t cost_micros = 0;
};

// Nothing: no limit.
struct Quotas {
  std::optional<std::int64_t> conversations_max;  // at once
  std::optional<std::int64_t> minutes_max;        // of spoken conversation, a month
  std::optional<std::int64_t> storage_bytes_max;  // of recordings and documents
  std::optional<std::int64_t> spend_micros_max;   // a month
};

// At this moment, in this month.
struct QuotaUse {
  std::int64_t conversations = 0;
  std::int64_t conversation_ms = 0;
  std::int64_t storage_bytes = 0;
  std::int64_t spend_micros = 0;
};

struct QuotaState {
  Quotas quotas;
  QuotaUse used;
};

// So many micros for `per` units of a kind. An empty model is every model that has no price of its
// own.
struct Price {
  std::string provider;
  std::string model;
  UsageKind kind = UsageKind::conversation_ms;
  std::chrono::year_month_day valid_from;
  std::int64_t micros = 0;
  std::int64_t per = 1;
};

class UsageStore {
 public:
  virtual ~UsageStore() = default;
  // By group, in its order. At most 20,000 sums.
  virtual Task<Result<std::vector<UsageSum>>> sum(Principal principal, UsageQuestion question) = 0;
  virtual Task<Result<QuotaState>> quotas(Principal principal) = 0;
  virtual Task<Result<>> set_quotas(Principal principal, Quotas quotas) = 0;
  virtual Task<Result<std::vector<Price>>> prices(Principal principal) = 0;
  // All of them, in place of those before.
  virtual Task<Result<>> set_prices(Principal principal, std::vector<Price> prices) = 0;
  // How long a spoken conversation that begins now may last; nothing: as long as it likes.
  virtual Task<Result<std::optional<std::chrono::milliseconds>>> time_left(Principal principal) = 0;
};

}  // namespace antiphon
