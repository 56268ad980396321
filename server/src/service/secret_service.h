// Secrets of workspaces: written by people, never shown again, opened by name inside the server.
//
//   auto facts = co_await secrets.put(principal, "stripe", SecretKind::tool_secret, value);
//   auto value = co_await secrets.open(principal, SecretKind::tool_secret, "stripe");
//
// What is sealed belongs to its row, name and kind: moved anywhere else it does not open.
// Limits  a name of 1 to 63 lower-case letters, digits, hyphens and underscores; a value of 1 to
//         kValueMax bytes.
// Errors  invalid_argument, not_found, conflict (two wrote the same new name at once), and those of
//         the key ring.
// Thread  the API loop.
#pragma once

#include "core/random.h"
#include "ports/secret_stores.h"
#include "ports/secrets.h"
#include "service/key_ring.h"

#include <string>
#include <string_view>

namespace antiphon {

struct PutSecret {
  SecretFacts facts;
  bool is_new = false;
};

class SecretService final : public SecretVault {
 public:
  static constexpr std::size_t kValueMax = 8'192;
  // From this length on the last four characters are shown.
  static constexpr std::size_t kHintFrom = 12;

  SecretService(SecretStore& store, KeyRing& keys, Random& random)
      : store_(store), keys_(keys), random_(random) {}

  Task<Result<PutSecret>> put(Principal principal, std::string name, SecretKind kind,
                              Sensitive<std::string> value);
  Task<Result<SecretFacts>> find(Principal principal, std::string name);
  Task<Result<Page<SecretFacts>>> list(Principal principal, PageRequest page);
  Task<Result<>> remove(Principal principal, std::string name);
  Task<Result<Sensitive<std::string>>> open(Principal principal, SecretKind kind,
                                            std::string name) override;

 private:
  SecretStore& store_;
  KeyRing& keys_;
  Random& random_;
};

}  // namespace antiphon
