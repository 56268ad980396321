#include "service/key_service.h"

#include "crypto/api_key.h"
#include "domain/scopes.h"

#include <fmt/format.h>

#include <utility>

namespace antiphon {

namespace {

constexpr std::size_t kShownCharacters = 15;  // "antiphon_" and six of the secret's 43

std::unexpected<Error> refused(std::string pointer, std::string message) {
  std::string said = "the key cannot be as it is asked for";
  return failure(ErrorCode::invalid_argument, std::move(said),
                 {{std::move(pointer), std::move(message)}});
}

Result<> check_scopes(const Principal& principal, const KeyDraft& draft) {
  for (std::size_t index = 0; index < draft.scopes.size(); ++index) {
    const std::string& scope = draft.scopes[index];
    const std::string pointer = fmt::format("/scopes/{}", index);
    if (!is_scope(scope)) return refused(pointer, "is no scope");
    if (!role_holds(draft.role, scope)) return refused(pointer, "is not held by the key's role");
    if (!holds(principal, scope)) {
      return failure(ErrorCode::permission_denied,
                     fmt::format("you do not hold the scope {} yourself", scope));
    }
  }
  return {};
}

}  // namespace

// Fills in what was left out: a narrow caller makes narrow keys.
Task<Result<>> KeyService::check(const Principal& principal, KeyDraft& draft) {
  if (!covers(principal.role, draft.role)) {
    co_return failure(ErrorCode::permission_denied, "a key is never mightier than who makes it");
  }
  if (draft.expires_at && *draft.expires_at <= clock_.wall()) {
    co_return refused("/expires_at", "must be in the future");
  }
  auto sound = check_scopes(principal, draft);
  if (!sound) co_return sound;
  if (draft.scopes.empty() && !principal.scopes.empty()) {
    Principal narrow = principal;
    narrow.role = draft.role;
    draft.scopes = scopes_of(narrow);
    if (draft.scopes.empty()) {
      co_return failure(ErrorCode::permission_denied, "of that role you hold no scope yourself");
    }
  }
  if (principal.kind != PrincipalKind::api_key) co_return Result<>{};
  const auto own = co_await keys_.find(principal, ApiKeyId(principal.id));
  if (!own) co_return std::unexpected(own.error());
  if (own->expires_at && draft.expires_at && *draft.expires_at > *own->expires_at) {
    co_return failure(ErrorCode::permission_denied, "a key makes none that outlives it");
  }
  if (own->expires_at && !draft.expires_at) draft.expires_at = own->expires_at;
  co_return Result<>{};
}

Task<Result<MadeKey>> KeyService::create(Principal principal, KeyDraft draft) {
  auto sound = co_await check(principal, draft);
  if (!sound) co_return std::unexpected(std::move(sound.error()));
  NewApiKey made = make_api_key(random_);
  ApiKeyRecord record;
  record.id = ApiKeyId(Uuid::make_ordered(clock_.wall(), random_));
  record.name = std::move(draft.name);
  record.prefix = made.text.reveal().substr(0, kShownCharacters);
  record.role = draft.role;
  record.scopes = std::move(draft.scopes);
  record.expires_at = draft.expires_at;
  std::string hash(reinterpret_cast<const char*>(made.hash.data()), made.hash.size());
  auto stored = co_await keys_.create(std::move(principal), std::move(record), std::move(hash));
  if (!stored) co_return std::unexpected(std::move(stored.error()));
  co_return MadeKey{std::move(*stored), std::move(made.text)};
}

Task<Result<ApiKeyRecord>> KeyService::find(Principal principal, ApiKeyId id) {
  co_return co_await keys_.find(std::move(principal), id);
}

Task<Result<Page<ApiKeyRecord>>> KeyService::list(Principal principal, PageRequest page) {
  co_return co_await keys_.list(std::move(principal), std::move(page));
}

Task<Result<ApiKeyRecord>> KeyService::change(Principal principal, ApiKeyId id, KeyDraft draft) {
  auto record = co_await keys_.find(principal, id);
  if (!record) co_return record;
  draft.role = record->role;
  auto sound = co_await check(principal, draft);
  if (!sound) co_return std::unexpected(std::move(sound.error()));
  record->name = std::move(draft.name);
  record->scopes = std::move(draft.scopes);
  record->expires_at = draft.expires_at;
  auto saved = co_await keys_.save(std::move(principal), std::move(*record));
  if (saved) access_.forget_key(id);
  co_return saved;
}

Task<Result<>> KeyService::revoke(Principal principal, ApiKeyId id) {
  auto revoked = co_await keys_.revoke(std::move(principal), id);
  if (revoked) access_.forget_key(id);
  co_return revoked;
}

}  // namespace antiphon
