// The keys of workspaces at their providers, opened by the vault and remembered for a short time.
//
//   auto key = co_await keys.open(account);     // "" where the account names no secret
//   keys.forget(account);                       // the provider refused it: ask the vault again
//
// Limits  a key that was replaced or removed is used for kMemory longer; while the vault is away,
//         for kMemoryAway. kRememberedMax keys are remembered.
// Errors  not_found: the workspace has no such secret, with what to do; the vault's.
// Thread  one executor, that of the providers' loop. The vault is asked on its own.
#pragma once

#include "core/clock.h"
#include "core/task_group.h"
#include "domain/provider.h"
#include "ports/secrets.h"

#include <map>
#include <string>
#include <utility>

namespace antiphon {

class ProviderKeys {
 public:
  static constexpr std::chrono::seconds kMemory{30};
  static constexpr std::chrono::minutes kMemoryAway{30};
  static constexpr std::size_t kRememberedMax = 1'000;

  ProviderKeys(SecretVault& vault, Executor vault_executor, Clock& clock,
               SecretKind kind = SecretKind::provider_key)
      : vault_(vault), vault_executor_(std::move(vault_executor)), clock_(clock), kind_(kind) {}

  Task<Result<Sensitive<std::string>>> open(ProviderAccount account);
  void forget(const ProviderAccount& account);

 private:
  using Name = std::pair<WorkspaceId, std::string>;
  struct Remembered {
    Sensitive<std::string> key;
    Timepoint since;
  };

  SecretVault& vault_;
  Executor vault_executor_;
  Clock& clock_;
  SecretKind kind_;
  std::map<Name, Remembered> remembered_;
};

}  // namespace antiphon
