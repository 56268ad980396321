#include "store/postgres/purge.h"

#include "store/postgres/rows.h"

#include <utility>

namespace antiphon::store {

Task<Result<std::vector<WorkspaceId>>> PostgresPurge::due(std::chrono::days grace) {
  Principal system{.kind = PrincipalKind::system, .why = "look for deleted workspaces"};
  auto rows = co_await read(
      pool_, std::move(system),
      {"select public.list_due_purges($1::integer * interval '1 day')", {integer(grace.count())}});
  if (!rows) co_return std::unexpected(rows.error());
  std::vector<WorkspaceId> found;
  for (std::size_t row = 0; row < rows->size(); ++row)
    found.emplace_back(rows->uuid(row, 0));
  co_return found;
}

Task<Result<bool>> PostgresPurge::begin(Principal principal, std::chrono::days grace) {
  auto rows = co_await write(
      pool_, std::move(principal),
      {"select public.begin_purge($1::integer * interval '1 day')", {integer(grace.count())}});
  if (!rows) co_return std::unexpected(rows.error());
  co_return rows->boolean(0, 0);
}

Task<Result<std::size_t>> PostgresPurge::remove_conversations(Principal principal,
                                                              std::size_t most) {
  auto rows = co_await write(pool_, std::move(principal),
                             {"select public.purge_conversations($1::integer)",
                              {integer(static_cast<std::int64_t>(most))}});
  if (!rows) co_return std::unexpected(rows.error());
  co_return static_cast<std::size_t>(rows->number(0, 0));
}

Task<Result<bool>> PostgresPurge::finish(Principal principal) {
  auto rows = co_await write(pool_, std::move(principal), {"select public.finish_purge()", {}});
  if (!rows) co_return std::unexpected(rows.error());
  co_return rows->boolean(0, 0);
}

}  // namespace antiphon::store
