#include "service/studio_session_service.h"

#include "core/utf8.h"
#include "crypto/session_token.h"
#include "service/auth/auth_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace antiphon {

namespace {

constexpr std::size_t kAgentCharacters = 200;

// In the words of this API what /auth/v1 says in those of Supabase Auth.
Error error_of(const AuthFault& fault) {
  if (fault.status == 429) {
    return {ErrorCode::resource_exhausted,
            fmt::format("too many attempts; try again in {} seconds", fault.retry_after)};
  }
  if (fault.status >= 500) return {ErrorCode::unavailable, "accounts cannot be asked just now"};
  Error error{ErrorCode::unauthenticated, fault.message};
  if (fault.code == "insufficient_aal" || fault.code == "mfa_verification_failed") {
    error.fields = {{"/code", fault.message}};
  }
  return error;
}

AuthCall call_of(const StudioSignIn& given) {
  json::Object body;
  if (!given.refresh_token.reveal().empty()) {
    body.push_back({"refresh_token", given.refresh_token.reveal()});
  } else if (given.access_token.reveal().empty()) {
    body.push_back({"email", given.email});
    body.push_back({"password", given.password.reveal()});
  }
  if (!given.code.empty()) body.push_back({"code", given.code});
  return {.body = std::move(body),
          .bearer = given.access_token.reveal(),
          .origin = {given.address, given.agent}};
}

}  // namespace

Task<Result<StudioSessionService::SignedIn>> StudioSessionService::sign_in(
    const StudioSignIn& given) {
  if (accounts_ != nullptr) {
    auto user = co_await accounts_->sign_in_for_studio(call_of(given));
    if (!user) co_return std::unexpected(error_of(user.error()));
    co_return SignedIn{user->user, std::move(user->email), user->session};
  }
  if (given.access_token.reveal().empty()) {
    co_return failure(ErrorCode::unsupported,
                      "accounts are kept by a Supabase project: sign in there and send its "
                      "access token");
  }
  auto person =
      co_await access_.identify({.authorization = "Bearer " + given.access_token.reveal()});
  if (!person) co_return std::unexpected(std::move(person.error()));
  co_return SignedIn{person->user, std::move(person->email), person->sign_in};
}

Task<Result<BegunSession>> StudioSessionService::begin(StudioSignIn given) {
  auto signed_in = co_await sign_in(given);
  if (!signed_in) co_return std::unexpected(std::move(signed_in.error()));
  NewSessionToken token = make_session_token(random_);
  StudioSession session;
  session.id = Uuid::make_ordered(clock_.wall(), random_);
  session.user = signed_in->user;
  session.email = std::move(signed_in->email);
  session.sign_in = signed_in->sign_in;
  session.address = std::move(given.address);
  if (is_valid_utf8(given.agent)) session.agent = utf8_prefix(given.agent, kAgentCharacters);
  std::string hash(reinterpret_cast<const char*>(token.hash.data()), token.hash.size());
  auto begun = co_await sessions_.create(std::move(session), std::move(hash));
  if (!begun) co_return std::unexpected(std::move(begun.error()));
  std::string csrf = csrf_token_of(token.text.reveal());
  co_return BegunSession{std::move(*begun), std::move(token.text), std::move(csrf)};
}

std::string StudioSessionService::csrf_token(const std::string& cookie) const {
  return csrf_token_of(cookie);
}

Task<Result<>> StudioSessionService::switch_to(Uuid user, Uuid session, WorkspaceId workspace) {
  auto switched = co_await sessions_.switch_to(user, session, workspace);
  if (switched) access_.forget_session(session);
  co_return switched;
}

// A cookie and the tokens of its sign-in are one session.
Uuid StudioSessionService::id_of(const StudioSession& session) const {
  return accounts_ != nullptr && session.sign_in ? *session.sign_in : session.id;
}

Task<Result<std::vector<AccountSession>>> StudioSessionService::list(const Person& person) {
  std::vector<AccountSession> found;
  if (accounts_ != nullptr) {
    auto sign_ins = co_await accounts_->sessions(person.user);
    if (!sign_ins) co_return std::unexpected(std::move(sign_ins.error()));
    for (SessionSummary& each : *sign_ins) {
      found.push_back({each.id,
                       each.id == person.sign_in,
                       false,
                       std::move(each.address),
                       std::move(each.agent),
                       each.created,
                       each.refreshed,
                       {}});
    }
  }
  auto cookies = co_await sessions_.list(person.user);
  if (!cookies) co_return std::unexpected(std::move(cookies.error()));
  for (StudioSession& cookie : *cookies) {
    auto entry = std::ranges::find(found, id_of(cookie), &AccountSession::id);
    if (entry == found.end()) {
      if (accounts_ != nullptr && cookie.sign_in) continue;  // it has ended there
      entry = found.insert(found.end(), {cookie.id,
                                         cookie.id == person.session,
                                         true,
                                         std::move(cookie.address),
                                         std::move(cookie.agent),
                                         cookie.created_at,
                                         cookie.last_seen_at,
                                         {}});
    }
    entry->studio = true;
    entry->last_used_at = std::max(entry->last_used_at, cookie.last_seen_at);
    entry->expires_at = std::max(entry->expires_at.value_or(WallTime{}), cookie.expires_at);
  }
  std::ranges::sort(found, [](const AccountSession& one, const AccountSession& other) {
    return std::tie(one.last_used_at, one.id) > std::tie(other.last_used_at, other.id);
  });
  co_return found;
}

Task<Result<>> StudioSessionService::end_studio(Uuid user, Uuid session) {
  auto ended = co_await sessions_.end(user, session);
  access_.forget_session(session);
  co_return ended;
}

Task<Result<>> StudioSessionService::end_current(const Person& person) {
  if (accounts_ != nullptr && person.sign_in) co_return co_await end(person.user, *person.sign_in);
  co_return co_await end_studio(person.user, person.session);
}

Task<Result<>> StudioSessionService::end(Uuid user, Uuid id) {
  bool known = false;
  // The sign-in first: without it, no cookie that stands on it is good any longer.
  if (accounts_ != nullptr) {
    const auto ended = co_await accounts_->end_session(user, id);
    if (!ended && ended.error().code != ErrorCode::not_found) co_return ended;
    known = ended.has_value();
  }
  const auto cookies = co_await sessions_.list(user);
  if (!cookies) co_return std::unexpected(cookies.error());
  for (const StudioSession& cookie : *cookies) {
    if (id_of(cookie) != id) continue;
    const auto ended = co_await end_studio(user, cookie.id);
    if (!ended && ended.error().code != ErrorCode::not_found) co_return ended;
    known = true;
  }
  if (!known) co_return failure(ErrorCode::not_found, "there is no such session");
  co_return Result<>{};
}

Task<Result<>> StudioSessionService::end_others(const Person& person) {
  if (accounts_ != nullptr) {
    const auto ended =
        co_await accounts_->end_other_sessions(person.user, person.sign_in.value_or(Uuid{}));
    if (!ended) co_return ended;
  }
  const auto cookies = co_await sessions_.list(person.user);
  if (!cookies) co_return std::unexpected(cookies.error());
  for (const StudioSession& cookie : *cookies) {
    const bool own = cookie.id == person.session ||
                     (cookie.sign_in.has_value() && cookie.sign_in == person.sign_in);
    if (own) continue;
    const auto ended = co_await end_studio(person.user, cookie.id);
    if (!ended && ended.error().code != ErrorCode::not_found) co_return ended;
  }
  co_return Result<>{};
}

}  // namespace antiphon
