// The health of every provider that this server speaks with, one for each server and stage.
//
// Limits  kKnownMax; beyond that a newcomer's health is not shared.
// Thread  any.
#pragma once

#include "core/mutex.h"
#include "providers/fallback/provider_health.h"

#include <map>
#include <memory>
#include <string>

namespace antiphon {

class HealthBook {
 public:
  static constexpr std::size_t kKnownMax = 1'000;

  HealthBook(const Clock& clock, Metrics& metrics) : clock_(clock), metrics_(metrics) {}

  // `stage` and `provider` are of closed sets, for the metrics; `server` tells apart what stands
  // behind one name: a base URL and a model. Calls in progress are the other owners.
  [[nodiscard]] std::shared_ptr<ProviderHealth> of(const std::string& stage,
                                                   const std::string& provider,
                                                   const std::string& server);

 private:
  const Clock& clock_;
  Metrics& metrics_;
  Mutex mutex_;
  std::map<std::string, std::shared_ptr<ProviderHealth>> known_ GUARDED_BY(mutex_);
};

}  // namespace antiphon
