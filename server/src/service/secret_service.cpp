#include "service/secret_service.h"

#include "core/utf8.h"

#include <algorithm>

namespace antiphon {

namespace {

constexpr std::size_t kHintLength = 4;

// The name and the kind are part of the place: a row that was renamed does not open.
std::string column_of(const SecretFacts& facts) {
  return "sealed/" + std::to_string(static_cast<int>(facts.kind)) + "/" + facts.name;
}

SealedPlace place_of(const SecretFacts& facts, std::string_view column) {
  return {"secrets", column, facts.workspace.uuid(), facts.id.uuid()};
}

// Of a long value, and only where it is text that a person can compare.
std::optional<std::string> hint_of(const std::string& value) {
  if (utf8_length(value) < SecretService::kHintFrom) return std::nullopt;
  const std::string last = value.substr(value.size() - kHintLength);
  const bool is_plain = std::ranges::all_of(last, [](char c) { return c > ' ' && c < '\x7f'; });
  return is_plain ? std::optional(last) : std::nullopt;
}

}  // namespace

Task<Result<PutSecret>> SecretService::put(Principal principal, std::string name, SecretKind kind,
                                           Sensitive<std::string> value) {
  if (value.reveal().empty() || value.reveal().size() > kValueMax) {
    co_return failure(ErrorCode::invalid_argument, "the secret is empty or too long",
                      {{"/value", "must be 1 to 8192 bytes"}});
  }
  const auto known = co_await store_.find(principal, name);
  if (!known && known.error().code != ErrorCode::not_found) {
    co_return std::unexpected(known.error());
  }
  SealedSecret secret;
  secret.facts.id = known ? known->facts.id : SecretId(Uuid::make_random(random_));
  secret.facts.workspace = principal.workspace;
  secret.facts.name = std::move(name);
  secret.facts.kind = kind;
  secret.facts.hint = hint_of(value.reveal());
  const std::string column = column_of(secret.facts);
  auto sealed = co_await keys_.seal(value.reveal(), place_of(secret.facts, column));
  if (!sealed) co_return std::unexpected(sealed.error());
  secret.sealed = std::move(*sealed);
  auto facts = co_await store_.put(std::move(principal), std::move(secret));
  if (!facts) co_return std::unexpected(facts.error());
  co_return PutSecret{std::move(*facts), !known};
}

Task<Result<SecretFacts>> SecretService::find(Principal principal, std::string name) {
  auto found = co_await store_.find(std::move(principal), std::move(name));
  if (!found) co_return std::unexpected(found.error());
  co_return std::move(found->facts);
}

Task<Result<Page<SecretFacts>>> SecretService::list(Principal principal, PageRequest page) {
  co_return co_await store_.list(std::move(principal), std::move(page));
}

Task<Result<>> SecretService::remove(Principal principal, std::string name) {
  co_return co_await store_.remove(std::move(principal), std::move(name));
}

Task<Result<Sensitive<std::string>>> SecretService::open(Principal principal, SecretKind kind,
                                                         std::string name) {
  const auto found = co_await store_.find(std::move(principal), std::move(name));
  if (!found) co_return std::unexpected(found.error());
  if (found->facts.kind != kind) {
    co_return failure(ErrorCode::not_found, "there is no such secret of this kind");
  }
  const std::string column = column_of(found->facts);
  auto value = co_await keys_.open(found->sealed, place_of(found->facts, column));
  if (!value) co_return std::unexpected(value.error());
  co_return Sensitive<std::string>(std::move(*value));
}

}  // namespace antiphon
