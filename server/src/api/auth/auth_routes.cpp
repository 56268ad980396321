#include "api/auth/auth_routes.h"

#include "core/utf8.h"

#include <fmt/format.h>

#include <array>
#include <functional>

namespace antiphon {

namespace {

constexpr std::size_t kBodyMax = 64 * 1024;
constexpr std::string_view kVersionHeader = "X-Supabase-Api-Version";
constexpr std::string_view kVersion = "2024-01-01";

using Operation = std::function<Task<AuthResult<AuthAnswer>>(AuthCall, std::string)>;

// The client knows the newer form of errors. Dates compare as text.
bool is_new_version(const Request& request) {
  const std::string_view given = request.headers.find(kVersionHeader).value_or("");
  return given.size() == kVersion.size() && given >= kVersion && given.starts_with('2');
}

json::Value error_body(const AuthFault& fault, bool is_new) {
  json::Object body;
  if (is_new) {
    body = {{"code", fault.code}, {"message", fault.message}};
  } else {
    body = {{"code", fault.status}, {"error_code", fault.code}, {"msg", fault.message}};
  }
  if (!fault.reasons.empty()) {
    json::Array reasons;
    for (const std::string& reason : fault.reasons)
      reasons.emplace_back(reason);
    body.push_back({"weak_password", json::Object{{"reasons", std::move(reasons)}}});
  }
  return body;
}

void add_headers(Response& response, bool is_new) {
  response.headers.set("X-Content-Type-Options", "nosniff");
  response.headers.set("Referrer-Policy", "no-referrer");
  if (!response.headers.contains("Cache-Control"))
    response.headers.set("Cache-Control", "no-store");
  if (is_new) response.headers.set(std::string(kVersionHeader), std::string(kVersion));
}

Response response_of(const AuthResult<AuthAnswer>& answer, bool is_new) {
  Response response;
  if (!answer) {
    const AuthFault& fault = answer.error();
    response = json_response(fault.status, json::write(error_body(fault, is_new)));
    // Supabase Auth leaves it out here, where newer clients read the body.
    const bool in_body_alone = is_new && !fault.reasons.empty();
    if (!in_body_alone) response.headers.set("x-sb-error-code", fault.code);
    if (fault.retry_after > 0)
      response.headers.set("Retry-After", std::to_string(fault.retry_after));
  } else if (!answer->location.empty()) {
    response.status = answer->status;
    response.headers.set("Location", answer->location);
  } else if (answer->body.is_null()) {
    response.status = answer->status;
  } else {
    response = json_response(answer->status, json::write(answer->body));
  }
  add_headers(response, is_new);
  return response;
}

std::string bearer_of(const Request& request) {
  constexpr std::string_view kScheme = "bearer ";
  const std::string_view header = request.headers.find("Authorization").value_or("");
  if (!to_lower_ascii(header.substr(0, kScheme.size())).starts_with(kScheme)) return {};
  return std::string(header.substr(kScheme.size()));
}

AuthResult<AuthCall> call_of(Request& request) {
  AuthCall call{.bearer = bearer_of(request),
                .origin = {request.remote_address,
                           std::string(request.headers.find("User-Agent").value_or(""))},
                .query = std::move(request.query)};
  if (request.method == Method::get || request.body.empty()) return call;
  auto body = json::parse(request.body);
  if (!body || body->if_object() == nullptr) {
    return fault(400, "bad_json",
                 "Could not parse request body as JSON: " +
                     (body ? std::string("it is no object") : body.error().message));
  }
  call.body = std::move(*body);
  return call;
}

// `factor` is the id in the path, "" where there is none.
HttpHandler handler_of(Operation operation, bool needs_body) {
  return respond_with(
      [operation = std::move(operation), needs_body](Request request) -> Task<Response> {
        const bool is_new = is_new_version(request);
        // "/auth/v1/factors/{id}/verify"
        constexpr std::size_t kFactor = 3;
        std::string factor = request.segments.size() > kFactor ? request.segments[kFactor] : "";
        const bool empty = needs_body && request.body.empty();
        auto call = call_of(request);
        if (empty) {
          call = fault(400, "bad_json",
                       "Could not parse request body as JSON: unexpected end of JSON input");
        }
        if (!call) {
          co_return response_of(std::unexpected(std::move(call.error())), is_new);
        }
        const auto answer = co_await operation(std::move(*call), std::move(factor));
        co_return response_of(answer, is_new);
      });
}

using Member = Task<AuthResult<AuthAnswer>> (AuthService::*)(AuthCall);
using FactorMember = Task<AuthResult<AuthAnswer>> (AuthService::*)(AuthCall, std::string);

void add(Router& router, Method method, std::string_view path, bool needs_body,
         Operation operation) {
  router.add(PageRoute{.path = path,
                       .handler = handler_of(std::move(operation), needs_body),
                       .method = method,
                       .body_max = method == Method::get ? 0 : kBodyMax});
}

void add_fixed_pages(Router& router, AuthService& service) {
  const auto page = [&](std::string_view path, std::function<std::string()> body,
                        std::string cache) {
    router.add(PageRoute{.path = path,
                         .handler = respond_with([body = std::move(body), cache = std::move(cache)](
                                                     Request request) -> Task<Response> {
                           Response response = json_response(200, body());
                           if (!cache.empty()) response.headers.set("Cache-Control", cache);
                           add_headers(response, is_new_version(request));
                           co_return response;
                         })});
  };
  page("/auth/v1/settings", [&service] { return json::write(service.settings().body); }, "");
  page(
      "/auth/v1/health",
      [] {
        return std::string(
            R"({"version":"antiphon","name":"GoTrue","description":"Antiphon answers as GoTrue"})");
      },
      "");
  page(
      "/auth/v1/.well-known/jwks.json", [&service] { return service.public_keys(); },
      "public, max-age=600");
}

}  // namespace

void add_auth_routes(Router& router, AuthService& service) {
  struct Line {
    Method method;
    std::string_view path;
    Member member;
    bool needs_body;
  };
  static constexpr std::array<Line, 14> kLines{
      {{Method::post, "/auth/v1/signup", &AuthService::sign_up, true},
       {Method::post, "/auth/v1/token", &AuthService::token, true},
       {Method::get, "/auth/v1/user", &AuthService::user, false},
       {Method::put, "/auth/v1/user", &AuthService::update_user, true},
       {Method::post, "/auth/v1/logout", &AuthService::log_out, false},
       {Method::post, "/auth/v1/recover", &AuthService::recover, true},
       {Method::post, "/auth/v1/otp", &AuthService::one_time_password, true},
       {Method::post, "/auth/v1/resend", &AuthService::resend, true},
       {Method::get, "/auth/v1/reauthenticate", &AuthService::reauthenticate, false},
       {Method::post, "/auth/v1/verify", &AuthService::verify, true},
       {Method::get, "/auth/v1/verify", &AuthService::follow_link, false},
       {Method::get, "/auth/v1/authorize", &AuthService::authorize, false},
       {Method::post, "/auth/v1/sso", &AuthService::single_sign_on, true},
       {Method::post, "/auth/v1/factors", &AuthService::enroll_factor, true}}};
  for (const Line& line : kLines) {
    add(router, line.method, line.path, line.needs_body,
        [&service, member = line.member](AuthCall call, std::string) {
          return (service.*member)(std::move(call));
        });
  }
  struct FactorLine {
    Method method;
    std::string_view path;
    FactorMember member;
    bool needs_body;
  };
  static constexpr std::array<FactorLine, 3> kFactorLines{
      {{Method::post, "/auth/v1/factors/{factor}/challenge", &AuthService::challenge_factor, false},
       {Method::post, "/auth/v1/factors/{factor}/verify", &AuthService::verify_factor, true},
       {Method::del, "/auth/v1/factors/{factor}", &AuthService::remove_factor, false}}};
  for (const FactorLine& line : kFactorLines) {
    add(router, line.method, line.path, line.needs_body,
        [&service, member = line.member](AuthCall call, std::string factor) {
          return (service.*member)(std::move(call), std::move(factor));
        });
  }
  add_fixed_pages(router, service);
}

void add_foreign_auth_routes(Router& router, const std::string& supabase_url) {
  const HttpHandler elsewhere = respond_with([supabase_url](Request) -> Task<Response> {
    Response response = problem_response(
        {ErrorCode::not_found, "accounts are kept by a Supabase project here; send this to " +
                                   supabase_url + "/auth/v1"});
    add_headers(response, false);
    co_return response;
  });
  for (const std::string_view path :
       {"/auth/v1", "/auth/v1/{a}", "/auth/v1/{a}/{b}", "/auth/v1/{a}/{b}/{c}"}) {
    for (const Method method : {Method::get, Method::post, Method::put, Method::del}) {
      router.add(PageRoute{.path = path,
                           .handler = elsewhere,
                           .method = method,
                           .body_max = method == Method::get ? 0 : kBodyMax});
    }
  }
}

}  // namespace antiphon
