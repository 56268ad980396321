#include "store/postgres/widgets.h"

#include "store/postgres/rows.h"
#include "store/stored_json.h"

namespace antiphon::store {

namespace {

Principal nobody() {
  return {PrincipalKind::system, Uuid{}, WorkspaceId{}, Role::analyst, "find a widget"};
}

Parameter day(std::chrono::year_month_day date) { return timestamp(std::chrono::sys_days(date)); }

#define ANTIPHON_DAY(parameter) "(" ANTIPHON_TIME(parameter) " at time zone 'UTC')::date"
// $1 the agent, $2 and $3 the days.
#define WIDGET_CONVERSATIONS                                       \
  " from public.widget_conversations w"                            \
  " where w.workspace_id = (select public.current_workspace_id())" \
  " and w.agent_id = $1::uuid and w.created_at >= " ANTIPHON_TIME( \
      "$2") " and w.created_at < " ANTIPHON_TIME("$3") " + interval '1 day'"

constexpr std::string_view kCounts =
    "with own as (select (w.created_at at time zone 'UTC')::date as day, w.*" WIDGET_CONVERSATIONS
    "), calls as (select o.day, c.status, c.ended_reason, c.mode,"
    " (extract(epoch from c.ended_at - c.started_at) * 1000)::bigint as length"
    " from own o join public.conversations c on c.id = o.conversation_id"
    " and c.workspace_id = o.workspace_id)"
    " select (extract(epoch from day) * 1000000)::bigint, kind, quantity from ("
    " select day, kind, quantity from public.widget_counts"
    " where workspace_id = (select public.current_workspace_id()) and agent_id = $1::uuid"
    " and day between " ANTIPHON_DAY("$2") " and " ANTIPHON_DAY("$3")
    " union all select day, 'conversations', count(*) from own group by 1"
    " union all select day, 'messages', sum(messages)::bigint from own group by 1"
    " union all select day, 'rated_up', count(*) from own where rating = 1 group by 1"
    " union all select day, 'rated_down', count(*) from own where rating = -1 group by 1"
    " union all select day, 'calls', count(*) from calls where mode = 'voice' group by 1"
    " union all select day, 'call_ms', coalesce(sum(length), 0)::bigint from calls"
    " where mode = 'voice' group by 1"
    " union all select day, 'completed', count(*) from calls where status = 'ended'"
    " and ended_reason <> 'transport_lost' group by 1) counted order by 1, 2 limit 20000";

}  // namespace

Task<Result<WidgetSettings>> PostgresWidgets::settings(Principal principal, AgentId agent) {
  auto rows = co_await read(
      pool_, std::move(principal),
      {"select w.settings from public.agents a left join public.widgets w"
       " on w.workspace_id = a.workspace_id and w.agent_id = a.id"
       " where a.workspace_id = (select public.current_workspace_id()) and a.id = $1::uuid",
       {text(agent)}});
  if (!rows) co_return std::unexpected(rows.error());
  if (rows->empty()) co_return missing("agent");
  if (rows->is_null(0, 0)) co_return WidgetSettings{};
  co_return read_widget_settings(rows->view(0, 0));
}

Task<Result<>> PostgresWidgets::set_settings(Principal principal, AgentId agent,
                                             WidgetSettings settings) {
  auto rows = co_await write(
      pool_, std::move(principal),
      {"insert into public.widgets as w (workspace_id, agent_id, settings)"
       " select a.workspace_id, a.id, $2::jsonb from public.agents a"
       " where a.workspace_id = (select public.current_workspace_id()) and a.id = $1::uuid"
       " on conflict (workspace_id, agent_id) do update set settings = excluded.settings,"
       " updated_at = now()",
       {text(agent), text(write_widget_settings(settings))}});
  if (!rows) co_return std::unexpected(rows.error());
  if (rows->affected() == 0) co_return missing("agent");
  co_return Result<>{};
}

Task<Result<std::optional<FoundWidget>>> PostgresWidgets::find(AgentId agent) {
  auto rows = co_await read(
      pool_, nobody(),
      {"select workspace_id, settings from public.find_widget($1::uuid)", {text(agent)}});
  if (!rows) co_return std::unexpected(rows.error());
  if (rows->empty() || rows->is_null(0, 0)) co_return std::optional<FoundWidget>{};
  auto settings = read_widget_settings(rows->view(0, 1));
  if (!settings) co_return std::unexpected(std::move(settings.error()));
  co_return FoundWidget{WorkspaceId(rows->uuid(0, 0)), std::move(*settings)};
}

Task<Result<>> PostgresWidgets::claim(Principal principal, ConversationId conversation,
                                      AgentId agent, VisitorId visitor) {
  auto rows = co_await write(
      pool_, std::move(principal),
      {"insert into public.widget_conversations (workspace_id, conversation_id, agent_id,"
       " visitor_id) values ((select public.current_workspace_id()), $1::uuid, $2::uuid, $3::uuid)",
       {text(conversation), text(agent), text(visitor)}});
  if (!rows) co_return std::unexpected(rows.error());
  co_return Result<>{};
}

Task<Result<bool>> PostgresWidgets::count_message(Principal principal, ConversationId conversation,
                                                  AgentId agent, VisitorId visitor) {
  auto rows = co_await write(
      pool_, std::move(principal),
      {"update public.widget_conversations set messages = messages + 1"
       " where workspace_id = (select public.current_workspace_id())"
       " and conversation_id = $1::uuid and agent_id = $2::uuid and visitor_id = $3::uuid",
       {text(conversation), text(agent), text(visitor)}});
  if (!rows) co_return std::unexpected(rows.error());
  co_return rows->affected() > 0;
}

Task<Result<std::vector<ConversationId>>> PostgresWidgets::conversations_of(Principal principal,
                                                                            AgentId agent,
                                                                            VisitorId visitor,
                                                                            std::size_t limit) {
  auto rows =
      co_await read(pool_, std::move(principal),
                    {"select conversation_id from public.widget_conversations"
                     " where workspace_id = (select public.current_workspace_id())"
                     " and agent_id = $1::uuid and visitor_id = $2::uuid"
                     " order by created_at desc, conversation_id desc limit $3::bigint",
                     {text(agent), text(visitor), integer(static_cast<std::int64_t>(limit))}});
  if (!rows) co_return std::unexpected(rows.error());
  std::vector<ConversationId> found;
  for (std::size_t row = 0; row < rows->size(); ++row)
    found.emplace_back(rows->uuid(row, 0));
  co_return found;
}

Task<Result<bool>> PostgresWidgets::rate(Principal principal, ConversationId conversation,
                                         AgentId agent, VisitorId visitor, WidgetRating rating,
                                         std::string comment) {
  auto rows = co_await write(
      pool_, std::move(principal),
      {"update public.widget_conversations set rating = $4::smallint, comment = $5"
       " where workspace_id = (select public.current_workspace_id())"
       " and conversation_id = $1::uuid and agent_id = $2::uuid and visitor_id = $3::uuid",
       {text(conversation), text(agent), text(visitor),
        integer(rating == WidgetRating::up ? 1 : -1), text(storable(comment))}});
  if (!rows) co_return std::unexpected(rows.error());
  co_return rows->affected() > 0;
}

// In the order of their kinds: two requests then take the rows in one order.
Task<Result<>> PostgresWidgets::count(Principal principal, AgentId agent,
                                      std::vector<WidgetEventKind> events) {
  std::vector<std::string> kinds;
  for (const WidgetEventKind event : events)
    kinds.push_back(name_in_database(event));
  auto rows = co_await write(
      pool_, std::move(principal),
      {"insert into public.widget_counts as c (workspace_id, agent_id, day, kind, quantity)"
       " select (select public.current_workspace_id()), $1::uuid,"
       " (now() at time zone 'UTC')::date, kind, count(*) from unnest($2::text[]) kind"
       " group by kind order by kind"
       " on conflict (workspace_id, agent_id, day, kind)"
       " do update set quantity = c.quantity + excluded.quantity",
       {text(agent), text_array(kinds)}});
  if (!rows) co_return std::unexpected(rows.error());
  co_return Result<>{};
}

Task<Result<std::vector<WidgetCount>>> PostgresWidgets::counts(Principal principal, AgentId agent,
                                                               WidgetDays days) {
  auto rows = co_await read(pool_, std::move(principal),
                            {kCounts, {text(agent), day(days.from), day(days.to)}});
  if (!rows) co_return std::unexpected(rows.error());
  std::vector<WidgetCount> counts;
  for (std::size_t row = 0; row < rows->size(); ++row) {
    counts.push_back({std::chrono::floor<std::chrono::days>(rows->time(row, 0)),
                      rows->string(row, 1), rows->number(row, 2)});
  }
  co_return counts;
}

}  // namespace antiphon::store
