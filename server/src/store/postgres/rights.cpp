#include "store/postgres/rights.h"

#include "store/postgres/rows.h"

#include <utility>

namespace antiphon::store {

Task<Result<std::vector<std::optional<Rights>>>> PostgresRights::rights_of(
    std::vector<RightsHolder> holders) {
  std::vector<std::string> workspaces;
  std::vector<std::string> principals;
  for (const RightsHolder& holder : holders) {
    workspaces.push_back(holder.workspace.to_string());
    principals.push_back(holder.principal.to_string());
  }
  auto rows = co_await read(
      pool_, person_outside(Uuid{}, "find rights"),
      {"select place, kind, role, scopes from public.find_rights($1::uuid[], $2::uuid[])",
       {text_array(workspaces), text_array(principals)}});
  if (!rows) co_return std::unexpected(std::move(rows.error()));
  std::vector<std::optional<Rights>> found(holders.size());
  for (std::size_t row = 0; row < rows->size(); ++row) {
    const auto kind = rows->view(row, 1) == "user" ? PrincipalKind::user : PrincipalKind::api_key;
    found.at(static_cast<std::size_t>(rows->number(row, 0)) - 1) =
        Rights{kind, role_in_database(rows->view(row, 2)), parse_text_array(rows->view(row, 3))};
  }
  co_return found;
}

}  // namespace antiphon::store
