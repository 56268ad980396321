#include "store/postgres/jobs.h"

#include "store/postgres/rows.h"

#include <utility>

namespace antiphon::store {

namespace {

#define JOB_COLUMNS                                                                        \
  "id, workspace_id, kind, case when outcome is not null then outcome"                     \
  " when lease_until > statement_timestamp() then 'running' else 'waiting' end, attempts," \
  " attempts_max, last_error, " ANTIPHON_MICROS("run_at") ", " ANTIPHON_MICROS(            \
      "finished_at") ", " ANTIPHON_MICROS("created_at")

Result<Job> read_job(const Rows& rows, std::size_t row) {
  Job job;
  job.id = JobId(rows.uuid(row, 0));
  job.workspace = WorkspaceId(rows.uuid(row, 1));
  job.kind = rows.string(row, 2);
  job.state = from_database<JobState>(rows.view(row, 3));
  job.attempts = static_cast<std::int32_t>(rows.number(row, 4));
  job.attempts_max = static_cast<std::int32_t>(rows.number(row, 5));
  if (!rows.is_null(row, 6)) job.last_error = rows.string(row, 6);
  job.run_at = rows.time(row, 7);
  if (!rows.is_null(row, 8)) job.finished_at = rows.time(row, 8);
  job.created_at = rows.time(row, 9);
  return job;
}

Principal worker() { return {.kind = PrincipalKind::system, .why = "lease jobs"}; }

}  // namespace

Task<Result<std::vector<LeasedJob>>> PostgresJobs::lease(std::string name,
                                                         std::vector<std::string> kinds,
                                                         std::size_t most,
                                                         std::chrono::seconds time) {
  // Not repeatable: a lease whose answer was lost runs out by itself.
  auto rows = co_await write(
      pool_, worker(),
      {"select job_id, workspace_id, kind, payload, attempts, attempts_max, lease_token"
       " from public.claim_jobs($1, $2::text[], $3::integer,"
       " $4::bigint * interval '1 second')",
       {text(std::move(name)), text_array(kinds), integer(static_cast<std::int64_t>(most)),
        integer(time.count())}});
  if (!rows) co_return std::unexpected(rows.error());
  std::vector<LeasedJob> jobs;
  for (std::size_t row = 0; row < rows->size(); ++row) {
    jobs.push_back({JobId(rows->uuid(row, 0)), WorkspaceId(rows->uuid(row, 1)),
                    rows->string(row, 2), rows->string(row, 3),
                    static_cast<std::int32_t>(rows->number(row, 4)),
                    static_cast<std::int32_t>(rows->number(row, 5)), rows->uuid(row, 6)});
  }
  co_return jobs;
}

Task<Result<bool>> PostgresJobs::ask(Statement statement) {
  auto rows = co_await write(pool_, worker(), std::move(statement));
  if (!rows) co_return std::unexpected(rows.error());
  co_return rows->boolean(0, 0);
}

Task<Result<bool>> PostgresJobs::extend(Uuid lease, std::chrono::seconds time) {
  return ask({"select public.extend_job($1::uuid, $2::bigint * interval '1 second')",
              {text(lease), integer(time.count())}});
}

Task<Result<bool>> PostgresJobs::succeed(Uuid lease) {
  return ask({"select public.finish_job($1::uuid)", {text(lease)}});
}

Task<Result<bool>> PostgresJobs::fail(Uuid lease, std::string error,
                                      std::optional<std::chrono::seconds> retry_in) {
  return ask(
      {"select public.finish_job($1::uuid, $2, $3::bigint * interval '1 second')",
       {text(lease), text(std::move(error)), retry_in ? integer(retry_in->count()) : null()}});
}

Task<Result<>> PostgresJobs::add(Principal principal, std::string kind, std::string payload,
                                 std::string key) {
  const auto rows =
      co_await write(pool_, std::move(principal),
                     {"insert into public.jobs (workspace_id, kind, payload, idempotency_key)"
                      " values ((select public.current_workspace_id()), $1, $2::jsonb, $3)"
                      " on conflict (workspace_id, kind, idempotency_key) do nothing",
                      {text(std::move(kind)), text(std::move(payload)), text(std::move(key))}});
  if (!rows) co_return std::unexpected(rows.error());
  co_return Result<>{};
}

Task<Result<Page<Job>>> PostgresJobs::list(Principal principal, std::optional<JobState> state,
                                           PageRequest page) {
  const auto start = start_of(page);
  if (!start) co_return std::unexpected(start.error());
  auto [after_time, after_id] = cursor_parameters(*start);
  auto rows = co_await read(
      pool_, std::move(principal),
      {"select * from (select " JOB_COLUMNS
       " from public.jobs where workspace_id = (select public.current_workspace_id())"
       " and ($2::bigint is null or (created_at, id) < (" ANTIPHON_TIME(
           "$2") ", $3::uuid))"
                 " and ($1::text is null or $1 = case when outcome is not null then outcome"
                 " when lease_until > statement_timestamp() then 'running' else 'waiting' end)"
                 " order by created_at desc, id desc limit $4::integer) as page",
       {state ? text(name_in_database(*state)) : null(), std::move(after_time), std::move(after_id),
        integer(static_cast<std::int64_t>(page.limit) + 1)}});
  if (!rows) co_return std::unexpected(rows.error());
  co_return to_page<Job>(*rows, page.limit, read_job,
                         [](const Job& job) { return job.created_at; });
}

Task<Result<Job>> PostgresJobs::retry(Principal principal, JobId id) {
  std::vector<Statement> unit;
  unit.push_back({"select public.retry_job($1::uuid)", {text(id)}});
  unit.push_back({"select " JOB_COLUMNS " from public.jobs where id = $1::uuid", {text(id)}});
  auto rows = co_await pool_.run(std::move(principal), std::move(unit));
  if (!rows) co_return std::unexpected(rows.error());
  if (rows->at(1).empty()) co_return missing("job");
  if (!rows->at(0).boolean(0, 0)) {
    co_return failure(ErrorCode::wrong_state, "only a job that has failed can be tried again");
  }
  co_return read_job(rows->at(1), 0);
}

Task<Result<std::int64_t>> forget_finished_jobs(Pool& pool, LeasedJob under) {
  const Principal principal{.kind = PrincipalKind::worker,
                            .id = under.lease,
                            .workspace = under.workspace,
                            .why = "forget finished jobs"};
  const auto rows = co_await write(pool, principal,
                                   {"select public.forget_finished_jobs(interval '30 days')", {}});
  if (!rows) co_return std::unexpected(rows.error());
  co_return rows->number(0, 0);
}

}  // namespace antiphon::store
