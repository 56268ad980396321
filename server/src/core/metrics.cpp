#include "core/metrics.h"

#include "core/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace antiphon {

namespace {

constexpr std::size_t kSeriesMax = 1'000;

// A help text keeps its quotes, a label value does not.
std::string escape(std::string_view value, std::string_view special) {
  std::string escaped;
  for (const char character : value) {
    if (character == '\n') {
      escaped += "\\n";
      continue;
    }
    if (special.find(character) != std::string_view::npos) escaped += '\\';
    escaped += character;
  }
  return escaped;
}

std::string render_labels(const Metrics::Labels& labels) {
  std::string text;
  for (const auto& [name, value] : labels) {
    if (!text.empty()) text += ',';
    text += fmt::format("{}=\"{}\"", name, escape(value, "\"\\"));
  }
  return text;
}

std::string braced(const std::string& labels) {
  return labels.empty() ? labels : fmt::format("{{{}}}", labels);
}

}  // namespace

std::vector<double> latency_bounds() {
  return {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4,
          0.5,   0.6,    0.8,   1.0,  1.25,  1.5,  2.0, 3.0, 5.0, 10.0};
}

Histogram::Histogram(std::vector<double> bounds)
    : bounds_(std::move(bounds)), buckets_(bounds_.size() + 1) {
  CHECK(std::is_sorted(bounds_.begin(), bounds_.end()), "buckets are found by bisection");
}

void Histogram::observe(double value) {
  const auto bound = std::lower_bound(bounds_.begin(), bounds_.end(), value);
  buckets_[static_cast<std::size_t>(bound - bounds_.begin())].fetch_add(1,
                                                                        std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

std::uint64_t Histogram::count() const {
  std::uint64_t total = 0;
  for (const auto& bucket : buckets_)
    total += bucket.load(std::memory_order_relaxed);
  return total;
}

std::string_view Metrics::name_of(Kind kind) {
  switch (kind) {
    case Kind::counter:
      return "counter";
    case Kind::gauge:
      return "gauge";
    case Kind::histogram:
      return "histogram";
  }
  return "untyped";
}

Metrics::Series& Metrics::find(std::string_view name, std::string_view help, const Labels& labels,
                               Kind kind) {
  Family& family = families_.try_emplace(std::string(name), kind).first->second;
  CHECK(family.kind == kind, "a metric's name has one kind");
  if (family.help.empty()) family.help = help;
  const auto [series, is_new] = family.series.try_emplace(render_labels(labels));
  CHECK(!is_new || family.series.size() <= kSeriesMax, "labels come from closed enums");
  return series->second;
}

Counter& Metrics::counter(std::string_view name, std::string_view help, Labels labels) {
  const MutexLock lock(mutex_);
  Series& series = find(name, help, labels, Kind::counter);
  if (!series.counter) series.counter = std::make_unique<Counter>();
  return *series.counter;
}

Gauge& Metrics::gauge(std::string_view name, std::string_view help, Labels labels) {
  const MutexLock lock(mutex_);
  Series& series = find(name, help, labels, Kind::gauge);
  if (!series.gauge) series.gauge = std::make_unique<Gauge>();
  return *series.gauge;
}

Histogram& Metrics::histogram(std::string_view name, std::string_view help,
                              std::vector<double> bounds, Labels labels) {
  const MutexLock lock(mutex_);
  Series& series = find(name, help, labels, Kind::histogram);
  if (!series.histogram) series.histogram = std::make_unique<Histogram>(std::move(bounds));
  return *series.histogram;
}

std::string Metrics::render() const {
  std::string text;
  const auto out = std::back_inserter(text);
  const MutexLock lock(mutex_);
  for (const auto& [name, family] : families_) {
    const std::string_view type = name_of(family.kind);
    fmt::format_to(out, "# HELP {} {}\n# TYPE {} {}\n", name, escape(family.help, "\\"), name,
                   type);
    for (const auto& [labels, series] : family.series) {
      if (series.counter)
        fmt::format_to(out, "{}{} {}\n", name, braced(labels), series.counter->value());
      if (series.gauge)
        fmt::format_to(out, "{}{} {}\n", name, braced(labels), series.gauge->value());
      if (!series.histogram) continue;
      const Histogram& histogram = *series.histogram;
      const std::string prefix = labels.empty() ? labels : labels + ",";
      std::uint64_t total = 0;
      for (std::size_t index = 0; index < histogram.bounds_.size(); ++index) {
        total += histogram.buckets_[index].load(std::memory_order_relaxed);
        fmt::format_to(out, "{}_bucket{{{}le=\"{}\"}} {}\n", name, prefix, histogram.bounds_[index],
                       total);
      }
      total += histogram.buckets_.back().load(std::memory_order_relaxed);
      fmt::format_to(out, "{}_bucket{{{}le=\"+Inf\"}} {}\n", name, prefix, total);
      fmt::format_to(out, "{}_sum{} {}\n", name, braced(labels), histogram.sum_.load());
      fmt::format_to(out, "{}_count{} {}\n", name, braced(labels), total);
    }
  }
  return text;
}

}  // namespace antiphon
