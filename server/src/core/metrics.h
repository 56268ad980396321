// Counters, gauges and histograms, printed in the Prometheus text format 0.0.4.
//
//   Counter& refused = metrics.counter("http_refused_total", "Requests refused.",
//                                      {{"reason", "too_large"}});
//   refused.add();
//
// Limits  labels come from closed enums: at most 1,000 series per name (a bug beyond that).
// Thread  add/set/observe: any thread, lock-free. Registration: any thread, takes a lock; keep the
//         reference.
#pragma once

#include "core/mutex.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace antiphon {

class Counter {
 public:
  void add(std::uint64_t amount = 1) { value_.fetch_add(amount, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class Gauge {
 public:
  void set(double value) { value_.store(value, std::memory_order_relaxed); }
  void add(double amount) { value_.fetch_add(amount, std::memory_order_relaxed); }
  [[nodiscard]] double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

class Histogram {
 public:
  explicit Histogram(std::vector<double> bounds);
  void observe(double value);
  [[nodiscard]] std::uint64_t count() const;

 private:
  friend class Metrics;
  std::vector<double> bounds_;  // upper bounds, rising; +Inf is implied
  std::vector<std::atomic<std::uint64_t>> buckets_;
  std::atomic<double> sum_{0};
};

// For waits of a conversation: 1 ms to 10 s.
[[nodiscard]] std::vector<double> latency_bounds();

class Metrics {
 public:
  using Labels = std::vector<std::pair<std::string, std::string>>;

  [[nodiscard]] Counter& counter(std::string_view name, std::string_view help, Labels labels = {});
  [[nodiscard]] Gauge& gauge(std::string_view name, std::string_view help, Labels labels = {});
  [[nodiscard]] Histogram& histogram(std::string_view name, std::string_view help,
                                     std::vector<double> bounds, Labels labels = {});
  [[nodiscard]] std::string render() const;

 private:
  enum class Kind : std::uint8_t { counter, gauge, histogram };
  struct Series {
    std::unique_ptr<Counter> counter;
    std::unique_ptr<Gauge> gauge;
    std::unique_ptr<Histogram> histogram;
  };
  struct Family {
    explicit Family(Kind kind_of_all) : kind(kind_of_all) {}

    Kind kind;
    std::string help;
    std::map<std::string, Series> series;  // by rendered labels
  };

  static std::string_view name_of(Kind kind);
  Series& find(std::string_view name, std::string_view help, const Labels& labels, Kind kind)
      REQUIRES(mutex_);

  mutable Mutex mutex_;
  std::map<std::string, Family, std::less<>> families_ GUARDED_BY(mutex_);
};

}  // namespace antiphon
