#include "providers/fallback/health_book.h"

namespace antiphon {

std::shared_ptr<ProviderHealth> HealthBook::of(const std::string& stage,
                                               const std::string& provider,
                                               const std::string& server) {
  const std::string key = stage + '\n' + provider + '\n' + server;
  const MutexLock lock(mutex_);
  if (const auto known = known_.find(key); known != known_.end()) return known->second;
  auto health = std::make_shared<ProviderHealth>(provider, stage, clock_, metrics_);
  if (known_.size() < kKnownMax) known_.emplace(key, health);
  return health;
}

}  // namespace antiphon
