// ports/purge_store.h over the functions of the migrations.
#pragma once

#include "ports/purge_store.h"
#include "store/postgres/pool.h"

namespace antiphon::store {

class PostgresPurge final : public PurgeStore {
 public:
  explicit PostgresPurge(Pool& pool) : pool_(pool) {}

  Task<Result<std::vector<WorkspaceId>>> due(std::chrono::days grace) override;
  Task<Result<bool>> begin(Principal principal, std::chrono::days grace) override;
  Task<Result<std::size_t>> remove_conversations(Principal principal, std::size_t most) override;
  Task<Result<bool>> finish(Principal principal) override;

 private:
  Pool& pool_;
};

}  // namespace antiphon::store
