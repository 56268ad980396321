// Turns an API key into a Principal.
//
// Limits  a key's answer is remembered for kMemory, so a revoked key works for at most that long;
//         at most 10,000 keys.
// Errors  unauthenticated: no, malformed, unknown, revoked or expired key; unavailable: the store
//         is away and the key is not in memory.
// Thread  the API loop.
#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "core/task.h"
#include "domain/principal.h"
#include "ports/stores.h"

#include <map>
#include <string>
#include <string_view>

namespace antiphon {

class AccessService {
 public:
  static constexpr std::chrono::milliseconds kMemory{1'000};

  AccessService(ApiKeyStore& keys, Clock& clock) : keys_(keys), clock_(clock) {}

  // `authorization` is the header's value: "Bearer antiphon_…".
  Task<Result<Principal>> authenticate(std::string authorization);

 private:
  struct Remembered {
    Principal principal;
    Timepoint until;
  };
  void forget_old();

  ApiKeyStore& keys_;
  Clock& clock_;
  std::map<std::string, Remembered, std::less<>> remembered_;  // by hash
};

}  // namespace antiphon
