// ports/usage_store.h on PostgreSQL.
#pragma once

#include "ports/usage_store.h"
#include "store/postgres/pool.h"

namespace antiphon::store {

class PostgresUsage final : public UsageStore {
 public:
  explicit PostgresUsage(Pool& pool) : pool_(pool) {}

  Task<Result<std::vector<UsageSum>>> sum(Principal principal, UsageQuestion question) override;
  Task<Result<QuotaState>> quotas(Principal principal) override;
  Task<Result<>> set_quotas(Principal principal, Quotas quotas) override;
  Task<Result<std::vector<Price>>> prices(Principal principal) override;
  Task<Result<>> set_prices(Principal principal, std::vector<Price> prices) override;
  Task<Result<std::optional<std::chrono::milliseconds>>> time_left(Principal principal) override;

 private:
  Pool& pool_;
};

}  // namespace antiphon::store
