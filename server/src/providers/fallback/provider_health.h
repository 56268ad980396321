// How one provider has been doing: may it be asked, and how long does it usually take?
//
// A circuit breaker. Three failures in a row open it for 5 s, each further failure for twice as
// long, at most for a minute; then one request at a time may probe, and a success closes it.
// A request that nobody waited for to its end says nothing.
//
//   ProviderHealth::Attempt attempt = health.begin();   // asks whether it may
//   if (attempt) { ... attempt.succeeded(); }           // or failed(error); else it is abandoned
//
// Limits  the last 64 latencies are kept.
// Thread  any; calls of all workers share it. Never from the tick.
#pragma once

#include "core/clock.h"
#include "core/error.h"
#include "core/metrics.h"
#include "core/mutex.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace antiphon {

class ProviderHealth {
 public:
  enum class State : std::uint8_t { closed, open, probing };
  class Attempt;

  // `stage` is stt, llm or tts: labels of the metrics.
  ProviderHealth(std::string name, std::string stage, const Clock& clock, Metrics& metrics);
  ProviderHealth(const ProviderHealth&) = delete;
  ProviderHealth& operator=(const ProviderHealth&) = delete;

  // An attempt, or an empty one while the circuit is open.
  [[nodiscard]] Attempt begin();
  // Even while it is open: there is nobody else to ask.
  [[nodiscard]] Attempt begin_anyway();
  // What had answered broke off later: counts like a request that failed.
  void broke_off(const Error& error);
  [[nodiscard]] State state() const;
  // What 95 of 100 first answers took; `otherwise` before there were eight.
  [[nodiscard]] Duration latency_p95(Duration otherwise) const;
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  static constexpr std::size_t kLatenciesKept = 64;
  void succeed(Duration latency);
  void fail(const Error& error);
  void abandon();
  Attempt begin_locked(bool anyway);

  const std::string name_;
  const Clock& clock_;
  Counter& successes_;
  Counter& failures_;
  Counter& refusals_;
  Gauge& open_;
  mutable Mutex mutex_;
  int failures_in_a_row_ GUARDED_BY(mutex_) = 0;
  Timepoint open_until_ GUARDED_BY(mutex_){};
  bool probe_running_ GUARDED_BY(mutex_) = false;
  std::array<Duration, kLatenciesKept> latencies_ GUARDED_BY(mutex_){};
  std::size_t latency_count_ GUARDED_BY(mutex_) = 0;
};

class ProviderHealth::Attempt {
 public:
  Attempt() = default;
  Attempt(Attempt&& other) noexcept
      : health_(std::exchange(other.health_, nullptr)), began_(other.began_) {}
  Attempt& operator=(Attempt&& other) noexcept;
  ~Attempt();

  explicit operator bool() const { return health_ != nullptr; }
  [[nodiscard]] Timepoint began() const { return began_; }
  // The first answer is here. Each of the two ends the attempt; later calls do nothing.
  void succeeded();
  void failed(const Error& error);

 private:
  friend class ProviderHealth;
  Attempt(ProviderHealth& health, Timepoint began) : health_(&health), began_(began) {}
  ProviderHealth* health_ = nullptr;
  Timepoint began_{};
};

}  // namespace antiphon
