#include "store/postgres/usage.h"

#include "store/postgres/rows.h"
#include "store/stored_json.h"

namespace antiphon::store {

namespace {

// Microseconds of civil time at the beginning of the day, which SQL makes a date of again.
Parameter day(std::chrono::year_month_day date) { return timestamp(std::chrono::sys_days(date)); }

#define ANTIPHON_DAY(parameter) "(" ANTIPHON_TIME(parameter) " at time zone 'UTC')::date"

std::chrono::year_month_day day_of(const Rows& rows, std::size_t row, int column) {
  return std::chrono::floor<std::chrono::days>(rows.time(row, column));
}

// Of the query below; the names are columns and expressions of usage_days.
std::string_view expression_of(UsageGrouping grouping) {
  switch (grouping) {
    case UsageGrouping::day:
      return "day";
    case UsageGrouping::agent:
      return "agent";
    case UsageGrouping::provider:
      return "provider";
    case UsageGrouping::kind:
      break;
  }
  return "kind";
}

Parameter limit_of(const std::optional<std::int64_t>& limit) {
  return limit ? integer(*limit) : null();
}

std::optional<std::int64_t> optional_number(const Rows& rows, std::size_t row, int column) {
  if (rows.is_null(row, column)) return std::nullopt;
  return rows.number(row, column);
}

}  // namespace

Task<Result<std::vector<UsageSum>>> PostgresUsage::sum(Principal principal,
                                                       UsageQuestion question) {
  auto rows = co_await read(
      pool_, std::move(principal),
      {"select case $3 when 'day' then d.day::text when 'agent' then d.agent_id::text"
       " when 'provider' then d.provider || case when d.model = '' then '' else '/' || d.model end"
       " else d.kind end as grouped, d.kind, sum(d.quantity)::bigint,"
       " round(sum(public.usage_cost(d.workspace_id, d.provider, d.model, d.kind, d.day,"
       " d.quantity)))::bigint from public.usage_days d"
       " where d.workspace_id = (select public.current_workspace_id())"
       " and d.day between " ANTIPHON_DAY("$1") " and " ANTIPHON_DAY(
           "$2") " group by 1, 2 order by 1, 2 limit 20000",
       {day(question.from), day(question.to),
        text(std::string(expression_of(question.group_by)))}});
  if (!rows) co_return std::unexpected(rows.error());
  std::vector<UsageSum> sums;
  for (std::size_t row = 0; row < rows->size(); ++row) {
    UsageSum sum{.group = rows->string(row, 0),
                 .quantity = rows->number(row, 2),
                 .cost_micros = rows->number(row, 3)};
    // A newer server may count what this one does not know.
    if (!boost::describe::enum_from_string(rows->string(row, 1).c_str(), sum.kind)) continue;
    sums.push_back(std::move(sum));
  }
  co_return sums;
}

Task<Result<QuotaState>> PostgresUsage::quotas(Principal principal) {
  auto rows = co_await read(
      pool_, std::move(principal),
      {"select q.conversations_max, q.minutes_max, q.storage_bytes_max, q.spend_micros_max,"
       " u.conversations, u.conversation_ms, u.storage_bytes, u.spend_micros"
       " from public.quota_use() u left join public.workspace_quotas q"
       " on q.workspace_id = (select public.current_workspace_id())",
       {}});
  if (!rows) co_return std::unexpected(rows.error());
  co_return QuotaState{
      {optional_number(*rows, 0, 0), optional_number(*rows, 0, 1), optional_number(*rows, 0, 2),
       optional_number(*rows, 0, 3)},
      {rows->number(0, 4), rows->number(0, 5), rows->number(0, 6), rows->number(0, 7)}};
}

Task<Result<>> PostgresUsage::set_quotas(Principal principal, Quotas quotas) {
  auto rows = co_await write(
      pool_, std::move(principal),
      {"insert into public.workspace_quotas as q (workspace_id, conversations_max, minutes_max,"
       " storage_bytes_max, spend_micros_max) values ((select public.current_workspace_id()),"
       " $1::integer, $2::bigint, $3::bigint, $4::bigint)"
       " on conflict (workspace_id) do update set"
       " conversations_max = excluded.conversations_max, minutes_max = excluded.minutes_max,"
       " storage_bytes_max = excluded.storage_bytes_max,"
       " spend_micros_max = excluded.spend_micros_max, updated_at = now()",
       {limit_of(quotas.conversations_max), limit_of(quotas.minutes_max),
        limit_of(quotas.storage_bytes_max), limit_of(quotas.spend_micros_max)}});
  if (!rows) co_return std::unexpected(rows.error());
  co_return Result<>{};
}

Task<Result<std::vector<Price>>> PostgresUsage::prices(Principal principal) {
  auto rows = co_await read(
      pool_, std::move(principal),
      {"select provider, model, kind, " ANTIPHON_MICROS(
           "valid_from") ", micros, per from public.prices"
                         " where workspace_id = (select public.current_workspace_id())"
                         " order by provider, model, kind, valid_from",
       {}});
  if (!rows) co_return std::unexpected(rows.error());
  std::vector<Price> prices;
  for (std::size_t row = 0; row < rows->size(); ++row) {
    Price price{.provider = rows->string(row, 0),
                .model = rows->string(row, 1),
                .valid_from = day_of(*rows, row, 3),
                .micros = rows->number(row, 4),
                .per = rows->number(row, 5)};
    if (!boost::describe::enum_from_string(rows->string(row, 2).c_str(), price.kind)) continue;
    prices.push_back(std::move(price));
  }
  co_return prices;
}

Task<Result<>> PostgresUsage::set_prices(Principal principal, std::vector<Price> prices) {
  std::vector<Statement> unit;
  unit.push_back(
      {"delete from public.prices"
       " where workspace_id = (select public.current_workspace_id())",
       {}});
  for (const Price& price : prices) {
    unit.push_back(
        {"insert into public.prices (workspace_id, provider, model, kind, valid_from, micros, per)"
         " values ((select public.current_workspace_id()), $1, $2, $3, " ANTIPHON_DAY(
             "$4") ", $5::bigint, $6::bigint)",
         {text(storable(price.provider)), text(storable(price.model)),
          text(name_in_database(price.kind)), day(price.valid_from), integer(price.micros),
          integer(price.per)}});
  }
  auto rows = co_await pool_.run(std::move(principal), std::move(unit));
  if (!rows) co_return std::unexpected(rows.error());
  co_return Result<>{};
}

Task<Result<std::optional<std::chrono::milliseconds>>> PostgresUsage::time_left(
    Principal principal) {
  auto rows = co_await read(pool_, std::move(principal), {"select public.minutes_left_ms()", {}});
  if (!rows) co_return std::unexpected(rows.error());
  std::optional<std::chrono::milliseconds> left;
  if (!rows->empty() && !rows->is_null(0, 0)) left.emplace(rows->number(0, 0));
  co_return left;
}

}  // namespace antiphon::store
