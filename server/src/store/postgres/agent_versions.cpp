#include "store/postgres/agent_versions.h"

#include "store/postgres/rows.h"
#include "store/stored_json.h"

#include <map>

namespace antiphon::store {

namespace {

#define VERSION_COLUMNS                                                   \
  "v.id, v.workspace_id, v.agent_id, v.number, v.configuration, v.note, " \
  "v.created_by, " ANTIPHON_MICROS("v.created_at")
// Of the same agent, begun lately: the index of conversations by agent and start has them.
#define RECENT_CONVERSATIONS                                                            \
  " from public.conversations c"                                                        \
  " where c.workspace_id = (select public.current_workspace_id())"                      \
  " and c.agent_id = $1::uuid and c.started_at > now() - $2::bigint * interval '1 day'" \
  " and c.agent_version_id is not null"

Result<AgentVersion> read_version(const Rows& rows, std::size_t row) {
  auto configuration = read_configuration(rows.view(row, 4));
  if (!configuration) return std::unexpected(std::move(configuration.error()));
  AgentVersion version;
  version.id = AgentVersionId(rows.uuid(row, 0));
  version.workspace = WorkspaceId(rows.uuid(row, 1));
  version.agent = AgentId(rows.uuid(row, 2));
  version.number = rows.number(row, 3);
  version.configuration = std::move(*configuration);
  version.note = rows.string(row, 5);
  version.created_by = rows.string(row, 6);
  version.created_at = rows.time(row, 7);
  return version;
}

Result<AgentVersion> only(const Result<Rows>& rows) {
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return missing("version");
  return read_version(*rows, 0);
}

using FiguresOfAll = std::map<AgentVersionId, VersionFigures>;

FiguresOfAll read_figures(const Rows& durations, const Rows& outcomes) {
  FiguresOfAll figures;
  for (std::size_t row = 0; row < durations.size(); ++row) {
    VersionFigures& one = figures[AgentVersionId(durations.uuid(row, 0))];
    one.conversations = durations.number(row, 1);
    if (!durations.is_null(row, 2)) one.duration_median = Milliseconds(durations.number(row, 2));
  }
  for (std::size_t row = 0; row < outcomes.size(); ++row) {
    EndReason reason{};
    if (!boost::describe::enum_from_string(outcomes.string(row, 1).c_str(), reason)) continue;
    figures[AgentVersionId(outcomes.uuid(row, 0))].outcomes.push_back(
        {reason, outcomes.number(row, 2)});
  }
  return figures;
}

class PostgresAgentVersions final : public AgentVersionStore {
 public:
  explicit PostgresAgentVersions(Pool& pool) : pool_(pool) {}

  Task<Result<Published>> publish(Principal principal, AgentVersion version,
                                  std::optional<std::int64_t> revision) override {
    std::vector<Statement> unit;
    // Two people who publish at once get two numbers: the second waits here for the first.
    unit.push_back(
        {"select from public.agents where id = $1::uuid for update", {text(version.agent)}});
    unit.push_back(
        {"insert into public.agent_versions as v"
         " (id, workspace_id, agent_id, number, configuration, note)"
         " select $1::uuid, a.workspace_id, a.id, 1 + coalesce((select max(o.number)"
         " from public.agent_versions o where o.workspace_id = a.workspace_id"
         " and o.agent_id = a.id), 0), $3::jsonb, $4"
         " from public.agents a where a.id = $2::uuid"
         " and ($5::integer is null or a.revision = $5) returning " VERSION_COLUMNS,
         {text(version.id), text(version.agent), text(write_configuration(version.configuration)),
          text(storable(version.note)), revision ? integer(*revision) : null()}});
    unit.push_back(
        {"update public.agents a set published_version_id = v.id, canary_version_id = null,"
         " canary_percent = 0 from public.agent_versions v"
         " where v.id = $1::uuid and a.id = v.agent_id returning a.revision",
         {text(version.id)}});
    auto rows = co_await pool_.run(std::move(principal), std::move(unit));
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->at(0).empty()) co_return missing("agent");
    if (rows->at(1).empty()) {
      co_return failure(ErrorCode::conflict,
                        "the agent changed since you read it; read it again before you publish");
    }
    auto published = read_version(rows->at(1), 0);
    if (!published) co_return std::unexpected(std::move(published.error()));
    co_return Published{std::move(*published), rows->at(2).number(0, 0)};
  }

  Task<Result<std::int64_t>> set_canary(Principal principal, AgentId agent,
                                        std::optional<Canary> canary) override {
    auto rows = co_await write(
        pool_, std::move(principal),
        {"update public.agents set canary_version_id = $2::uuid, canary_percent = $3::integer"
         " where id = $1::uuid returning revision",
         {text(agent), canary ? text(canary->version) : null(),
          integer(canary ? canary->percent : 0)}});
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->empty()) co_return missing("agent");
    co_return rows->number(0, 0);
  }

  Task<Result<std::optional<Canary>>> canary_of(Principal principal, AgentId agent) override {
    auto rows = co_await read(
        pool_, std::move(principal),
        {"select canary_version_id, canary_percent from public.agents where id = $1::uuid",
         {text(agent)}});
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->empty()) co_return missing("agent");
    const auto version = rows->optional_uuid(0, 0);
    if (!version) co_return std::optional<Canary>();
    co_return Canary{AgentVersionId(*version), static_cast<int>(rows->number(0, 1))};
  }

  Task<Result<AgentVersion>> find(Principal principal, AgentVersionId id) override {
    co_return only(co_await read(
        pool_, std::move(principal),
        {"select " VERSION_COLUMNS " from public.agent_versions v where v.id = $1::uuid",
         {text(id)}}));
  }

  Task<Result<AgentVersion>> find_number(Principal principal, AgentId agent,
                                         std::int64_t number) override {
    co_return only(co_await read(pool_, std::move(principal),
                                 {"select " VERSION_COLUMNS " from public.agent_versions v"
                                  " where v.workspace_id = (select public.current_workspace_id())"
                                  " and v.agent_id = $1::uuid and v.number = $2::bigint",
                                  {text(agent), integer(number)}}));
  }

  Task<Result<Page<AgentVersion>>> list(Principal principal, AgentId agent,
                                        PageRequest page) override {
    const auto start = start_of(page);
    if (!start) co_return std::unexpected(start.error());
    auto [cursor_time, cursor_id] = cursor_parameters(*start);
    std::vector<Statement> unit;
    unit.push_back({"select from public.agents where id = $1::uuid", {text(agent)}});
    unit.push_back({"select " VERSION_COLUMNS " from public.agent_versions v"
                    " where v.workspace_id = (select public.current_workspace_id())"
                    " and v.agent_id = $1::uuid"
                    " and ($2::bigint is null or (v.created_at, v.id) < (" ANTIPHON_TIME(
                        "$2") ", $3::uuid))"
                              " order by v.created_at desc, v.id desc limit $4::bigint",
                    {text(agent), std::move(cursor_time), std::move(cursor_id),
                     integer(static_cast<std::int64_t>(page.limit) + 1)}});
    unit.push_back(
        {"select c.agent_version_id, count(*),"
         " percentile_disc(0.5) within group (order by c.duration_ms)" RECENT_CONVERSATIONS
         " group by c.agent_version_id",
         {text(agent), integer(VersionFigures::kFiguresDays)}});
    unit.push_back({"select c.agent_version_id, c.ended_reason, count(*)" RECENT_CONVERSATIONS
                    " and c.ended_reason is not null group by c.agent_version_id, c.ended_reason"
                    " order by c.ended_reason",
                    {text(agent), integer(VersionFigures::kFiguresDays)}});
    auto rows = co_await pool_.run(std::move(principal), std::move(unit),
                                   {.timeout = {}, .repeatable = Repeatable::yes});
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->at(0).empty()) co_return missing("agent");
    auto found =
        to_page<AgentVersion>(rows->at(1), page.limit, read_version,
                              [](const AgentVersion& version) { return version.created_at; });
    if (!found) co_return found;
    FiguresOfAll figures = read_figures(rows->at(2), rows->at(3));
    for (AgentVersion& version : found->items)
      version.figures = std::move(figures[version.id]);
    co_return found;
  }

 private:
  Pool& pool_;
};

}  // namespace

std::unique_ptr<AgentVersionStore> make_postgres_agent_versions(Pool& pool) {
  return std::make_unique<PostgresAgentVersions>(pool);
}

}  // namespace antiphon::store
