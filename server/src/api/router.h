// The table of routes: what dispatches a request is what describes it in the OpenAPI document.
//
//   router.add({.operation = {...}, .answer = [&](ApiCall call) -> Task<Result<Response>> {...}});
//
// Where two routes could take a path, the one with fewer placeholders does, whatever its methods.
// For each request: the route (404, 405 with Allow), the principal (401) and the scope that
// api/access_table names (403), the media type of the body (415), the handler; an Error becomes
// an application/problem+json. A route without a line in that table, or with another scope than its
// line says, aborts the start.
// Limits  a route states its body and its deadline; checked before the body is read.
// Thread  the API loop. Routes are added before the server listens.
#pragma once

#include "api/cookies.h"
#include "core/log.h"
#include "core/metrics.h"
#include "core/task.h"
#include "domain/principal.h"
#include "json/json.h"
#include "json/openapi.h"
#include "net/http.h"
#include "net/http_server.h"
#include "service/access_service.h"
#include "service/request_limiter.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

struct ApiCall {
  Request request;
  Principal principal;
  std::vector<std::string> arguments;  // what stands for {…} in the path, in order
};

using AnswerHandler = std::function<Task<Result<Response>>(ApiCall)>;
// Writes its own answer once it has started one; an Error before that becomes a problem.
using StreamHandler = std::function<Task<Result<>>(ApiCall, ResponseWriter&)>;

// One operation of the contract: exactly one of `answer` and `stream`.
struct Route {
  json::Operation operation;
  AnswerHandler answer = {};
  StreamHandler stream = {};
  std::size_t body_max = 64 * 1024;
  std::optional<RateClass> rate_class = {};  // left out: GET reads, everything else writes
};

// A page, a socket or a probe: outside the contract, no principal.
struct PageRoute {
  std::string_view path;
  HttpHandler handler;
  Upgrade websocket = Upgrade::refused;
  Method method = Method::get;
  std::size_t body_max = 0;
};

class Router {
 public:
  Router(AccessService& access, Log& log, Metrics& metrics);
  ~Router();

  void add(Route route);
  void add(PageRoute page);
  // From now on requests are counted and refused (429); `limiter` outlives the router.
  void use_limiter(RequestLimiter& limiter) { limiter_ = &limiter; }
  // The cookie that stands for a person's session; see api/cookies.h.
  void use_session_cookie(std::string name) { session_cookie_ = std::move(name); }

  [[nodiscard]] RequestPolicy policy(const RequestHead& head) const;
  [[nodiscard]] Task<> handle(Request request, ResponseWriter& writer);
  [[nodiscard]] std::vector<json::Operation> operations() const;

 private:
  struct Compiled;

  void put(std::unique_ptr<Compiled> added);
  [[nodiscard]] const Compiled* find(const RequestHead& head) const;
  [[nodiscard]] std::string methods_at(const RequestHead& head) const;
  // `limits` gets the fields that tell the caller what is left, also where an error is answered.
  Task<Result<>> call(const Compiled& route, Request request, ResponseWriter& writer,
                      Headers& limits);
  Task<Result<>> admit(const Compiled& route, const Principal& principal, std::string address,
                       Headers& limits);
  Task<Error> count_stranger(Error error, std::string address, Headers& limits);
  [[nodiscard]] Task<Result<Principal>> principal_for(std::string_view scope,
                                                      const Request& request);

  AccessService& access_;
  Log& log_;
  Metrics& metrics_;
  std::string session_cookie_{session_cookie_name(false)};
  std::vector<std::unique_ptr<Compiled>> routes_;
  RequestLimiter* limiter_ = nullptr;
};

// 200 with a JSON body, and its relatives.
[[nodiscard]] Response json_response(int status, std::string body);
[[nodiscard]] Response problem_response(const Error& error);
// 204.
[[nodiscard]] Response empty_response();
// The only UUID of a path, already checked by the router to be one.
[[nodiscard]] Result<Uuid> uuid_argument(const ApiCall& call, std::size_t index);
// The decoded query for json::from_query.
[[nodiscard]] std::vector<QueryParameter> query_of(const RequestHead& head);
// What of the request may say who asks.
[[nodiscard]] Credentials credentials_of(const Request& request, std::string_view session_cookie);
// "7" of `If-Match: "7"`; nullopt without the header or for *.
[[nodiscard]] Result<std::optional<std::int64_t>> revision_of(const RequestHead& head);

}  // namespace antiphon
