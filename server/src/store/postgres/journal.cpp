#include "store/postgres/journal.h"

#include "domain/usage.h"
#include "store/postgres/rows.h"
#include "store/stored_json.h"

#include <boost/asio/this_coro.hpp>

#include <map>
#include <variant>

namespace antiphon::store {

namespace {

constexpr std::size_t kEntriesPerUnit = 200;

struct Group {
  ConversationId conversation;
  WorkspaceId workspace;
  std::vector<JournalEntry> entries;
};

std::vector<Group> group_by_conversation(std::vector<JournalEntry> entries) {
  std::vector<Group> groups;
  std::map<std::pair<WorkspaceId, ConversationId>, std::size_t> places;
  for (JournalEntry& entry : entries) {
    const auto [place, fresh] =
        places.try_emplace({entry.workspace, entry.conversation}, groups.size());
    if (fresh) groups.push_back({entry.conversation, entry.workspace, {}});
    groups[place->second].entries.push_back(std::move(entry));
  }
  return groups;
}

// An agent or version that was deleted meanwhile must not cost the conversation.
Statement insert_conversation(const JournalEntry& entry, const Conversation& conversation) {
  return {
      "insert into public.conversations (id, workspace_id, agent_id, agent_version_id,"
      " agent_name, channel, mode, metadata, started_at)"
      " select $1::uuid, $2::uuid, a.id, v.id, coalesce(a.name, ''), $5, $6, $7::jsonb,"
      " " ANTIPHON_TIME("$8") " from (select) nothing"
      " left join public.agents a on a.id = $3::uuid"
      " left join public.agent_versions v on v.id = $4::uuid and v.agent_id = a.id"
      " on conflict do nothing",
      {text(entry.conversation), text(entry.workspace), optional_id(conversation.agent.uuid()),
       conversation.agent_version ? text(*conversation.agent_version) : null(),
       text(name_in_database(conversation.channel)), text(name_in_database(conversation.mode)),
       text(storable(conversation.metadata)), timestamp(entry.started_at)}};
}

// The row of the conversation gives workspace and partition key; an erased conversation takes
// nothing.
Statement insert_messages(ConversationId conversation, std::span<const Message> messages) {
  return {
      "insert into public.messages (workspace_id, conversation_id, conversation_started_on,"
      " ordinal, role, said, heard, interrupted, generation_id, started_ms, ended_ms, latency,"
      " citations)"
      " select c.workspace_id, c.id, c.started_on, m.ordinal, m.role, m.said, m.heard,"
      " m.interrupted, m.generation_id, m.started_ms, m.ended_ms, m.latency, m.citations"
      " from public.conversations c, jsonb_to_recordset($2::jsonb) as m (ordinal integer,"
      " role text, said text, heard text, interrupted boolean, generation_id uuid,"
      " started_ms integer, ended_ms integer, latency jsonb, citations jsonb)"
      " where c.id = $1::uuid on conflict do nothing",
      {text(conversation), text(write_messages(messages))}};
}

Statement insert_events(ConversationId conversation, std::span<const ConversationEvent> events) {
  return {
      "insert into public.conversation_events (workspace_id, conversation_id,"
      " conversation_started_on, sequence, kind, at_ms, payload, occurred_at)"
      " select c.workspace_id, c.id, c.started_on, e.sequence, e.kind, greatest(e.at_ms, 0),"
      " e.payload, c.started_at + greatest(e.at_ms, 0) * interval '1 millisecond'"
      " from public.conversations c, jsonb_to_recordset($2::jsonb) as e (sequence bigint,"
      " kind text, at_ms integer, payload jsonb)"
      " where c.id = $1::uuid on conflict do nothing",
      {text(conversation), text(write_events(events))}};
}

// No row of the conversation is needed: what was used was used, also by one that was erased.
Statement insert_usage(const JournalEntry& entry, std::span<const ConversationEvent> events) {
  return {
      "insert into public.usage_records (workspace_id, conversation_id, conversation_started_on,"
      " kind, provider, model, sequence, quantity, agent_id, occurred_at)"
      " select $1::uuid, $2::uuid, (s.at at time zone 'UTC')::date, e.payload ->> 'used',"
      " left(e.payload ->> 'provider', 64), left(e.payload ->> 'model', 128), e.sequence,"
      " (e.payload ->> 'quantity')::bigint, (e.payload ->> 'agent')::uuid,"
      " s.at + greatest(e.at_ms, 0) * interval '1 millisecond'"
      " from (select " ANTIPHON_TIME("$3") " as at) s, jsonb_to_recordset($4::jsonb) as e"
      " (sequence bigint, at_ms bigint, payload jsonb) on conflict do nothing",
      {text(entry.workspace), text(entry.conversation), timestamp(entry.started_at),
       text(write_events(events))}};
}

// The first end counts.
Statement end_conversation(ConversationId conversation, const JournalEntry::Ended& ended) {
  return {"update public.conversations set status = $2, ended_reason = $3,"
          " ended_at = greatest(started_at, " ANTIPHON_TIME("$4") ")"
          " where id = $1::uuid and status = 'active' and $2 <> 'active'",
          {text(conversation), text(name_in_database(ended.status)),
           text(name_in_database(ended.reason)), timestamp(ended.at)}};
}

// What lists and charts show of an ended conversation; made again when late messages arrive.
Statement summarise(ConversationId conversation) {
  return {
      "update public.conversations c set message_count = s.messages,"
      " interruption_count = s.interruptions, reply_latency_ms_p50 = s.p50,"
      " reply_latency_ms_max = s.max from (select count(*) as messages,"
      " count(*) filter (where m.interrupted) as interruptions,"
      " percentile_disc(0.5) within group (order by (m.latency ->> 'first_audio_sent')::integer)"
      " as p50, max((m.latency ->> 'first_audio_sent')::integer) as max"
      " from public.conversations o join public.messages m on m.workspace_id = o.workspace_id"
      " and m.conversation_id = o.id and m.conversation_started_on = o.started_on"
      " where o.id = $1::uuid) s"
      " where c.id = $1::uuid and c.status <> 'active'",
      {text(conversation)}};
}

std::vector<Statement> to_unit(ConversationId conversation, std::span<const JournalEntry> entries) {
  std::vector<Statement> unit;
  std::vector<Message> messages;
  std::vector<ConversationEvent> events;
  std::vector<ConversationEvent> usage;
  std::vector<Statement> ends;
  for (const JournalEntry& entry : entries) {
    if (const auto* started = std::get_if<JournalEntry::Started>(&entry.what)) {
      unit.push_back(insert_conversation(entry, started->conversation));
    } else if (const auto* message = std::get_if<Message>(&entry.what)) {
      messages.push_back(*message);
    } else if (const auto* event = std::get_if<ConversationEvent>(&entry.what)) {
      (event->kind == kUsageEvent ? usage : events).push_back(*event);
    } else if (const auto* ended = std::get_if<JournalEntry::Ended>(&entry.what)) {
      ends.push_back(end_conversation(conversation, *ended));
    }
  }
  if (!messages.empty()) unit.push_back(insert_messages(conversation, messages));
  if (!events.empty()) unit.push_back(insert_events(conversation, events));
  const bool counts = !messages.empty() || !ends.empty();
  if (!usage.empty()) unit.push_back(insert_usage(entries.front(), usage));
  for (Statement& end : ends)
    unit.push_back(std::move(end));
  if (counts) unit.push_back(summarise(conversation));
  return unit;
}

bool is_refused_for_good(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument:
    case ErrorCode::too_large:
    case ErrorCode::permission_denied:
    case ErrorCode::not_found:
    case ErrorCode::already_exists:
      return true;
    default:
      return false;
  }
}

Task<Result<>> send(Pool& pool, const Group& group, std::span<const JournalEntry> entries) {
  auto rows = co_await pool.run(
      {PrincipalKind::system, Uuid{}, group.workspace, Role::owner, "write the journal"},
      to_unit(group.conversation, entries), {.timeout = {}, .repeatable = Repeatable::yes});
  if (!rows) co_return std::unexpected(rows.error());
  co_return Result<>{};
}

Task<Result<>> apply_group(Pool& pool, Log& log, const Group& group) {
  for (std::size_t begin = 0; begin < group.entries.size(); begin += kEntriesPerUnit) {
    const auto entries =
        std::span(group.entries)
            .subspan(begin, std::min(kEntriesPerUnit, group.entries.size() - begin));
    auto sent = co_await send(pool, group, entries);
    if (sent) continue;
    if (!is_refused_for_good(sent.error().code)) co_return sent;
    for (const JournalEntry& entry : entries) {
      sent = co_await send(pool, group, std::span(&entry, 1));
      if (sent) continue;
      if (!is_refused_for_good(sent.error().code)) co_return sent;
      log.error("journal.entry_refused", {{"conversation", group.conversation.to_string()},
                                          {"entry", entry.what.index()},
                                          {"error", sent.error()}});
    }
  }
  co_return Result<>{};
}

Task<> apply_into(Pool& pool, Log& log, Group group, std::shared_ptr<Result<>> outcome) {
  auto applied = co_await apply_group(pool, log, group);
  if (!applied && *outcome) *outcome = std::move(applied);
}

}  // namespace

Task<Result<>> apply_journal(Pool& pool, Log& log, std::vector<JournalEntry> entries) {
  // Shared with the tasks, which outlive this frame when the caller is cancelled.
  const auto outcome = std::make_shared<Result<>>();
  TaskGroup tasks(co_await boost::asio::this_coro::executor);
  for (Group& group : group_by_conversation(std::move(entries))) {
    tasks.spawn(apply_into(pool, log, std::move(group), outcome));
  }
  co_await tasks.join();
  if (co_await is_cancelled()) {
    co_return failure(ErrorCode::cancelled, "writing the journal was cancelled");
  }
  co_return *outcome;
}

}  // namespace antiphon::store
