#include "api/router.h"

#include "api/access_table.h"
#include "core/check.h"
#include "core/utf8.h"
#include "json/problem.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace antiphon {

namespace {

constexpr std::chrono::seconds kStreamDeadline{60};
constexpr std::size_t kStrayBodyMax = 64 * 1024;

struct Pattern {
  std::vector<std::string_view> segments;  // "{…}" stands for any one segment
};

Pattern compile(std::string_view path) {
  Pattern pattern;
  while (path.starts_with('/')) {
    path.remove_prefix(1);
    const std::size_t end = std::min(path.find('/'), path.size());
    if (end > 0) pattern.segments.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return pattern;
}

bool is_placeholder(std::string_view segment) { return segment.starts_with('{'); }

bool matches(const Pattern& pattern, const std::vector<std::string>& segments) {
  return std::ranges::equal(pattern.segments, segments, [](auto wanted, const std::string& given) {
    return is_placeholder(wanted) || wanted == given;
  });
}

// One path could be of both, and `plain` says more of it: /members/leave and /members/{user}.
bool is_plainer(const Pattern& plain, const Pattern& other) {
  bool fewer = false;
  return std::ranges::equal(plain.segments, other.segments,
                            [&](std::string_view mine, std::string_view theirs) {
                              fewer = fewer || (is_placeholder(theirs) && !is_placeholder(mine));
                              return mine == theirs || is_placeholder(theirs);
                            }) &&
         fewer;
}

std::vector<std::string> arguments_of(const Pattern& pattern,
                                      const std::vector<std::string>& segments) {
  std::vector<std::string> arguments;
  for (std::size_t index = 0; index < segments.size(); ++index) {
    if (is_placeholder(pattern.segments[index])) arguments.push_back(segments[index]);
  }
  return arguments;
}

Result<> check_media_type(const Request& request, std::string_view wanted) {
  const auto header = request.headers.find("Content-Type");
  std::string_view given = header.value_or("");
  given = given.substr(0, given.find(';'));
  while (given.ends_with(' '))
    given.remove_suffix(1);
  const std::string media_type = to_lower_ascii(given);
  if (media_type == wanted) return {};
  // Many clients send a merge patch as plain JSON.
  if (wanted == json::kMergePatchMediaType && media_type == json::kJsonMediaType) return {};
  return failure(ErrorCode::unsupported, fmt::format("send the body as Content-Type: {}", wanted));
}

void add_limits(Headers& headers, const Headers& limits) {
  for (const auto& [name, value] : limits)
    headers.set(name, value);
}

// What protects an answer otherwise is net/edge's.
void forbid_caching(Headers& headers) {
  if (!headers.contains("Cache-Control")) headers.set("Cache-Control", "no-store");
}

}  // namespace

struct Router::Compiled {
  Method method = Method::get;
  Pattern pattern;
  std::vector<const Pattern*> plainer;  // of other routes: where one matches, this one does not
  Route route;
  PageRoute page;
  Counter* answered = nullptr;
  Counter* failed = nullptr;

  [[nodiscard]] bool is_page() const { return static_cast<bool>(page.handler); }
  [[nodiscard]] bool takes(const std::vector<std::string>& segments) const {
    return matches(pattern, segments) && std::ranges::none_of(plainer, [&](const Pattern* other) {
             return matches(*other, segments);
           });
  }
};

Router::Router(AccessService& access, Log& log, Metrics& metrics)
    : access_(access), log_(log), metrics_(metrics) {}

Router::~Router() = default;

void Router::add(Route route) {
  CHECK(static_cast<bool>(route.answer) != static_cast<bool>(route.stream),
        "a route answers or streams");
  const auto access = access_of(route.operation.id);
  CHECK(access && access->scope == route.operation.scope,
        "every operation has a line in api/access_table.cpp, of the same scope");
  auto compiled = std::make_unique<Compiled>();
  compiled->method = parse_method(route.operation.method);
  compiled->pattern = compile(route.operation.path);
  const std::string operation(route.operation.id);
  compiled->answered = &metrics_.counter("api_requests_total", "Requests answered.",
                                         {{"operation", operation}, {"outcome", "ok"}});
  compiled->failed = &metrics_.counter("api_requests_total", "Requests answered.",
                                       {{"operation", operation}, {"outcome", "problem"}});
  compiled->route = std::move(route);
  put(std::move(compiled));
}

void Router::put(std::unique_ptr<Compiled> added) {
  for (const auto& route : routes_) {
    if (is_plainer(route->pattern, added->pattern)) added->plainer.push_back(&route->pattern);
    if (is_plainer(added->pattern, route->pattern)) route->plainer.push_back(&added->pattern);
  }
  routes_.push_back(std::move(added));
}

void Router::add(PageRoute page) {
  auto compiled = std::make_unique<Compiled>();
  compiled->method = page.method;
  compiled->pattern = compile(page.path);
  compiled->page = std::move(page);
  put(std::move(compiled));
}

const Router::Compiled* Router::find(const RequestHead& head) const {
  const Method method = head.method == Method::head ? Method::get : head.method;
  const auto found = std::ranges::find_if(routes_, [&](const auto& route) {
    return route->method == method && route->takes(head.segments);
  });
  return found == routes_.end() ? nullptr : found->get();
}

std::string Router::methods_at(const RequestHead& head) const {
  std::string methods;
  for (const auto& route : routes_) {
    if (!route->takes(head.segments)) continue;
    methods += fmt::format("{}{}", methods.empty() ? "" : ", ", name_of(route->method));
  }
  return methods;
}

RequestPolicy Router::policy(const RequestHead& head) const {
  RequestPolicy policy;
  policy.body_max = 0;
  const Compiled* route = find(head);
  if (route == nullptr) {
    // Read and thrown away, so that the answer is the 404 or 405 and not the length.
    policy.body_max = kStrayBodyMax;
    return policy;
  }
  if (route->is_page()) {
    policy.websocket = route->page.websocket;
    policy.body_max = route->page.body_max;
    if (route->page.websocket == Upgrade::allowed) policy.deadline = kStreamDeadline;
    return policy;
  }
  if (route->route.operation.request.shape != nullptr) policy.body_max = route->route.body_max;
  return policy;
}

Task<> Router::handle(Request request, ResponseWriter& writer) {
  const Compiled* route = find(request);
  if (route == nullptr) {
    const std::string methods = methods_at(request);
    Response response =
        methods.empty()
            ? problem_response({ErrorCode::not_found, "there is nothing at this path; see /docs"})
            : make_problem(405, "method_not_allowed", "This path does not take this method.");
    if (!methods.empty()) response.headers.set("Allow", methods);
    forbid_caching(response.headers);
    const auto sent = co_await writer.send(std::move(response));
    static_cast<void>(sent);
    co_return;
  }
  if (route->is_page()) {
    co_await route->page.handler(std::move(request), writer);
    co_return;
  }
  Headers limits;
  const std::string address = request.remote_address;
  const std::string request_id = request.request_id;
  auto answered = co_await call(*route, std::move(request), writer, limits);
  if (answered) {
    route->answered->add();
    co_return;
  }
  route->failed->add();
  const Error error = co_await count_stranger(std::move(answered.error()), address, limits);
  if (error.code == ErrorCode::internal || error.code == ErrorCode::corrupt) {
    log_.error(
        "api.failed",
        {{"request", request_id}, {"operation", route->route.operation.id}, {"error", error}});
  }
  if (writer.is_started() || error.code == ErrorCode::cancelled) co_return;
  Response response = problem_response(error);
  add_limits(response.headers, limits);
  forbid_caching(response.headers);
  const auto sent = co_await writer.send(std::move(response));
  static_cast<void>(sent);
}

Task<Result<>> Router::admit(const Compiled& compiled, const Principal& principal,
                             std::string address, Headers& limits) {
  if (limiter_ == nullptr || compiled.route.operation.scope.empty()) co_return Result<>{};
  const bool reads = compiled.method == Method::get;
  const RateClass usual = reads ? RateClass::read : RateClass::write;
  const auto verdict = co_await limiter_->admit(compiled.route.rate_class.value_or(usual),
                                                principal, std::move(address));
  for (auto& [name, value] : verdict.headers())
    limits.set(name, value);
  if (verdict.allowed) co_return Result<>{};
  co_return failure(
      ErrorCode::resource_exhausted,
      fmt::format("too many requests of this {}; wait as Retry-After says", verdict.policy));
}

// Whoever is refused for want of credentials is counted, so that nobody tries keys without end.
Task<Error> Router::count_stranger(Error error, std::string address, Headers& limits) {
  if (limiter_ == nullptr || error.code != ErrorCode::unauthenticated) co_return error;
  const auto verdict = co_await limiter_->admit_stranger(std::move(address));
  if (verdict.allowed) co_return error;
  for (auto& [name, value] : verdict.headers())
    limits.set(name, value);
  co_return Error{ErrorCode::resource_exhausted,
                  "too many requests without valid credentials from this address; wait as "
                  "Retry-After says"};
}

Task<Result<Principal>> Router::principal_for(std::string_view scope, const Request& request) {
  const bool account = scope == kAccountScope;
  auto principal = co_await access_.authenticate(credentials_of(request, session_cookie_),
                                                 account ? Standing::person : Standing::member);
  if (principal && !account && !holds(*principal, scope)) {
    co_return failure(ErrorCode::permission_denied,
                      fmt::format("this {} does not hold the scope {}",
                                  principal->kind == PrincipalKind::user ? "role" : "key", scope));
  }
  co_return principal;
}

Task<Result<>> Router::call(const Compiled& compiled, Request request, ResponseWriter& writer,
                            Headers& limits) {
  const json::Operation& operation = compiled.route.operation;
  ApiCall call;
  if (!operation.scope.empty()) {
    auto principal = co_await principal_for(operation.scope, request);
    if (!principal) co_return std::unexpected(std::move(principal.error()));
    call.principal = std::move(*principal);
  }
  auto admitted = co_await admit(compiled, call.principal, request.remote_address, limits);
  if (!admitted) co_return admitted;
  if (operation.request.shape != nullptr) {
    const std::string_view media_type =
        operation.request.media_type.empty() ? json::kJsonMediaType : operation.request.media_type;
    auto right = check_media_type(request, media_type);
    if (!right) co_return right;
  }
  call.arguments = arguments_of(compiled.pattern, request.segments);
  call.request = std::move(request);
  if (compiled.route.stream) co_return co_await compiled.route.stream(std::move(call), writer);
  auto response = co_await compiled.route.answer(std::move(call));
  if (!response) co_return std::unexpected(std::move(response.error()));
  add_limits(response->headers, limits);
  forbid_caching(response->headers);
  co_return co_await writer.send(std::move(*response));
}

std::vector<json::Operation> Router::operations() const {
  std::vector<json::Operation> operations;
  for (const auto& route : routes_) {
    if (!route->is_page()) operations.push_back(route->route.operation);
  }
  return operations;
}

Response json_response(int status, std::string body) {
  Response response;
  response.status = status;
  response.headers.set("Content-Type", std::string(json::kJsonMediaType));
  response.body = std::move(body);
  return response;
}

Response problem_response(const Error& error) {
  ProblemAnswer answer = problem_answer(error);
  Response response;
  response.status = answer.status;
  for (auto& [name, value] : answer.headers)
    response.headers.add(std::move(name), std::move(value));
  response.body = std::move(answer.body);
  return response;
}

Response empty_response() {
  Response response;
  response.status = 204;
  return response;
}

Result<Uuid> uuid_argument(const ApiCall& call, std::size_t index) {
  CHECK(index < call.arguments.size(), "the path has this placeholder");
  if (const auto uuid = Uuid::parse(call.arguments[index])) return *uuid;
  // No id of ours looks like this, so nothing is there.
  return failure(ErrorCode::not_found, "the id in the path is not a UUID");
}

std::vector<QueryParameter> query_of(const RequestHead& head) {
  std::vector<QueryParameter> parameters;
  for (const auto& [name, value] : head.query)
    parameters.push_back({name, value});
  return parameters;
}

Credentials credentials_of(const Request& request, std::string_view session_cookie) {
  const auto header = [&](std::string_view name) {
    return std::string(request.headers.find(name).value_or(""));
  };
  const bool reads = request.method == Method::get || request.method == Method::head;
  return {.authorization = header("Authorization"),
          .session = cookie_of(request.headers, session_cookie),
          .csrf = header(kCsrfHeader),
          .workspace = header(kWorkspaceHeader),
          .intent = reads ? Intent::read : Intent::change,
          .address = request.remote_address,
          .request_id = request.request_id};
}

Result<std::optional<std::int64_t>> revision_of(const RequestHead& head) {
  auto header = head.headers.find("If-Match");
  if (!header || *header == "*") return std::optional<std::int64_t>{};
  std::string_view text = *header;
  if (text.size() > 2 && text.starts_with('"') && text.ends_with('"')) {
    text = text.substr(1, text.size() - 2);
    std::int64_t revision = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), revision);
    if (error == std::errc{} && end == text.data() + text.size()) return std::optional(revision);
  }
  return failure(ErrorCode::invalid_argument,
                 "send If-Match as you received ETag: a number in double quotes");
}

}  // namespace antiphon
