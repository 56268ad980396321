#include "store/postgres/rows.h"
#include "store/postgres/stores.h"

#include <array>

namespace antiphon::store {

namespace {

constexpr std::array kRoles{
    std::pair{Role::owner, std::string_view("owner")},
    std::pair{Role::admin, std::string_view("admin")},
    std::pair{Role::developer, std::string_view("developer")},
    std::pair{Role::operator_, std::string_view("operator")},
    std::pair{Role::analyst, std::string_view("analyst")},
};

std::string name_of_role(Role role) {
  for (const auto& [value, name] : kRoles) {
    if (value == role) return std::string(name);
  }
  CHECK(false, "the roles are a closed list");
}

Role role_of(std::string_view text) {
  for (const auto& [value, name] : kRoles) {
    if (name == text) return value;
  }
  CHECK(false, "a check constraint lets no other role in");
}

Principal nobody(const char* why) {
  return {PrincipalKind::system, Uuid{}, WorkspaceId{}, Role::analyst, why};
}

class PostgresApiKeys final : public ApiKeyStore {
 public:
  explicit PostgresApiKeys(Pool& pool) : pool_(pool) {}

  Task<Result<ApiKey>> find_by_hash(std::string hash) override {
    // No workspace is known yet; find_api_key() is the one door through the policies.
    auto rows = co_await read(pool_, nobody("find an api key"),
                              {"select api_key_id, workspace_id, role, scopes, " ANTIPHON_MICROS(
                                   "expires_at") " from public.find_api_key($1::bytea)",
                               {bytes(hash)}});
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->empty()) co_return missing("key");
    ApiKey key{.id = ApiKeyId(rows->uuid(0, 0)),
               .workspace = WorkspaceId(rows->uuid(0, 1)),
               .role = role_of(rows->view(0, 2)),
               .scopes = parse_text_array(rows->view(0, 3)),
               .expires_at = std::nullopt};
    if (!rows->is_null(0, 4)) key.expires_at = rows->time(0, 4);
    co_return key;
  }

  Task<Result<ApiKey>> ensure(WorkspaceId workspace, std::string name, Role role,
                              std::string prefix, std::string hash) override {
    // `system` may add a key and not read it, so: look through the door, add, and look again.
    auto known = co_await find_by_hash(hash);
    if (!known && known.error().code == ErrorCode::not_found) {
      auto made = co_await write(
          pool_, {PrincipalKind::system, Uuid{}, workspace, Role::owner, "make the first key"},
          {"insert into public.api_keys (id, workspace_id, name, prefix, key_hash, role)"
           " values (gen_random_uuid(), $1::uuid, $2, $3, $4::bytea, $5)",
           {text(workspace), text(std::move(name)), text(std::move(prefix)), bytes(hash),
            text(name_of_role(role))}});
      // Another process may have been faster.
      if (!made && made.error().code != ErrorCode::already_exists) {
        co_return std::unexpected(made.error());
      }
      known = co_await find_by_hash(std::move(hash));
    }
    if (known && known->workspace != workspace) {
      co_return failure(ErrorCode::already_exists, "another workspace has this key");
    }
    co_return known;
  }

 private:
  Pool& pool_;
};

}  // namespace

std::unique_ptr<ApiKeyStore> make_postgres_api_keys(Pool& pool) {
  return std::make_unique<PostgresApiKeys>(pool);
}

PostgresStores::PostgresStores(Pool& pool, Log& log)
    : agents_(make_postgres_agents(pool)),
      knowledge_(make_postgres_knowledge(pool)),
      conversations_(make_postgres_conversations(pool, log)),
      api_keys_(make_postgres_api_keys(pool)),
      recordings_(make_postgres_recordings(pool)) {}

PostgresStores::~PostgresStores() = default;

Task<Result<std::int64_t>> ensure_month_partitions(Pool& pool) {
  auto rows = co_await write(pool, nobody("make partitions"),
                             {"select public.ensure_month_partitions(3)", {}});
  if (!rows) co_return std::unexpected(rows.error());
  co_return rows->number(0, 0);
}

}  // namespace antiphon::store
