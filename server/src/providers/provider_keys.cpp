#include "providers/provider_keys.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace antiphon {

namespace asio = boost::asio;

Task<Result<Sensitive<std::string>>> ProviderKeys::open(ProviderAccount account) {
  if (account.secret.empty()) co_return Sensitive<std::string>();
  const Name name{account.workspace, account.secret};
  const auto found = remembered_.find(name);
  if (found != remembered_.end() && clock_.now() - found->second.since < kMemory) {
    co_return found->second.key;
  }
  Principal asker{.kind = PrincipalKind::system, .why = "open a provider's key"};
  asker.workspace = account.workspace;
  // As in core/run_on.h: no cancellation reaches the vault's executor.
  auto key = co_await asio::co_spawn(
      vault_executor_, vault_.open(std::move(asker), kind_, account.secret),
      asio::bind_cancellation_slot(asio::cancellation_slot(), asio::use_awaitable));
  if (key) {
    if (remembered_.size() >= kRememberedMax) remembered_.clear();
    remembered_.insert_or_assign(name, Remembered{*key, clock_.now()});
    co_return key;
  }
  const bool is_away =
      key.error().code == ErrorCode::unavailable || key.error().code == ErrorCode::timeout;
  const auto kept = remembered_.find(name);
  if (is_away && kept != remembered_.end() && clock_.now() - kept->second.since < kMemoryAway) {
    co_return kept->second.key;
  }
  remembered_.erase(name);
  if (key.error().code == ErrorCode::not_found) {
    co_return failure(ErrorCode::not_found,
                      "the workspace has no secret of kind provider_key with the name that the "
                      "agent's configuration gives; make it, or correct the name");
  }
  co_return key;
}

void ProviderKeys::forget(const ProviderAccount& account) {
  remembered_.erase({account.workspace, account.secret});
}

}  // namespace antiphon
