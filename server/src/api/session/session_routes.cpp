#include "api/session/session_routes.h"

#include "api/access_table.h"
#include "api/session/session_documents.h"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace antiphon {

namespace {

constexpr std::chrono::seconds kCookieLife = std::chrono::days(7);

struct Door {
  StudioSessionService& sessions;
  AccessService& access;
  bool secure;

  [[nodiscard]] std::string cookie(std::string_view value, std::chrono::seconds life) const {
    return fmt::format("{}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}{}",
                       session_cookie_name(secure), value, life.count(), secure ? "; Secure" : "");
  }
  [[nodiscard]] Credentials credentials(const ApiCall& call) const {
    return credentials_of(call.request, session_cookie_name(secure));
  }
};

std::unexpected<Error> no_cookie() {
  return failure(ErrorCode::wrong_state,
                 "this is about the studio's session; you came with an access token");
}

Result<StudioSignIn> sign_in_of(const SessionInput& input) {
  const bool by_password = input.email && input.password;
  const int ways = (input.access_token ? 1 : 0) + (input.refresh_token ? 1 : 0) +
                   (input.email || input.password ? 1 : 0);
  if (ways != 1 || (!by_password && (input.email || input.password))) {
    return failure(ErrorCode::invalid_argument,
                   "send one of access_token, refresh_token, or email with password");
  }
  const auto text = [](const auto& field) { return field ? field->value() : std::string(); };
  return StudioSignIn{.access_token = Sensitive(text(input.access_token)),
                      .refresh_token = Sensitive(text(input.refresh_token)),
                      .email = text(input.email),
                      .password = Sensitive(text(input.password)),
                      .code = text(input.code)};
}

Task<Result<Response>> begin(const Door& door, ApiCall call) {
  const auto input = from_json<SessionInput>(call.request.body);
  if (!input) co_return std::unexpected(input.error());
  auto given = sign_in_of(*input);
  if (!given) co_return std::unexpected(std::move(given.error()));
  given->address = call.request.remote_address;
  given->agent = std::string(call.request.headers.find("User-Agent").value_or(""));
  auto begun = co_await door.sessions.begin(std::move(*given));
  if (!begun) co_return std::unexpected(std::move(begun.error()));
  Response response = json_response(
      201, to_json(SessionOutput{UserId(begun->session.user), std::move(begun->session.email),
                                 std::move(begun->csrf_token), begun->session.expires_at}));
  response.headers.set("Set-Cookie", door.cookie(begun->token.reveal(), kCookieLife));
  co_return response;
}

Task<Result<Response>> describe(const Door& door, ApiCall call) {
  Credentials credentials = door.credentials(call);
  const std::string cookie = credentials.session;
  auto person = co_await door.access.identify(std::move(credentials));
  if (!person) co_return std::unexpected(std::move(person.error()));
  SessionOutput output{UserId(person->user), std::move(person->email), std::nullopt, std::nullopt};
  if (!person->session.is_nil()) {
    output.csrf_token = door.sessions.csrf_token(cookie);
    output.expires_at = person->expires_at;
  }
  co_return json_response(200, to_json(output));
}

Task<Result<Response>> end_current(const Door& door, ApiCall call) {
  const auto person = co_await door.access.identify(door.credentials(call));
  if (!person) co_return std::unexpected(person.error());
  if (person->session.is_nil()) co_return no_cookie();
  const auto ended = co_await door.sessions.end_current(*person);
  if (!ended && ended.error().code != ErrorCode::not_found) {
    co_return std::unexpected(ended.error());
  }
  Response response = empty_response();
  response.headers.set("Set-Cookie", door.cookie("", std::chrono::seconds(0)));
  co_return response;
}

Task<Result<Response>> switch_workspace(const Door& door, ApiCall call) {
  const auto input = from_json<SessionWorkspaceInput>(call.request.body);
  if (!input) co_return std::unexpected(input.error());
  const auto person = co_await door.access.identify(door.credentials(call));
  if (!person) co_return std::unexpected(person.error());
  if (person->session.is_nil()) co_return no_cookie();
  const auto switched =
      co_await door.sessions.switch_to(person->user, person->session, input->workspace);
  if (!switched) co_return std::unexpected(switched.error());
  co_return empty_response();
}

Task<Result<Response>> list(const Door& door, ApiCall call) {
  const auto person = co_await door.access.identify(door.credentials(call));
  if (!person) co_return std::unexpected(person.error());
  auto found = co_await door.sessions.list(*person);
  if (!found) co_return std::unexpected(std::move(found.error()));
  SessionList answer;
  for (AccountSession& session : *found) {
    answer.items.push_back({session.id, session.current, session.studio, std::move(session.address),
                            std::move(session.agent), session.created_at, session.last_used_at,
                            session.expires_at});
  }
  co_return json_response(200, to_json(answer));
}

Task<Result<Response>> end_others(const Door& door, ApiCall call) {
  const auto person = co_await door.access.identify(door.credentials(call));
  if (!person) co_return std::unexpected(person.error());
  const auto ended = co_await door.sessions.end_others(*person);
  if (!ended) co_return std::unexpected(ended.error());
  co_return empty_response();
}

Task<Result<Response>> end_one(const Door& door, ApiCall call) {
  const auto id = uuid_argument(call, 0);
  if (!id) co_return std::unexpected(id.error());
  const auto ended = co_await door.sessions.end(call.principal.id, *id);
  if (!ended) co_return std::unexpected(ended.error());
  co_return empty_response();
}

AnswerHandler bind(const Door& door, Task<Result<Response>> (*handler)(const Door&, ApiCall)) {
  return [door, handler](ApiCall call) { return handler(door, std::move(call)); };
}

void add_current(Router& router, const Door& door) {
  router.add(
      {.operation = {.method = "POST",
                     .path = "/api/session",
                     .id = "session.begin",
                     .summary = "Sign in to the studio: with a password, or a token of /auth/v1.",
                     .description = "The answer sets a cookie that is accepted wherever a "
                                    "bearer token is.",
                     .tag = "sessions",
                     .request = {.shape = &shape_of<SessionInput>()},
                     .responses = {{.status = 201,
                                    .description = "You are signed in.",
                                    .shape = &shape_of<SessionOutput>(),
                                    .headers = {{"Set-Cookie", "The session."}}}},
                     .errors = {ErrorCode::unauthenticated}},
       .answer = bind(door, begin)});
  router.add(
      {.operation = {.method = "GET",
                     .path = "/api/session",
                     .id = "session.get",
                     .summary = "Read who is signed in, and the token against forgery.",
                     .tag = "sessions",
                     .scope = kAccountScope,
                     .responses = {{.description = "You.", .shape = &shape_of<SessionOutput>()}}},
       .answer = bind(door, describe)});
  router.add({.operation = {.method = "DELETE",
                            .path = "/api/session",
                            .id = "session.end",
                            .summary = "Sign out of the studio.",
                            .tag = "sessions",
                            .scope = kAccountScope,
                            .responses = {{.status = 204,
                                           .description = "You are signed out.",
                                           .headers = {{"Set-Cookie", "Takes the cookie away."}}}},
                            .errors = {ErrorCode::wrong_state}},
              .answer = bind(door, end_current)});
  router.add({.operation = {.method = "PUT",
                            .path = "/api/session/workspace",
                            .id = "session.switch",
                            .summary = "Switch the session to another workspace of yours.",
                            .tag = "sessions",
                            .scope = kAccountScope,
                            .request = {.shape = &shape_of<SessionWorkspaceInput>()},
                            .responses = {{.status = 204, .description = "It is switched."}},
                            .errors = {ErrorCode::not_found, ErrorCode::wrong_state}},
              .answer = bind(door, switch_workspace)});
}

void add_all(Router& router, const Door& door) {
  router.add({.operation = {.method = "GET",
                            .path = "/api/account/sessions",
                            .id = "sessions.list",
                            .summary = "List your sessions, the latest used first.",
                            .tag = "sessions",
                            .scope = kAccountScope,
                            .responses = {{.description = "Those that have not ended.",
                                           .shape = &shape_of<SessionList>()}}},
              .answer = bind(door, list)});
  router.add({.operation = {.method = "DELETE",
                            .path = "/api/account/sessions",
                            .id = "sessions.end_others",
                            .summary = "End all your sessions but the one that asks.",
                            .tag = "sessions",
                            .scope = kAccountScope,
                            .responses = {{.status = 204, .description = "They are over."}}},
              .answer = bind(door, end_others)});
  router.add({.operation = {.method = "DELETE",
                            .path = "/api/account/sessions/{session}",
                            .id = "sessions.end",
                            .summary = "End a session of yours, wherever it is.",
                            .tag = "sessions",
                            .scope = kAccountScope,
                            .responses = {{.status = 204, .description = "It is over."}}},
              .answer = bind(door, end_one)});
}

}  // namespace

void add_session_routes(Router& router, StudioSessionService& sessions, AccessService& access,
                        CookieTransport transport) {
  const Door door{sessions, access, transport == CookieTransport::tls};
  router.use_session_cookie(std::string(session_cookie_name(door.secure)));
  add_current(router, door);
  add_all(router, door);
}

}  // namespace antiphon
