#include "service/access_service.h"

#include "core/utf8.h"
#include "crypto/api_key.h"
#include "crypto/session_token.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace antiphon {

namespace {

std::unexpected<Error> refused() {
  return failure(ErrorCode::unauthenticated,
                 "give an API key or an access token in the header `Authorization: Bearer ...`");
}

std::unexpected<Error> no_such_workspace() {
  return failure(
      ErrorCode::not_found,
      fmt::format("there is no such workspace; look at the header {}", kWorkspaceHeader));
}

// "Bearer x" -> "x"; nothing for another scheme.
std::optional<std::string_view> bearer(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (!to_lower_ascii(authorization.substr(0, kScheme.size())).starts_with(kScheme)) return {};
  return authorization.substr(kScheme.size());
}

std::string bytes_of(const Sha256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string bytes_of(const Uuid& id) {
  return {reinterpret_cast<const char*>(id.bytes().data()), id.bytes().size()};
}

Principal principal_of(const Credentials& credentials) {
  Principal principal;
  principal.why = "api request";
  principal.address = credentials.address;
  principal.request_id = credentials.request_id;
  return principal;
}

// Empty: none is named. Anything that is no id is the id of nothing.
Result<std::optional<WorkspaceId>> named_workspace(const Credentials& credentials) {
  if (credentials.workspace.empty()) return std::optional<WorkspaceId>{};
  const auto id = Uuid::parse(credentials.workspace);
  if (!id || id->is_nil()) return no_such_workspace();
  return std::optional(WorkspaceId(*id));
}

}  // namespace

void AccessService::believe_people(TokenVerifier& tokens, MembershipStore& memberships) {
  tokens_ = &tokens;
  memberships_ = &memberships;
}

Task<Result<Principal>> AccessService::authenticate(std::string authorization) {
  co_return co_await authenticate(Credentials{.authorization = std::move(authorization)},
                                  Standing::member);
}

Task<Result<Principal>> AccessService::authenticate(Credentials credentials, Standing standing) {
  const auto token = bearer(credentials.authorization);
  if (token && token->starts_with(kApiKeyPrefix)) {
    auto principal = co_await key_principal(*token, credentials);
    if (principal && standing == Standing::person) {
      co_return failure(ErrorCode::permission_denied,
                        "this takes a person's session or access token, not an API key");
    }
    co_return principal;
  }
  const auto person = co_await identify(credentials);
  if (!person) co_return std::unexpected(person.error());
  if (standing == Standing::member) co_return co_await as_member(*person, credentials);
  Principal principal = principal_of(credentials);
  principal.kind = PrincipalKind::user;
  principal.id = person->user;
  co_return principal;
}

Task<Result<Principal>> AccessService::key_principal(std::string_view token,
                                                     const Credentials& credentials) {
  const auto digest = hash_of_api_key(token);
  if (!digest) co_return refused();
  const auto named = named_workspace(credentials);
  if (!named) co_return std::unexpected(named.error());
  std::string hash = bytes_of(*digest);
  const Timepoint asked = clock_.now();
  ApiKey key;
  if (const ApiKey* known = remembered_keys_.find(hash, asked)) {
    key = *known;
  } else {
    auto found = co_await keys_.find_by_hash(hash);
    if (!found) {
      remembered_keys_.forget(hash);
      if (found.error().code == ErrorCode::not_found) co_return refused();
      co_return std::unexpected(std::move(found.error()));
    }
    key = *found;
    // From when it was asked: what the answer says may have changed while it was on its way.
    remembered_keys_.put(std::move(hash), std::move(*found), clock_.now(), asked + kMemory);
  }
  if (*named && **named != key.workspace) co_return no_such_workspace();
  Principal principal = principal_of(credentials);
  principal.kind = PrincipalKind::api_key;
  principal.id = key.id.uuid();
  principal.workspace = key.workspace;
  principal.role = key.role;
  principal.scopes = std::move(key.scopes);
  co_return principal;
}

Task<Result<Person>> AccessService::identify(Credentials credentials) {
  if (credentials.authorization.empty() && !credentials.session.empty()) {
    co_return co_await person_of_cookie(credentials);
  }
  const auto token = bearer(credentials.authorization);
  if (!token || tokens_ == nullptr || token->empty() || token->starts_with(kApiKeyPrefix)) {
    co_return refused();
  }
  auto verified = co_await tokens_->verify(std::string(*token));
  if (!verified) co_return std::unexpected(std::move(verified.error()));
  co_return Person{.user = verified->user,
                   .email = std::move(verified->email),
                   .session = {},
                   .workspace = {},
                   .expires_at = verified->expires,
                   .sign_in = verified->session};
}

Task<Result<Person>> AccessService::person_of_cookie(const Credentials& credentials) {
  const auto digest = hash_of_session_token(credentials.session);
  if (sessions_ == nullptr || !digest) co_return refused();
  if (credentials.intent == Intent::change &&
      !is_csrf_token_of(credentials.session, credentials.csrf)) {
    co_return failure(
        ErrorCode::permission_denied,
        fmt::format("send the session's csrf_token in the header {} to change something",
                    kCsrfHeader));
  }
  std::string hash = bytes_of(*digest);
  const Timepoint asked = clock_.now();
  StudioSession session;
  if (const StudioSession* known = remembered_sessions_.find(hash, asked)) {
    session = *known;
  } else {
    auto found = co_await find_session(hash);
    if (!found) {
      remembered_sessions_.forget(hash);
      co_return std::unexpected(std::move(found.error()));
    }
    session = *found;
    remembered_sessions_.put(std::move(hash), std::move(*found), clock_.now(), asked + kMemory);
  }
  co_return Person{session.user,      std::move(session.email), session.id,
                   session.workspace, session.expires_at,       session.sign_in};
}

Task<Result<StudioSession>> AccessService::find_session(std::string hash) {
  const auto over = [] {
    return failure(ErrorCode::unauthenticated, "the session has ended; sign in again");
  };
  auto found = co_await sessions_->find_by_hash(std::move(hash));
  if (!found && found.error().code == ErrorCode::not_found) co_return over();
  if (!found || !found->sign_in || !sign_in_is_good_) co_return found;
  const auto good = co_await sign_in_is_good_(found->user, *found->sign_in);
  if (!good) co_return std::unexpected(good.error());
  if (!*good) co_return over();
  co_return found;
}

Task<Result<AccessService::Memberships>> AccessService::memberships_of(Uuid user) {
  if (memberships_ == nullptr) co_return refused();
  std::string key = bytes_of(user);
  const Timepoint asked = clock_.now();
  if (const Memberships* known = remembered_members_.find(key, asked)) co_return *known;
  auto found = co_await memberships_->memberships_of(user);
  if (!found) co_return std::unexpected(std::move(found.error()));
  remembered_members_.put(std::move(key), *found, clock_.now(), asked + kMemory);
  co_return std::move(*found);
}

Task<Result<Principal>> AccessService::as_member(const Person& person,
                                                 const Credentials& credentials) {
  auto named = named_workspace(credentials);
  if (!named) co_return std::unexpected(std::move(named.error()));
  const auto memberships = co_await memberships_of(person.user);
  if (!memberships) co_return std::unexpected(memberships.error());
  const auto membership_in = [&](WorkspaceId workspace) {
    return std::ranges::find(*memberships, workspace, &Membership::workspace);
  };
  auto chosen = memberships->end();
  if (*named) {
    chosen = membership_in(**named);
    if (chosen == memberships->end()) co_return no_such_workspace();
  } else if (person.workspace) {
    // A session that is switched to where its person no longer belongs falls back.
    chosen = membership_in(*person.workspace);
  }
  if (chosen == memberships->end() && memberships->empty()) {
    co_return failure(ErrorCode::permission_denied,
                      "you belong to no workspace: create one, or accept an invitation");
  }
  if (chosen == memberships->end() && memberships->size() > 1) {
    co_return failure(ErrorCode::protocol_error,
                      fmt::format("you belong to several workspaces: name one in the header {}",
                                  kWorkspaceHeader));
  }
  if (chosen == memberships->end()) chosen = memberships->begin();
  Principal principal = principal_of(credentials);
  principal.kind = PrincipalKind::user;
  principal.id = person.user;
  principal.workspace = chosen->workspace;
  principal.role = chosen->role;
  co_return principal;
}

void AccessService::forget_key(ApiKeyId key) {
  remembered_keys_.forget_if([key](const ApiKey& known) { return known.id == key; });
}

void AccessService::forget_person(Uuid user) { remembered_members_.forget(bytes_of(user)); }

void AccessService::forget_session(Uuid session) {
  remembered_sessions_.forget_if(
      [session](const StudioSession& known) { return known.id == session; });
}

void AccessService::forget_workspace(WorkspaceId workspace) {
  remembered_keys_.forget_if(
      [workspace](const ApiKey& known) { return known.workspace == workspace; });
  remembered_members_.forget_if([workspace](const Memberships& known) {
    return std::ranges::find(known, workspace, &Membership::workspace) != known.end();
  });
}

}  // namespace antiphon
