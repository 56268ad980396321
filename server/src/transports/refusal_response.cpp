#include "transports/refusal_response.h"

#include "json/problem.h"

#include <utility>

namespace antiphon {

Response refusal_response(const Error& error) {
  ProblemAnswer answer = problem_answer(error);
  Response response;
  response.status = answer.status;
  for (auto& [name, value] : answer.headers)
    response.headers.add(std::move(name), std::move(value));
  response.body = std::move(answer.body);
  return response;
}

}  // namespace antiphon
