#include "service/access_service.h"

#include "core/utf8.h"
#include "crypto/api_key.h"

namespace antiphon {

namespace {

constexpr std::size_t kRememberedMax = 10'000;

std::unexpected<Error> refused() {
  return failure(ErrorCode::unauthenticated,
                 "give an API key in the header `Authorization: Bearer antiphon_...`");
}

}  // namespace

Task<Result<Principal>> AccessService::authenticate(std::string authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (!to_lower_ascii(std::string_view(authorization).substr(0, kScheme.size()))
           .starts_with(kScheme)) {
    co_return refused();
  }
  const auto digest = hash_of_api_key(std::string_view(authorization).substr(kScheme.size()));
  if (!digest) co_return refused();
  const std::string hash(reinterpret_cast<const char*>(digest->data()), digest->size());
  const Timepoint now = clock_.now();
  if (const auto known = remembered_.find(hash); known != remembered_.end()) {
    if (now < known->second.until) co_return known->second.principal;
  }
  auto found = co_await keys_.find_by_hash(hash);
  if (!found) {
    remembered_.erase(hash);
    if (found.error().code == ErrorCode::not_found) co_return refused();
    co_return std::unexpected(std::move(found.error()));
  }
  const Principal principal{.kind = PrincipalKind::api_key,
                            .id = found->id.uuid(),
                            .workspace = found->workspace,
                            .role = found->role,
                            .why = "api request"};
  if (remembered_.size() >= kRememberedMax) forget_old();
  remembered_.insert_or_assign(hash, Remembered{principal, clock_.now() + kMemory});
  co_return principal;
}

void AccessService::forget_old() {
  const Timepoint now = clock_.now();
  std::erase_if(remembered_, [now](const auto& entry) { return entry.second.until <= now; });
  if (remembered_.size() >= kRememberedMax) remembered_.clear();
}

}  // namespace antiphon
