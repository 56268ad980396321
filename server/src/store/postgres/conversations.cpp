#include "store/postgres/journal.h"
#include "store/postgres/rows.h"
#include "store/postgres/stores.h"
#include "store/stored_json.h"

namespace antiphon::store {

namespace {

#define CONVERSATION_COLUMNS                                                            \
  "id, workspace_id, agent_id, agent_version_id, channel, mode, status, ended_reason, " \
  "metadata, " ANTIPHON_MICROS("started_at") ", " ANTIPHON_MICROS("ended_at")

// A conversation of hours has some thousand turns; more than this is no conversation.
#define RECORD_LIMIT " limit 20000"

Result<Conversation> read_conversation(const Rows& rows, std::size_t row) {
  Conversation conversation;
  conversation.id = ConversationId(rows.uuid(row, 0));
  conversation.workspace = WorkspaceId(rows.uuid(row, 1));
  conversation.agent = AgentId(rows.optional_uuid(row, 2).value_or(Uuid{}));
  if (const auto version = rows.optional_uuid(row, 3)) {
    conversation.agent_version = AgentVersionId(*version);
  }
  conversation.channel = from_database<Channel>(rows.view(row, 4));
  conversation.mode = from_database<ConversationMode>(rows.view(row, 5));
  conversation.status = from_database<ConversationStatus>(rows.view(row, 6));
  if (EndReason reason{}; boost::describe::enum_from_string(rows.string(row, 7).c_str(), reason)) {
    conversation.end_reason = reason;
  }
  conversation.metadata = rows.string(row, 8);
  conversation.started_at = rows.time(row, 9);
  if (!rows.is_null(row, 10)) conversation.ended_at = rows.time(row, 10);
  return conversation;
}

Result<Message> read_message(const Rows& rows, std::size_t row) {
  Message message;
  message.ordinal = static_cast<std::int32_t>(rows.number(row, 0));
  message.speaker = rows.view(row, 1) == "caller" ? Speaker::caller : Speaker::agent;
  message.said = rows.string(row, 2);
  message.heard = rows.string(row, 3);
  message.interrupted = rows.boolean(row, 4);
  if (const auto generation = rows.optional_uuid(row, 5)) {
    message.generation = GenerationId(*generation);
  }
  message.started = Milliseconds(rows.number(row, 6));
  message.ended = Milliseconds(rows.number(row, 7));
  auto latency = read_latency(rows.view(row, 8));
  if (!latency) return std::unexpected(latency.error());
  message.latency = *latency;
  auto citations = read_citations(rows.view(row, 9));
  if (!citations) return std::unexpected(citations.error());
  message.citations = std::move(*citations);
  return message;
}

ConversationEvent read_event(const Rows& rows, std::size_t row) {
  return {.sequence = rows.number(row, 0),
          .kind = rows.string(row, 1),
          .at = Milliseconds(rows.number(row, 2)),
          .payload = rows.string(row, 3)};
}

class PostgresConversations final : public ConversationStore {
 public:
  PostgresConversations(Pool& pool, Log& log) : pool_(pool), log_(log) {}

  Task<Result<Conversation>> create(Principal principal, Conversation conversation) override {
    const Parameter workspace = text(principal.workspace);
    // Before it is there, so that it does not count itself.
    std::vector<Statement> unit;
    const bool spoken = conversation.mode == ConversationMode::voice;
    unit.push_back({"select public.take_conversation_place($1::uuid, $2::boolean)",
                    {optional_id(conversation.agent.uuid()), text(spoken ? "true" : "false")}});
    const bool dated = conversation.started_at != WallTime{};
    unit.push_back(
        {"insert into public.conversations (id, workspace_id, agent_id, agent_version_id,"
         " agent_name, channel, mode, status, ended_reason, metadata, started_at, ended_at)"
         " values (coalesce($1::uuid, gen_random_uuid()), $2, $3::uuid, $4::uuid,"
         " coalesce((select a.name from public.agents a where a.id = $3::uuid), ''), $5, $6, $7,"
         " $8, $9::jsonb, coalesce(" ANTIPHON_TIME("$10") ", now()), " ANTIPHON_TIME(
             "$11") ")"
                    " returning " CONVERSATION_COLUMNS,
         {optional_id(conversation.id.uuid()), workspace, optional_id(conversation.agent.uuid()),
          conversation.agent_version ? text(*conversation.agent_version) : null(),
          text(name_in_database(conversation.channel)), text(name_in_database(conversation.mode)),
          text(name_in_database(conversation.status)),
          conversation.end_reason ? text(name_in_database(*conversation.end_reason)) : null(),
          text(storable(conversation.metadata)),
          dated ? timestamp(conversation.started_at) : null(),
          conversation.ended_at ? timestamp(*conversation.ended_at) : null()}});
    auto rows = co_await pool_.run(std::move(principal), std::move(unit));
    if (!rows) co_return std::unexpected(rows.error());
    co_return read_conversation(rows->at(1), 0);
  }

  Task<Result<ConversationRecord>> find(Principal principal, ConversationId id) override {
    std::vector<Statement> unit;
    unit.push_back({"select " CONVERSATION_COLUMNS " from public.conversations where id = $1::uuid",
                    {text(id)}});
    // Joined to the conversation for its date: then only its own partition is read.
    unit.push_back(
        {"select m.ordinal, m.role, m.said, m.heard, m.interrupted, m.generation_id,"
         " coalesce(m.started_ms, 0), coalesce(m.ended_ms, 0), m.latency, m.citations"
         " from public.messages m"
         " where m.workspace_id = (select public.current_workspace_id())"
         " and m.conversation_id = $1::uuid and m.conversation_started_on ="
         " (select c.started_on from public.conversations c where c.id = $1::uuid)"
         " and m.role in ('caller', 'agent') order by m.ordinal" RECORD_LIMIT,
         {text(id)}});
    unit.push_back(
        {"select e.sequence, e.kind, e.at_ms, e.payload from public.conversation_events e"
         " where e.workspace_id = (select public.current_workspace_id())"
         " and e.conversation_id = $1::uuid and e.conversation_started_on ="
         " (select c.started_on from public.conversations c where c.id = $1::uuid)"
         " order by e.sequence" RECORD_LIMIT,
         {text(id)}});
    auto rows = co_await pool_.run(std::move(principal), std::move(unit),
                                   {.timeout = {}, .repeatable = Repeatable::yes});
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->at(0).empty()) co_return missing("conversation");
    auto conversation = read_conversation(rows->at(0), 0);
    if (!conversation) co_return std::unexpected(conversation.error());
    ConversationRecord record{std::move(*conversation), {}, {}};
    for (std::size_t row = 0; row < rows->at(1).size(); ++row) {
      auto message = read_message(rows->at(1), row);
      if (!message) co_return std::unexpected(message.error());
      record.messages.push_back(std::move(*message));
    }
    for (std::size_t row = 0; row < rows->at(2).size(); ++row) {
      record.events.push_back(read_event(rows->at(2), row));
    }
    co_return record;
  }

  Task<Result<Page<Conversation>>> list(Principal principal, ConversationFilter filter,
                                        PageRequest page) override {
    const auto start = start_of(page);
    if (!start) co_return std::unexpected(start.error());
    auto [after_time, after_id] = cursor_parameters(*start);
    auto rows = co_await read(
        pool_, std::move(principal),
        {"select " CONVERSATION_COLUMNS " from public.conversations"
         " where workspace_id = (select public.current_workspace_id())"
         " and ($1::uuid is null or agent_id = $1) and ($2::text is null or status = $2)"
         " and ($3::bigint is null or (started_at, id) < (" ANTIPHON_TIME(
             "$3") ", $4::uuid))"
                   " order by started_at desc, id desc limit $5::integer",
         {filter.agent ? text(*filter.agent) : null(),
          filter.status ? text(name_in_database(*filter.status)) : null(), std::move(after_time),
          std::move(after_id), integer(static_cast<std::int64_t>(page.limit) + 1)}});
    if (!rows) co_return std::unexpected(rows.error());
    co_return to_page<Conversation>(
        *rows, page.limit, read_conversation,
        [](const Conversation& conversation) { return conversation.started_at; });
  }

  Task<Result<>> apply(std::vector<JournalEntry> entries) override {
    co_return co_await apply_journal(pool_, log_, std::move(entries));
  }

 private:
  Pool& pool_;
  Log& log_;
};

}  // namespace

Task<Result<std::vector<WorkspaceId>>> workspace_ids(Pool& pool) {
  Principal system{.kind = PrincipalKind::system, .why = "look through all workspaces"};
  auto rows = co_await read(pool, std::move(system), {"select public.list_workspace_ids()", {}});
  if (!rows) co_return std::unexpected(rows.error());
  std::vector<WorkspaceId> ids;
  for (std::size_t row = 0; row < rows->size(); ++row)
    ids.emplace_back(rows->uuid(row, 0));
  co_return ids;
}

Task<Result<std::vector<Conversation>>> unfinished_calls(Pool& pool, WallTime before) {
  Principal system{.kind = PrincipalKind::system, .why = "end what a killed server left"};
  const auto workspaces = co_await workspace_ids(pool);
  if (!workspaces) co_return std::unexpected(workspaces.error());
  std::vector<Conversation> unfinished;
  for (const WorkspaceId workspace : *workspaces) {
    system.workspace = workspace;
    auto rows = co_await read(
        pool, system,
        {"select c.id, c.workspace_id, (extract(epoch from c.started_at) * 1000000)::bigint,"
         " coalesce(max(e.at_ms), 0)"
         " from public.conversations c left join public.conversation_events e"
         " on e.workspace_id = c.workspace_id and e.conversation_id = c.id"
         " and e.conversation_started_on = c.started_on"
         " where c.workspace_id = (select public.current_workspace_id())"
         " and c.status = 'active' and c.mode = 'voice'"
         " and c.started_at < timestamptz 'epoch' + $1::bigint * interval '1 microsecond'"
         " group by c.id, c.workspace_id, c.started_at",
         {timestamp(before)}});
    if (!rows) co_return std::unexpected(rows.error());
    for (std::size_t found = 0; found < rows->size(); ++found) {
      Conversation& conversation = unfinished.emplace_back();
      conversation.id = ConversationId(rows->uuid(found, 0));
      conversation.workspace = WorkspaceId(rows->uuid(found, 1));
      conversation.started_at = rows->time(found, 2);
      conversation.ended_at = conversation.started_at + Milliseconds(rows->number(found, 3));
    }
  }
  co_return unfinished;
}

std::unique_ptr<ConversationStore> make_postgres_conversations(Pool& pool, Log& log) {
  return std::make_unique<PostgresConversations>(pool, log);
}

}  // namespace antiphon::store
