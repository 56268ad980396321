#include "store/postgres/rows.h"
#include "store/stored_json.h"

namespace antiphon::store {

namespace {

#define AGENT_COLUMNS                                                    \
  "id, workspace_id, slug, name, description, status, draft, revision, " \
  "published_version_id, " ANTIPHON_MICROS("created_at") ", " ANTIPHON_MICROS("updated_at")

Result<Agent> read_agent(const Rows& rows, std::size_t row) {
  Agent agent;
  agent.id = AgentId(rows.uuid(row, 0));
  agent.workspace = WorkspaceId(rows.uuid(row, 1));
  agent.slug = rows.string(row, 2);
  agent.name = rows.string(row, 3);
  agent.description = rows.string(row, 4);
  agent.status = from_database<AgentStatus>(rows.view(row, 5));
  auto configuration = read_configuration(rows.view(row, 6));
  if (!configuration) return std::unexpected(configuration.error());
  agent.configuration = std::move(*configuration);
  agent.revision = rows.number(row, 7);
  if (const auto version = rows.optional_uuid(row, 8)) {
    agent.published_version = AgentVersionId(*version);
  }
  agent.created_at = rows.time(row, 9);
  agent.updated_at = rows.time(row, 10);
  return agent;
}

Result<Agent> only(const Result<Rows>& rows) {
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return missing("agent");
  return read_agent(*rows, 0);
}

// `like` with the search's own % and _ taken literally.
std::string pattern_of(std::string_view search) {
  std::string pattern = "%";
  for (const char letter : search) {
    if (letter == '%' || letter == '_' || letter == '\\') pattern.push_back('\\');
    pattern.push_back(letter);
  }
  return pattern + "%";
}

class PostgresAgents final : public AgentStore {
 public:
  explicit PostgresAgents(Pool& pool) : pool_(pool) {}

  Task<Result<Agent>> create(Principal principal, Agent agent) override {
    const Parameter workspace = text(principal.workspace);
    co_return only(co_await write(
        pool_, std::move(principal),
        {"insert into public.agents (id, workspace_id, slug, name, description, status, draft)"
         " values (coalesce($1::uuid, gen_random_uuid()), $2, $3, $4, $5, $6, $7)"
         " returning " AGENT_COLUMNS,
         {optional_id(agent.id.uuid()), workspace, text(storable(agent.slug)),
          text(storable(agent.name)), text(storable(agent.description)),
          text(name_in_database(agent.status)), text(write_configuration(agent.configuration))}}));
  }

  Task<Result<Agent>> find(Principal principal, AgentId id) override {
    co_return only(co_await read(
        pool_, std::move(principal),
        {"select " AGENT_COLUMNS " from public.agents where id = $1::uuid", {text(id)}}));
  }

  Task<Result<Agent>> find_by_slug(Principal principal, std::string slug) override {
    co_return only(co_await read(
        pool_, std::move(principal),
        {"select " AGENT_COLUMNS " from public.agents where slug = $1", {text(storable(slug))}}));
  }

  Task<Result<Page<Agent>>> list(Principal principal, AgentFilter filter,
                                 PageRequest page) override {
    const auto start = start_of(page);
    if (!start) co_return std::unexpected(start.error());
    auto [after_time, after_id] = cursor_parameters(*start);
    // The policy has the workspace; the predicate repeats it so that the index of the list is used.
    auto rows = co_await read(
        pool_, std::move(principal),
        {"select " AGENT_COLUMNS " from public.agents"
         " where workspace_id = (select public.current_workspace_id())"
         " and ($1::text is null or status = $1)"
         " and ($2::text is null or name ilike $2 or slug ilike $2 or description ilike $2)"
         " and ($3::bigint is null or (created_at, id) < (" ANTIPHON_TIME(
             "$3") ", $4::uuid))"
                   " order by created_at desc, id desc limit $5::integer",
         {filter.status ? text(name_in_database(*filter.status)) : null(),
          filter.search.empty() ? null() : text(pattern_of(storable(filter.search))),
          std::move(after_time), std::move(after_id),
          integer(static_cast<std::int64_t>(page.limit) + 1)}});
    if (!rows) co_return std::unexpected(rows.error());
    co_return to_page<Agent>(*rows, page.limit, read_agent,
                             [](const Agent& agent) { return agent.created_at; });
  }

  Task<Result<Agent>> save(Principal principal, Agent agent) override {
    std::vector<Statement> unit;
    unit.push_back(
        {"update public.agents set slug = $3, name = $4, description = $5, status = $6,"
         " draft = $7, published_version_id = $8::uuid"
         " where id = $1::uuid and revision = $2::integer returning " AGENT_COLUMNS,
         {text(agent.id), integer(agent.revision), text(storable(agent.slug)),
          text(storable(agent.name)), text(storable(agent.description)),
          text(name_in_database(agent.status)), text(write_configuration(agent.configuration)),
          agent.published_version ? text(*agent.published_version) : null()}});
    unit.push_back({"select from public.agents where id = $1::uuid", {text(agent.id)}});
    auto rows = co_await pool_.run(std::move(principal), std::move(unit));
    if (!rows) co_return std::unexpected(rows.error());
    if (!rows->front().empty()) co_return read_agent(rows->front(), 0);
    if (rows->back().empty()) co_return missing("agent");
    co_return failure(ErrorCode::conflict, "the agent changed since it was read");
  }

  Task<Result<>> remove(Principal principal, AgentId id) override {
    auto rows = co_await write(pool_, std::move(principal),
                               {"delete from public.agents where id = $1::uuid", {text(id)}});
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->affected() == 0) co_return missing("agent");
    co_return Result<>{};
  }

  Task<Result<std::vector<KnowledgeBaseId>>> knowledge_of(Principal principal,
                                                          AgentId id) override {
    // One row for the agent even when it has no base: no row at all means no agent.
    auto rows = co_await read(pool_, std::move(principal),
                              {"select b.knowledge_base_id from public.agents a"
                               " left join public.agent_knowledge_bases b"
                               " on b.workspace_id = a.workspace_id and b.agent_id = a.id"
                               " where a.id = $1::uuid order by b.created_at, b.knowledge_base_id",
                               {text(id)}});
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->empty()) co_return missing("agent");
    std::vector<KnowledgeBaseId> bases;
    for (std::size_t row = 0; row < rows->size(); ++row) {
      if (const auto base = rows->optional_uuid(row, 0)) bases.emplace_back(*base);
    }
    co_return bases;
  }

  Task<Result<>> share_knowledge(Principal principal, AgentId from, AgentId to) override {
    std::vector<Statement> unit;
    unit.push_back(
        {"insert into public.agent_knowledge_bases (workspace_id, agent_id, knowledge_base_id)"
         " select b.workspace_id, a.id, b.knowledge_base_id from public.agent_knowledge_bases b"
         " join public.agents a on a.workspace_id = b.workspace_id"
         " where b.agent_id = $1::uuid and a.id = $2::uuid on conflict do nothing",
         {text(from), text(to)}});
    unit.push_back(
        {"select from public.agents where id in ($1::uuid, $2::uuid)", {text(from), text(to)}});
    const auto rows = co_await pool_.run(std::move(principal), std::move(unit));
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->back().size() != 2) co_return missing("agent");
    co_return Result<>{};
  }

 private:
  Pool& pool_;
};

}  // namespace

std::unique_ptr<AgentStore> make_postgres_agents(Pool& pool) {
  return std::make_unique<PostgresAgents>(pool);
}

}  // namespace antiphon::store
