// How an Error is told to an HTTP client (RFC 9457), and the one table that gives each ErrorCode
// its status.
//
// conflict is 412, what RFC 9110 asks for a failed If-Match; already_exists and closed are 409.
// A quota that is reached is resource_exhausted with one field error whose pointer is no pointer
// but the name of the quota: the problem then has that code, and a status of its own.
// What is our own fault (internal, corrupt) is told in one general sentence: the log has the rest.
#pragma once

#include "core/error.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace antiphon {

inline constexpr std::string_view kProblemMediaType = "application/problem+json";

struct ErrorEntry {
  ErrorCode code;
  int status;
  std::string_view title;
  std::string_view description;  // what it means and what to do next
};

// Every ErrorCode once, in the order of the enum.
[[nodiscard]] std::span<const ErrorEntry> error_catalogue();
[[nodiscard]] const ErrorEntry& entry_of(ErrorCode code);
[[nodiscard]] int http_status_of(ErrorCode code);
// contract/errors.json.
[[nodiscard]] std::string error_catalogue_json();

struct Problem {
  std::string type;  // "/docs/errors#not_found"
  std::string title;
  int status = 500;
  std::string code;
  std::string detail;
  std::vector<FieldError> issues;
  std::optional<std::string> request_id;  // for the person who reads the log
  bool operator==(const Problem&) const = default;
};

[[nodiscard]] Problem problem_of(const Error& error);

// The whole answer to a request that failed, for whoever has a Response to put it in: api/ and
// transports/ share no layer that knows both HTTP and JSON.
struct ProblemAnswer {
  int status = 500;
  std::vector<std::pair<std::string, std::string>> headers;  // Content-Type among them
  std::string body;
};

[[nodiscard]] ProblemAnswer problem_answer(const Error& error);

}  // namespace antiphon
