// Small things that the stores share. Private to this folder.
#pragma once

#include "core/check.h"
#include "domain/scopes.h"
#include "ports/recording_store.h"
#include "ports/stores.h"
#include "store/cursor.h"
#include "store/postgres/pool.h"

#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace antiphon::store {

// The database stores enumerators by name.
template <class Enum>
std::string name_in_database(Enum value) {
  return boost::describe::enum_to_string(value, "");
}

template <class Enum>
Enum from_database(std::string_view name) {
  Enum value{};
  // A check constraint lets nothing else in.
  CHECK(boost::describe::enum_from_string(std::string(name).c_str(), value),
        "the column holds the name of an enumerator");
  return value;
}

[[nodiscard]] inline Role role_in_database(std::string_view name) {
  const auto role = role_named(name);
  CHECK(role, "a check constraint lets no other role in");
  return *role;
}

// What the database refuses through a function of ours, without a workspace.
[[nodiscard]] inline Principal person_outside(Uuid user, const char* why) {
  return {PrincipalKind::user, user, WorkspaceId{}, Role::analyst, why};
}

[[nodiscard]] inline std::optional<WallTime> optional_time(const Rows& rows, std::size_t row,
                                                           int column) {
  if (rows.is_null(row, column)) return std::nullopt;
  return rows.time(row, column);
}

[[nodiscard]] inline std::unexpected<Error> missing(std::string_view what) {
  return failure(ErrorCode::not_found, "there is no such " + std::string(what));
}

// One statement, its rows.
[[nodiscard]] inline Task<Result<Rows>> read(Pool& pool, Principal principal, Statement statement) {
  std::vector<Statement> unit;
  unit.push_back(std::move(statement));
  auto rows = co_await pool.run(std::move(principal), std::move(unit),
                                {.timeout = {}, .repeatable = Repeatable::yes});
  if (!rows) co_return std::unexpected(std::move(rows.error()));
  co_return std::move(rows->front());
}

[[nodiscard]] inline Task<Result<Rows>> write(Pool& pool, Principal principal,
                                              Statement statement) {
  std::vector<Statement> unit;
  unit.push_back(std::move(statement));
  auto rows = co_await pool.run(std::move(principal), std::move(unit));
  if (!rows) co_return std::unexpected(std::move(rows.error()));
  co_return std::move(rows->front());
}

// The two parameters of a cursor: null and null on the first page.
[[nodiscard]] inline std::pair<Parameter, Parameter> cursor_parameters(
    const std::optional<Cursor>& cursor) {
  if (!cursor) return {null(), null()};
  return {integer(cursor->time.time_since_epoch().count()), text(cursor->id)};
}

// Lists ask for one row more than the page holds: its presence says that there is a next page.
template <class T, class Read, class TimeOf>
Result<Page<T>> to_page(const Rows& rows, std::size_t limit, Read read_row, TimeOf time_of) {
  Page<T> page;
  for (std::size_t row = 0; row < std::min(rows.size(), limit); ++row) {
    auto item = read_row(rows, row);
    if (!item) return std::unexpected(std::move(item.error()));
    page.items.push_back(std::move(*item));
  }
  if (rows.size() > limit) {
    const T& last = page.items.back();
    page.next_cursor = encode_cursor({to_microtime(time_of(last)), last.id.uuid()});
  }
  return page;
}

[[nodiscard]] std::unique_ptr<AgentStore> make_postgres_agents(Pool& pool);
[[nodiscard]] std::unique_ptr<KnowledgeStore> make_postgres_knowledge(Pool& pool);
[[nodiscard]] std::unique_ptr<ConversationStore> make_postgres_conversations(Pool& pool, Log& log);
[[nodiscard]] std::unique_ptr<RecordingStore> make_postgres_recordings(Pool& pool);
[[nodiscard]] std::unique_ptr<ApiKeyStore> make_postgres_api_keys(Pool& pool);

// SQL of a timestamp as microseconds since 1970; a macro, because statements are literals.
#define ANTIPHON_MICROS(column) "(extract(epoch from " column ") * 1000000)::bigint"
// And back, exactly: an interval of microseconds holds them as an integer.
#define ANTIPHON_TIME(parameter) \
  "(timestamptz 'epoch' + " parameter "::bigint * interval '1 microsecond')"

}  // namespace antiphon::store
