// ports/rights_store.h on PostgreSQL, by the function find_rights of the migrations.
#pragma once

#include "ports/rights_store.h"
#include "store/postgres/pool.h"

namespace antiphon::store {

class PostgresRights final : public RightsStore {
 public:
  explicit PostgresRights(Pool& pool) : pool_(pool) {}
  Task<Result<std::vector<std::optional<Rights>>>> rights_of(
      std::vector<RightsHolder> holders) override;

 private:
  Pool& pool_;
};

}  // namespace antiphon::store
