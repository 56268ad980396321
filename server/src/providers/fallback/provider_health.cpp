#include "providers/fallback/provider_health.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace antiphon {

using namespace std::chrono_literals;

namespace {

constexpr int kFailuresToOpen = 3;
constexpr Duration kOpenFor = 5s;
constexpr Duration kOpenForMax = 60s;
constexpr std::size_t kLatenciesNeeded = 8;

Metrics::Labels labels(const std::string& name, const std::string& stage, std::string outcome) {
  return {{"provider", name}, {"stage", stage}, {"outcome", std::move(outcome)}};
}

}  // namespace

ProviderHealth::ProviderHealth(std::string name, std::string stage, const Clock& clock,
                               Metrics& metrics)
    : name_(std::move(name)),
      clock_(clock),
      successes_(metrics.counter("provider_requests_total", "Requests to providers.",
                                 labels(name_, stage, "success"))),
      failures_(metrics.counter("provider_requests_total", "Requests to providers.",
                                labels(name_, stage, "failure"))),
      refusals_(metrics.counter("provider_requests_total", "Requests to providers.",
                                labels(name_, stage, "circuit_open"))),
      open_(metrics.gauge("provider_circuit_open", "1 while a provider is left alone.",
                          {{"provider", name_}, {"stage", stage}})) {}

ProviderHealth::Attempt ProviderHealth::begin() { return begin_locked(false); }
ProviderHealth::Attempt ProviderHealth::begin_anyway() { return begin_locked(true); }

ProviderHealth::Attempt ProviderHealth::begin_locked(bool anyway) {
  const MutexLock lock(mutex_);
  const Timepoint now = clock_.now();
  if (failures_in_a_row_ >= kFailuresToOpen) {
    if (!anyway && (now < open_until_ || probe_running_)) {
      refusals_.add();
      return {};
    }
    probe_running_ = true;
  }
  return {*this, now};
}

void ProviderHealth::broke_off(const Error& error) {
  if (error.code != ErrorCode::cancelled) fail(error);
}

ProviderHealth::State ProviderHealth::state() const {
  const MutexLock lock(mutex_);
  if (failures_in_a_row_ < kFailuresToOpen) return State::closed;
  return clock_.now() < open_until_ ? State::open : State::probing;
}

Duration ProviderHealth::latency_p95(Duration otherwise) const {
  std::vector<Duration> known;
  {
    const MutexLock lock(mutex_);
    const std::size_t count = std::min(latency_count_, kLatenciesKept);
    if (count < kLatenciesNeeded) return otherwise;
    known.assign(latencies_.begin(), latencies_.begin() + static_cast<std::ptrdiff_t>(count));
  }
  const auto place = known.begin() + static_cast<std::ptrdiff_t>(known.size() * 95 / 100);
  std::nth_element(known.begin(), place, known.end());
  return *place;
}

void ProviderHealth::succeed(Duration latency) {
  successes_.add();
  open_.set(0);
  const MutexLock lock(mutex_);
  failures_in_a_row_ = 0;
  probe_running_ = false;
  latencies_[latency_count_++ % kLatenciesKept] = latency;
}

void ProviderHealth::fail(const Error& error) {
  failures_.add();
  const MutexLock lock(mutex_);
  probe_running_ = false;
  // A request that no provider would take says nothing about this one.
  if (error.code == ErrorCode::invalid_argument || error.code == ErrorCode::too_large) return;
  ++failures_in_a_row_;
  if (failures_in_a_row_ < kFailuresToOpen) return;
  const int doublings = std::min(failures_in_a_row_ - kFailuresToOpen, 4);
  open_until_ = clock_.now() + std::min(kOpenFor * (1 << doublings), kOpenForMax);
  open_.set(1);
}

void ProviderHealth::abandon() {
  const MutexLock lock(mutex_);
  probe_running_ = false;
}

ProviderHealth::Attempt& ProviderHealth::Attempt::operator=(Attempt&& other) noexcept {
  if (this == &other) return *this;
  if (health_ != nullptr) health_->abandon();
  health_ = std::exchange(other.health_, nullptr);
  began_ = other.began_;
  return *this;
}

ProviderHealth::Attempt::~Attempt() {
  if (health_ != nullptr) health_->abandon();
}

void ProviderHealth::Attempt::succeeded() {
  if (auto* health = std::exchange(health_, nullptr))
    health->succeed(health->clock_.now() - began_);
}

void ProviderHealth::Attempt::failed(const Error& error) {
  auto* health = std::exchange(health_, nullptr);
  if (health == nullptr) return;
  if (error.code == ErrorCode::cancelled) return health->abandon();
  health->fail(error);
}

}  // namespace antiphon
