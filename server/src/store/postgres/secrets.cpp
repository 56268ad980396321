#include "store/postgres/secrets.h"

#include "store/postgres/rows.h"
#include "store/stored_json.h"

namespace antiphon::store {

namespace {

Principal nobody(const char* why) {
  return {PrincipalKind::system, Uuid{}, WorkspaceId{}, Role::analyst, why};
}

int digit_of(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

// Of encode(column, 'hex').
std::string from_hex(std::string_view text) {
  std::string raw;
  raw.reserve(text.size() / 2);
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    raw.push_back(static_cast<char>(digit_of(text[i]) * 16 + digit_of(text[i + 1])));
  return raw;
}

#define SECRET_COLUMNS                                              \
  "id, workspace_id, name, kind, hint, revision, " ANTIPHON_MICROS( \
      "created_at") ", " ANTIPHON_MICROS("updated_at")

SecretFacts read_facts(const Rows& rows, std::size_t row) {
  SecretFacts facts;
  facts.id = SecretId(rows.uuid(row, 0));
  facts.workspace = WorkspaceId(rows.uuid(row, 1));
  facts.name = rows.string(row, 2);
  facts.kind = from_database<SecretKind>(rows.view(row, 3));
  if (!rows.is_null(row, 4)) facts.hint = rows.string(row, 4);
  facts.revision = rows.number(row, 5);
  facts.created_at = rows.time(row, 6);
  facts.updated_at = rows.time(row, 7);
  return facts;
}

class PostgresWorkspaceKeys final : public WorkspaceKeyStore {
 public:
  explicit PostgresWorkspaceKeys(Pool& pool) : pool_(pool) {}

  Task<Result<std::vector<WrappedKey>>> list(Principal principal) override {
    auto rows = co_await read(
        pool_, std::move(principal),
        {"select version, encode(master_key_id, 'hex'), encode(wrapped, 'hex')"
         " from public.workspace_keys"
         " where workspace_id = (select public.current_workspace_id()) order by version desc",
         {}});
    if (!rows) co_return std::unexpected(rows.error());
    std::vector<WrappedKey> keys;
    for (std::size_t row = 0; row < rows->size(); ++row) {
      keys.push_back({static_cast<std::uint32_t>(rows->number(row, 0)),
                      from_hex(rows->view(row, 1)), from_hex(rows->view(row, 2))});
    }
    co_return keys;
  }

  Task<Result<>> add(Principal principal, WrappedKey key) override {
    const WorkspaceId workspace = principal.workspace;
    auto rows = co_await write(
        pool_, std::move(principal),
        {"insert into public.workspace_keys (workspace_id, version, master_key_id, wrapped)"
         " values ($1::uuid, $2::integer, $3::bytea, $4::bytea)",
         {text(workspace), integer(key.version), bytes(key.master_key_id), bytes(key.wrapped)}});
    if (!rows) co_return std::unexpected(rows.error());
    co_return Result<>{};
  }

  Task<Result<bool>> rewrap(Principal principal, WrappedKey key,
                            std::string old_master_key_id) override {
    auto rows = co_await write(
        pool_, std::move(principal),
        {"update public.workspace_keys set master_key_id = $2::bytea, wrapped = $3::bytea,"
         " updated_at = now()"
         " where workspace_id = (select public.current_workspace_id())"
         " and version = $1::integer and master_key_id = $4::bytea",
         {integer(key.version), bytes(key.master_key_id), bytes(key.wrapped),
          bytes(old_master_key_id)}});
    if (!rows) co_return std::unexpected(rows.error());
    co_return rows->affected() > 0;
  }

  Task<Result<>> shred(Principal principal) override {
    auto rows = co_await write(pool_, std::move(principal),
                               {"delete from public.workspace_keys"
                                " where workspace_id = (select public.current_workspace_id())",
                                {}});
    if (!rows) co_return std::unexpected(rows.error());
    co_return Result<>{};
  }

  Task<Result<std::vector<MasterKeyUse>>> master_keys_in_use() override {
    auto rows = co_await read(
        pool_, nobody("count workspace keys"),
        {"select encode(master_key_id, 'hex'), keys from public.list_master_keys()", {}});
    if (!rows) co_return std::unexpected(rows.error());
    std::vector<MasterKeyUse> used;
    for (std::size_t row = 0; row < rows->size(); ++row) {
      used.push_back(
          {from_hex(rows->view(row, 0)), static_cast<std::uint64_t>(rows->number(row, 1))});
    }
    co_return used;
  }

  Task<Result<std::vector<WorkspaceId>>> wrapped_by_others(std::string master_key_id,
                                                           std::size_t limit) override {
    auto rows = co_await read(pool_, nobody("rotate the master key"),
                              {"select public.wrapped_by_others($1::bytea, $2::integer)",
                               {bytes(master_key_id), integer(static_cast<std::int64_t>(limit))}});
    if (!rows) co_return std::unexpected(rows.error());
    std::vector<WorkspaceId> workspaces;
    for (std::size_t row = 0; row < rows->size(); ++row)
      workspaces.emplace_back(rows->uuid(row, 0));
    co_return workspaces;
  }

 private:
  Pool& pool_;
};

class PostgresSecrets final : public SecretStore {
 public:
  explicit PostgresSecrets(Pool& pool) : pool_(pool) {}

  Task<Result<SecretFacts>> put(Principal principal, SealedSecret secret) override {
    const SecretFacts& facts = secret.facts;
    auto rows =
        co_await write(pool_, std::move(principal),
                       {"insert into public.secrets (id, workspace_id, name, kind, sealed, hint)"
                        " values ($1::uuid, $2::uuid, $3, $4, $5::bytea, $6)"
                        " on conflict (workspace_id, name) do update set kind = excluded.kind,"
                        " sealed = excluded.sealed, hint = excluded.hint"
                        " where secrets.id = excluded.id returning " SECRET_COLUMNS,
                        {text(facts.id), text(facts.workspace), text(facts.name),
                         text(name_in_database(facts.kind)), bytes(secret.sealed),
                         facts.hint ? text(*facts.hint) : null()}});
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->empty()) {
      co_return failure(ErrorCode::conflict, "another secret got this name just now; try again");
    }
    co_return read_facts(*rows, 0);
  }

  Task<Result<SealedSecret>> find(Principal principal, std::string name) override {
    auto rows =
        co_await read(pool_, std::move(principal),
                      {"select " SECRET_COLUMNS ", encode(sealed, 'hex') from public.secrets"
                       " where workspace_id = (select public.current_workspace_id()) and name = $1",
                       {text(storable(name))}});
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->empty()) co_return missing("secret");
    co_return SealedSecret{read_facts(*rows, 0), from_hex(rows->view(0, 8))};
  }

  Task<Result<Page<SecretFacts>>> list(Principal principal, PageRequest page) override {
    const auto start = start_of(page);
    if (!start) co_return std::unexpected(start.error());
    auto [cursor_time, cursor_id] = cursor_parameters(*start);
    auto rows = co_await read(pool_, std::move(principal),
                              {"select " SECRET_COLUMNS " from public.secrets"
                               " where workspace_id = (select public.current_workspace_id())"
                               " and ($1::bigint is null or (created_at, id) < (" ANTIPHON_TIME(
                                   "$1") ", $2::uuid))"
                                         " order by created_at desc, id desc limit $3::bigint",
                               {std::move(cursor_time), std::move(cursor_id),
                                integer(static_cast<std::int64_t>(page.limit) + 1)}});
    if (!rows) co_return std::unexpected(rows.error());
    co_return to_page<SecretFacts>(
        *rows, page.limit,
        [](const Rows& all, std::size_t row) -> Result<SecretFacts> {
          return read_facts(all, row);
        },
        [](const SecretFacts& facts) { return facts.created_at; });
  }

  Task<Result<>> remove(Principal principal, std::string name) override {
    auto rows = co_await write(
        pool_, std::move(principal),
        {"delete from public.secrets"
         " where workspace_id = (select public.current_workspace_id()) and name = $1",
         {text(storable(name))}});
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->affected() == 0) co_return missing("secret");
    co_return Result<>{};
  }

 private:
  Pool& pool_;
};

}  // namespace

std::unique_ptr<WorkspaceKeyStore> make_postgres_workspace_keys(Pool& pool) {
  return std::make_unique<PostgresWorkspaceKeys>(pool);
}

std::unique_ptr<SecretStore> make_postgres_secrets(Pool& pool) {
  return std::make_unique<PostgresSecrets>(pool);
}

}  // namespace antiphon::store
