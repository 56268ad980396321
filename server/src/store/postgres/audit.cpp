#include "store/postgres/account_stores.h"
#include "store/postgres/rows.h"
#include "store/stored_json.h"

#include <utility>

namespace antiphon::store {

namespace {

#define AUDIT_COLUMNS \
  "sequence, " ANTIPHON_MICROS(                                                           \
      "occurred_at") ", principal_kind, principal_id, action, object_kind, object_id, "   \
                     "address, request_id, before, after, encode(previous_hash, 'hex'), " \
                     "encode(hash, 'hex')"
#define AUDIT_FILTER                                           \
  " workspace_id = (select public.current_workspace_id())"     \
  " and ($1::text is null or object_kind = $1)"                \
  " and ($2::text is null or object_id = $2)"                  \
  " and ($3::text is null or principal_id = $3)"               \
  " and ($4::text is null or action = $4)"                     \
  " and ($5::bigint is null or occurred_at >= " ANTIPHON_TIME( \
      "$5") ") and ($6::bigint is null or occurred_at < " ANTIPHON_TIME("$6") ")"

AuditEntry read_entry(const Rows& rows, std::size_t row) {
  AuditEntry entry;
  entry.sequence = rows.number(row, 0);
  entry.occurred_at = rows.time(row, 1);
  entry.principal_kind = rows.string(row, 2);
  entry.principal_id = rows.string(row, 3);
  entry.action = rows.string(row, 4);
  entry.object_kind = rows.string(row, 5);
  entry.object_id = rows.string(row, 6);
  entry.address = rows.string(row, 7);
  entry.request_id = rows.string(row, 8);
  entry.before = rows.string(row, 9);
  entry.after = rows.string(row, 10);
  entry.previous_hash = rows.string(row, 11);
  entry.hash = rows.string(row, 12);
  return entry;
}

Parameter text_or_null(const std::string& value) {
  return value.empty() ? null() : text(storable(value));
}

Parameter time_or_null(const std::optional<WallTime>& time) {
  return time ? timestamp(*time) : null();
}

std::vector<Parameter> parameters_of(const AuditFilter& filter, std::int64_t position,
                                     std::size_t limit) {
  return {text_or_null(filter.object_kind),
          text_or_null(filter.object_id),
          text_or_null(filter.principal_id),
          text_or_null(filter.action),
          time_or_null(filter.from),
          time_or_null(filter.to),
          integer(position),
          integer(static_cast<std::int64_t>(limit))};
}

std::string from_hex(std::string_view hex) {
  const auto digit = [](char character) {
    return character <= '9' ? character - '0' : character - 'a' + 10;
  };
  std::string raw;
  for (std::size_t at = 0; at + 1 < hex.size(); at += 2)
    raw.push_back(static_cast<char>(digit(hex[at]) * 16 + digit(hex[at + 1])));
  return raw;
}

class PostgresAudit final : public AuditStore {
 public:
  explicit PostgresAudit(Pool& pool) : pool_(pool) {}

  Task<Result<std::vector<AuditEntry>>> list(Principal principal, AuditFilter filter,
                                             std::int64_t before, std::size_t limit) override {
    co_return entries(co_await read(
        pool_, std::move(principal),
        {"select " AUDIT_COLUMNS " from public.audit_log where" AUDIT_FILTER
         " and ($7::bigint = 0 or sequence < $7) order by sequence desc limit $8::integer",
         parameters_of(filter, before, limit)}));
  }

  Task<Result<std::vector<AuditEntry>>> list_forward(Principal principal, AuditFilter filter,
                                                     std::int64_t after,
                                                     std::size_t limit) override {
    co_return entries(
        co_await read(pool_, std::move(principal),
                      {"select " AUDIT_COLUMNS " from public.audit_log where" AUDIT_FILTER
                       " and sequence > $7::bigint order by sequence limit $8::integer",
                       parameters_of(filter, after, limit)}));
  }

  // The text is put together here and not by the function that the triggers use: whoever edits rows
  // may edit that function too.
  Task<Result<std::vector<AuditLink>>> links(Principal principal, std::int64_t after,
                                             std::size_t limit) override {
    auto rows = co_await read(
        pool_, std::move(principal),
        {"select sequence, jsonb_build_array(encode(previous_hash, 'hex'), workspace_id, sequence,"
         " to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),"
         " principal_kind, principal_id, action, object_kind, object_id, address, request_id,"
         " before, after)::text, encode(previous_hash, 'hex'), encode(hash, 'hex')"
         " from public.audit_log where workspace_id = (select public.current_workspace_id())"
         " and sequence > $1::bigint order by sequence limit $2::integer",
         {integer(after), integer(static_cast<std::int64_t>(limit))}});
    if (!rows) co_return std::unexpected(std::move(rows.error()));
    std::vector<AuditLink> found;
    for (std::size_t row = 0; row < rows->size(); ++row) {
      found.push_back({rows->number(row, 0), rows->string(row, 1), from_hex(rows->view(row, 2)),
                       from_hex(rows->view(row, 3))});
    }
    co_return found;
  }

  Task<Result<AuditHead>> head(Principal principal) override {
    auto rows = co_await read(pool_, std::move(principal),
                              {"select sequence, encode(hash, 'hex') from public.audit_chains"
                               " where workspace_id = (select public.current_workspace_id())",
                               {}});
    if (!rows) co_return std::unexpected(std::move(rows.error()));
    if (rows->empty()) co_return AuditHead{};
    co_return AuditHead{rows->number(0, 0), from_hex(rows->view(0, 1))};
  }

 private:
  static Result<std::vector<AuditEntry>> entries(const Result<Rows>& rows) {
    if (!rows) return std::unexpected(rows.error());
    std::vector<AuditEntry> found;
    for (std::size_t row = 0; row < rows->size(); ++row)
      found.push_back(read_entry(*rows, row));
    return found;
  }

  Pool& pool_;
};

}  // namespace

std::unique_ptr<AuditStore> make_postgres_audit(Pool& pool) {
  return std::make_unique<PostgresAudit>(pool);
}

}  // namespace antiphon::store
