#include "api/audit/audit_routes.h"

#include "api/audit/audit_documents.h"

#include <utility>

namespace antiphon {

namespace {

constexpr std::string_view kLinesMediaType = "application/x-ndjson";

std::optional<AuditedRow> row_of(std::string document) {
  if (document.empty()) return std::nullopt;
  // What the database holds is an object; one beyond the limit shows as an empty one.
  return AuditedRow::from_valid(std::move(document)).value_or(AuditedRow{});
}

AuditEntryOutput output_of(AuditEntry entry) {
  return {entry.sequence,
          entry.occurred_at,
          std::move(entry.principal_kind),
          std::move(entry.principal_id),
          std::move(entry.action),
          std::move(entry.object_kind),
          std::move(entry.object_id),
          std::move(entry.address),
          std::move(entry.request_id),
          row_of(std::move(entry.before)),
          row_of(std::move(entry.after)),
          std::move(entry.previous_hash),
          std::move(entry.hash)};
}

AuditFilter filter_of(const AuditQuery& query) {
  return {query.object_kind.value(),
          query.object_id.value(),
          query.principal_id.value(),
          query.action.value(),
          query.from,
          query.to};
}

Task<Result<Response>> list(AuditService& audit, ApiCall call) {
  const auto query = from_query<AuditQuery>(query_of(call.request));
  if (!query) co_return std::unexpected(query.error());
  const auto limit = static_cast<std::size_t>(query->limit.value());
  const std::int64_t before = query->before ? query->before->value() : 0;
  // One more than the page holds: its presence says that there is a next one.
  auto entries =
      co_await audit.list(std::move(call.principal), filter_of(*query), before, limit + 1);
  if (!entries) co_return std::unexpected(std::move(entries.error()));
  AuditList answer;
  const bool more = entries->size() > limit;
  if (more) entries->pop_back();
  for (AuditEntry& entry : *entries)
    answer.items.push_back(output_of(std::move(entry)));
  if (more) answer.next_before = answer.items.back().sequence;
  co_return json_response(200, to_json(answer));
}

// Written part by part, so that a log of years needs no memory.
Task<Result<>> export_all(AuditService& audit, ApiCall call, ResponseWriter& writer) {
  const auto query = from_query<AuditQuery>(query_of(call.request));
  if (!query) co_return std::unexpected(query.error());
  const AuditFilter filter = filter_of(*query);
  std::int64_t after = 0;
  while (true) {
    auto entries = co_await audit.read_on(call.principal, filter, after);
    if (!entries) co_return std::unexpected(std::move(entries.error()));
    if (!writer.is_started()) {
      Headers headers{{"Content-Type", std::string(kLinesMediaType)},
                      {"Content-Disposition", "attachment; filename=\"audit.ndjson\""},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Cache-Control", "no-store"}};
      auto started = co_await writer.start(200, std::move(headers));
      if (!started) co_return started;
    }
    std::string lines;
    for (AuditEntry& entry : *entries) {
      after = entry.sequence;
      append_json(lines, output_of(std::move(entry)));
      lines += '\n';
    }
    if (!lines.empty()) {
      auto written = co_await writer.write(lines);
      if (!written) co_return written;
    }
    if (entries->size() < AuditService::kPage) co_return co_await writer.finish();
  }
}

Task<Result<Response>> verify(AuditService& audit, ApiCall call) {
  auto verdict = co_await audit.verify(std::move(call.principal));
  if (!verdict) co_return std::unexpected(std::move(verdict.error()));
  AuditVerdictOutput output{!verdict->broken_at, verdict->entries, verdict->begins_at,
                            verdict->broken_at,  std::nullopt,     std::move(verdict->head)};
  if (verdict->broken_at) output.reason = std::move(verdict->reason);
  co_return json_response(200, to_json(output));
}

AnswerHandler bind(AuditService& audit, Task<Result<Response>> (*handler)(AuditService&, ApiCall)) {
  return [&audit, handler](ApiCall call) { return handler(audit, std::move(call)); };
}

}  // namespace

void add_audit_routes(Router& router, AuditService& audit) {
  router.add(
      {.operation = {.method = "GET",
                     .path = "/api/audit",
                     .id = "audit.list",
                     .summary = "List who changed what, newest first.",
                     .tag = "audit",
                     .scope = "audit:read",
                     .query = &shape_of<AuditQuery>(),
                     .responses = {{.description = "One page.", .shape = &shape_of<AuditList>()}}},
       .answer = bind(audit, list)});
  router.add({.operation = {.method = "GET",
                            .path = "/api/audit/export",
                            .id = "audit.export",
                            .summary = "Fetch the log, oldest first, one JSON object a line.",
                            .tag = "audit",
                            .scope = "audit:read",
                            .query = &shape_of<AuditQuery>(),
                            .responses = {{.description = "All that the filters leave; limit and "
                                                          "before do not count.",
                                           .media_type = kLinesMediaType}}},
              .stream = [&audit](ApiCall call, ResponseWriter& writer) {
                return export_all(audit, std::move(call), writer);
              }});
  router.add({.operation = {.method = "GET",
                            .path = "/api/audit/verdict",
                            .id = "audit.verify",
                            .summary = "Check that nobody changed the log afterwards.",
                            .tag = "audit",
                            .scope = "audit:read",
                            .responses = {{.description = "Whether it holds, and where not.",
                                           .shape = &shape_of<AuditVerdictOutput>()}}},
              .answer = bind(audit, verify)});
}

}  // namespace antiphon
