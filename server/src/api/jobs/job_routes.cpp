#include "api/jobs/job_routes.h"

#include "api/jobs/job_documents.h"
#include "json/json.h"

#include <utility>

namespace antiphon {

namespace {

JobOutput output_of(Job job) {
  return {job.id,       std::move(job.kind), job.state,
          job.attempts, job.attempts_max,    std::move(job.last_error),
          job.run_at,   job.finished_at,     job.created_at};
}

Task<Result<Response>> list(JobStore& jobs, ApiCall call) {
  const auto query = from_query<JobListQuery>(query_of(call.request));
  if (!query) co_return std::unexpected(query.error());
  PageRequest page{static_cast<std::size_t>(query->limit.value()), query->cursor.value()};
  auto found = co_await jobs.list(std::move(call.principal), query->state, std::move(page));
  if (!found) co_return std::unexpected(std::move(found.error()));
  JobList answer;
  for (Job& job : found->items)
    answer.items.push_back(output_of(std::move(job)));
  if (!found->next_cursor.empty()) answer.next_cursor = std::move(found->next_cursor);
  co_return json_response(200, to_json(answer));
}

Task<Result<Response>> retry(JobStore& jobs, ApiCall call) {
  const auto id = uuid_argument(call, 0);
  if (!id) co_return std::unexpected(id.error());
  auto job = co_await jobs.retry(std::move(call.principal), JobId(*id));
  if (!job) co_return std::unexpected(std::move(job.error()));
  co_return json_response(200, to_json(output_of(std::move(*job))));
}

}  // namespace

void add_job_routes(Router& router, JobStore& jobs) {
  router.add(
      {.operation = {.method = "GET",
                     .path = "/api/jobs",
                     .id = "jobs.list",
                     .summary = "Work in the background, newest first.",
                     .tag = "system",
                     .scope = "jobs:read",
                     .query = &shape_of<JobListQuery>(),
                     .responses = {{.description = "One page.", .shape = &shape_of<JobList>()}}},
       .answer = [&jobs](ApiCall call) { return list(jobs, std::move(call)); }});
  router.add({.operation = {.method = "POST",
                            .path = "/api/jobs/{job}/retry",
                            .id = "jobs.retry",
                            .summary = "Try a job again that failed for good.",
                            .tag = "system",
                            .scope = "jobs:write",
                            .responses = {{.description = "The job, due now.",
                                           .shape = &shape_of<JobOutput>()}},
                            .errors = {ErrorCode::not_found, ErrorCode::wrong_state}},
              .answer = [&jobs](ApiCall call) { return retry(jobs, std::move(call)); }});
}

}  // namespace antiphon
