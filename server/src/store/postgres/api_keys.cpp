#include "store/postgres/rows.h"
#include "store/postgres/stores.h"

namespace antiphon::store {

namespace {

Principal nobody(const char* why) {
  return {PrincipalKind::system, Uuid{}, WorkspaceId{}, Role::analyst, why};
}

class PostgresApiKeys final : public ApiKeyStore {
 public:
  explicit PostgresApiKeys(Pool& pool) : pool_(pool) {}

  Task<Result<ApiKey>> find_by_hash(std::string hash) override {
    // No workspace is known yet; find_api_key() is the one door through the policies. Whoever is
    // looked up is in use: that is noted too, at most once a minute.
    std::vector<Statement> unit;
    unit.push_back({"select api_key_id, workspace_id, role, scopes, " ANTIPHON_MICROS(
                        "expires_at") " from public.find_api_key($1::bytea)",
                    {bytes(hash)}});
    unit.push_back(
        {"select public.touch_api_key(k.api_key_id) from public.find_api_key($1::bytea) k",
         {bytes(hash)}});
    auto found = co_await pool_.run(nobody("find an api key"), std::move(unit),
                                    {.timeout = {}, .repeatable = Repeatable::yes});
    if (!found) co_return std::unexpected(std::move(found.error()));
    const Rows* rows = &found->front();
    if (rows->empty()) co_return missing("key");
    ApiKey key{.id = ApiKeyId(rows->uuid(0, 0)),
               .workspace = WorkspaceId(rows->uuid(0, 1)),
               .role = role_in_database(rows->view(0, 2)),
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
            text(std::string(name_of(role)))}});
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
