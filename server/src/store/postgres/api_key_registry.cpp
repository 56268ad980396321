#include "store/postgres/account_stores.h"
#include "store/postgres/rows.h"
#include "store/stored_json.h"

#include <utility>

namespace antiphon::store {

namespace {

#define KEY_COLUMNS \
  "id, name, prefix, role, scopes, " ANTIPHON_MICROS("expires_at") ", " ANTIPHON_MICROS( \
      "revoked_at") ", " ANTIPHON_MICROS("last_used_at") ", created_by, "                \
                                                         ANTIPHON_MICROS("created_at")

ApiKeyRecord read_key(const Rows& rows, std::size_t row) {
  return {ApiKeyId(rows.uuid(row, 0)),
          rows.string(row, 1),
          rows.string(row, 2),
          role_in_database(rows.view(row, 3)),
          parse_text_array(rows.view(row, 4)),
          optional_time(rows, row, 5),
          optional_time(rows, row, 6),
          optional_time(rows, row, 7),
          rows.string(row, 8),
          rows.time(row, 9)};
}

Result<ApiKeyRecord> only(const Result<Rows>& rows) {
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return missing("key");
  return read_key(*rows, 0);
}

Parameter time_or_null(const std::optional<WallTime>& time) {
  return time ? timestamp(*time) : null();
}

class PostgresApiKeyRegistry final : public ApiKeyRegistry {
 public:
  explicit PostgresApiKeyRegistry(Pool& pool) : pool_(pool) {}

  Task<Result<ApiKeyRecord>> create(Principal principal, ApiKeyRecord key,
                                    std::string hash) override {
    const Parameter workspace = text(principal.workspace);
    co_return only(co_await write(
        pool_, std::move(principal),
        {"insert into public.api_keys"
         " (id, workspace_id, name, prefix, key_hash, role, scopes, expires_at)"
         " values ($1::uuid, $2::uuid, $3, $4, $5::bytea, $6, $7::text[], " ANTIPHON_TIME(
             "$8") ") returning " KEY_COLUMNS,
         {text(key.id), workspace, text(storable(key.name)), text(storable(key.prefix)),
          bytes(hash), text(std::string(name_of(key.role))), text_array(key.scopes),
          time_or_null(key.expires_at)}}));
  }

  Task<Result<ApiKeyRecord>> find(Principal principal, ApiKeyId id) override {
    co_return only(co_await read(
        pool_, std::move(principal),
        {"select " KEY_COLUMNS " from public.api_keys where id = $1::uuid", {text(id)}}));
  }

  Task<Result<Page<ApiKeyRecord>>> list(Principal principal, PageRequest page) override {
    const auto start = start_of(page);
    if (!start) co_return std::unexpected(start.error());
    auto [after_time, after_id] = cursor_parameters(*start);
    auto rows = co_await read(pool_, std::move(principal),
                              {"select " KEY_COLUMNS " from public.api_keys"
                               " where workspace_id = (select public.current_workspace_id())"
                               " and ($1::bigint is null or (created_at, id) < (" ANTIPHON_TIME(
                                   "$1") ", $2::uuid))"
                                         " order by created_at desc, id desc limit $3::integer",
                               {std::move(after_time), std::move(after_id),
                                integer(static_cast<std::int64_t>(page.limit) + 1)}});
    if (!rows) co_return std::unexpected(std::move(rows.error()));
    co_return to_page<ApiKeyRecord>(
        *rows, page.limit,
        [](const Rows& all, std::size_t row) -> Result<ApiKeyRecord> { return read_key(all, row); },
        [](const ApiKeyRecord& key) { return key.created_at; });
  }

  Task<Result<ApiKeyRecord>> save(Principal principal, ApiKeyRecord key) override {
    co_return only(co_await write(
        pool_, std::move(principal),
        {"update public.api_keys set name = $2, scopes = $3::text[], expires_at = " ANTIPHON_TIME(
             "$4") " where id = $1::uuid and revoked_at is null returning " KEY_COLUMNS,
         {text(key.id), text(storable(key.name)), text_array(key.scopes),
          time_or_null(key.expires_at)}}));
  }

  Task<Result<>> revoke(Principal principal, ApiKeyId id) override {
    const auto rows = co_await write(pool_, std::move(principal),
                                     {"update public.api_keys set revoked_at = now()"
                                      " where id = $1::uuid and revoked_at is null",
                                      {text(id)}});
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->affected() == 0) co_return missing("key");
    co_return Result<>{};
  }

 private:
  Pool& pool_;
};

}  // namespace

std::unique_ptr<ApiKeyRegistry> make_postgres_api_key_registry(Pool& pool) {
  return std::make_unique<PostgresApiKeyRegistry>(pool);
}

}  // namespace antiphon::store
