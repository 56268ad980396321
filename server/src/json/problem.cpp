#include "json/problem.h"

#include "core/check.h"
#include "json/codec.h"
#include "json/value.h"

#include <algorithm>
#include <array>

namespace antiphon {

BOOST_DESCRIBE_STRUCT(FieldError, (), (pointer, message))
BOOST_DESCRIBE_STRUCT(Problem, (), (type, title, status, code, detail, issues, request_id))

ANTIPHON_JSON_CODEC(Problem)

namespace {

using enum ErrorCode;

constexpr std::array kCatalogue{
    ErrorEntry{invalid_argument, 422, "The input is not valid",
               "One or more fields are refused; `issues` names each. Correct them and send again."},
    ErrorEntry{unauthenticated, 401, "Who is asking is not known",
               "No valid key or session came with the request. Send one as a bearer token."},
    ErrorEntry{permission_denied, 403, "Not allowed",
               "The key or person may not do this. Ask an owner of the workspace for the role."},
    ErrorEntry{not_found, 404, "Not found", "There is no such thing in this workspace."},
    ErrorEntry{already_exists, 409, "Already exists",
               "A name or key that must be unique is taken. Choose another."},
    ErrorEntry{conflict, 412, "Changed meanwhile",
               "The thing changed since it was read. Read it again and repeat the change."},
    ErrorEntry{
        wrong_state, 409, "Not now",
        "What the thing is or does just now does not allow this; the message says what would."},
    ErrorEntry{too_large, 413, "Too large", "A stated limit is exceeded. Send less."},
    ErrorEntry{unsupported, 415, "Not supported",
               "The format or option is not one the server has. The message names those it has."},
    ErrorEntry{resource_exhausted, 429, "Too much at once",
               "A quota, queue or pool is full. Wait as long as Retry-After says and try again."},
    ErrorEntry{unavailable, 503, "Not available now",
               "Something the server needs is away. Trying again later may work."},
    ErrorEntry{timeout, 504, "Took too long",
               "A deadline passed. Trying again may work; look first whether it happened."},
    ErrorEntry{cancelled, 503, "Cancelled", "The work was given up before it was complete."},
    ErrorEntry{protocol_error, 400, "The request is malformed",
               "The bytes break the rules of HTTP or JSON, so no field of them could be read."},
    ErrorEntry{corrupt, 500, "Stored data is damaged",
               "Stored bytes are not what was written. The operator finds the details in the log."},
    ErrorEntry{closed, 409, "Already ended", "It has ended and takes no more. Start a new one."},
    ErrorEntry{internal, 500, "Our mistake",
               "A bug in the server. The operator finds the details in the log."},
};

}  // namespace

namespace {

// Of a workspace. What will be free again by itself is 429; what takes an owner, or another month,
// is 403.
struct QuotaEntry {
  std::string_view code;
  int status;
  std::string_view title;
  std::string_view description;
};
constexpr std::array kQuotas{
    QuotaEntry{"quota_conversations", 429, "Too many conversations at once",
               "The workspace's quota is reached. End one, wait, or let an owner raise the quota."},
    QuotaEntry{"quota_minutes", 403, "The minutes of this month are used up",
               "An owner of the workspace can raise the quota; the next month has its own."},
    QuotaEntry{"quota_spend", 403, "The spend of this month is used up",
               "An owner of the workspace can raise the quota; the next month has its own."},
    QuotaEntry{"quota_storage", 403, "The storage is full",
               "Delete recordings or documents, or let an owner of the workspace raise the quota."},
};

const QuotaEntry* quota_of(const Error& error) {
  if (error.code != resource_exhausted || error.fields.size() != 1) return nullptr;
  const auto* const found =
      std::ranges::find(kQuotas, error.fields.front().pointer, &QuotaEntry::code);
  return found == kQuotas.end() ? nullptr : found;
}

constexpr bool is_in_order() {
  for (std::size_t index = 0; index < kCatalogue.size(); ++index) {
    if (static_cast<std::size_t>(kCatalogue[index].code) != index) return false;
  }
  return kCatalogue.size() == static_cast<std::size_t>(internal) + 1;
}
static_assert(is_in_order(), "the catalogue has every ErrorCode, in order");

bool is_ours(ErrorCode code) { return code == corrupt || code == internal; }

}  // namespace

std::span<const ErrorEntry> error_catalogue() { return kCatalogue; }

const ErrorEntry& entry_of(ErrorCode code) {
  const auto index = static_cast<std::size_t>(code);
  CHECK(index < kCatalogue.size(), "an error holds one of the codes");
  return kCatalogue[index];
}

int http_status_of(ErrorCode code) { return entry_of(code).status; }

std::string error_catalogue_json() {
  json::Array entries;
  for (const ErrorEntry& entry : kCatalogue) {
    entries.push_back(json::Object{{"code", name_of(entry.code)},
                                   {"status", entry.status},
                                   {"title", entry.title},
                                   {"description", entry.description}});
  }
  for (const QuotaEntry& entry : kQuotas) {
    entries.push_back(json::Object{{"code", entry.code},
                                   {"status", entry.status},
                                   {"title", entry.title},
                                   {"description", entry.description}});
  }
  return json::write_pretty(json::Object{{"errors", std::move(entries)}});
}

Problem problem_of(const Error& error) {
  const ErrorEntry& entry = entry_of(error.code);
  Problem problem{.type = "/docs/errors#" + std::string(name_of(error.code)),
                  .title = std::string(entry.title),
                  .status = entry.status,
                  .code = std::string(name_of(error.code)),
                  .detail = is_ours(error.code) ? std::string(entry.description) : error.message};
  if (const QuotaEntry* const quota = quota_of(error)) {
    problem.type = "/docs/errors#" + std::string(quota->code);
    problem.title = quota->title;
    problem.status = quota->status;
    problem.code = quota->code;
    return problem;
  }
  if (is_ours(error.code)) return problem;
  problem.issues = error.fields;
  return problem;
}

ProblemAnswer problem_answer(const Error& error) {
  const Problem problem = problem_of(error);
  ProblemAnswer answer{.status = problem.status,
                       .headers = {{"Content-Type", std::string(kProblemMediaType)}},
                       .body = to_json(problem)};
  if (problem.status == 401) answer.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (problem.status == 429 || problem.status == 503)
    answer.headers.emplace_back("Retry-After", "1");
  return answer;
}

}  // namespace antiphon
