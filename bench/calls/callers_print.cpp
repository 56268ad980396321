#include "callers.h"

#include <cmath>
#include <cstdio>

namespace calls {
namespace {

// A line of JSON, field by field; what was not measured is null.
class Line {
 public:
  ~Line() { std::printf("}\n"); }

  void add(const char* name, double value) {
    begin(name);
    if (std::isnan(value)) {
      std::printf("null");
    } else {
      std::printf("%.6g", value);
    }
  }
  void begin(const char* name) {
    std::printf("%s\"%s\":", is_first_ ? "{" : ",", name);
    is_first_ = false;
  }
  void add_quantiles(const std::string& name, Samples& samples, double less = 0) {
    add((name + "_p50").c_str(), samples.quantile(0.5) - less);
    add((name + "_p90").c_str(), samples.quantile(0.9) - less);
    add((name + "_p99").c_str(), samples.quantile(0.99) - less);
    add((name + "_max").c_str(), samples.most() - less);
  }

 private:
  bool is_first_ = true;
};

}  // namespace

void Callers::print() {
  const double duration = options_.number("duration", 20);
  const double floor = options_.number("floor-ms", 580);
  const auto count = static_cast<double>(calls_.size());
  const ProcessUsage before = first_.get();
  const ProcessUsage after = last_.get();
  const double seconds = milliseconds_of(after.taken - before.taken) / 1e3;
  Line line;
  line.add("calls", count);
  line.add("window_s", duration);
  line.add("turns", static_cast<double>(figures_.turns));
  line.add("missed", static_cast<double>(figures_.missed));
  line.add("floor_ms", floor);
  line.add("reply_p50", figures_.reply.quantile(0.5));
  line.add_quantiles("added", figures_.reply, floor);
  line.add("interruptions", static_cast<double>(figures_.interrupted.size()));
  line.add("interruptions_failed", static_cast<double>(figures_.not_interrupted));
  line.add_quantiles("interrupted", figures_.interrupted);
  line.add("cleared_p50", figures_.cleared.quantile(0.5));
  line.add_quantiles("late", figures_.lateness);
  line.add_quantiles("jitter", figures_.jitter);
  line.add("stalls", static_cast<double>(figures_.stalls));
  line.add("frames", static_cast<double>(figures_.frames));
  line.add("unasked", static_cast<double>(figures_.unasked));
  line.add("connecting_p99", figures_.connecting.quantile(0.99));
  const double processor = (after.processor_seconds - before.processor_seconds) / seconds;
  line.add("cpu_cores", processor);
  line.add("waiting_cores", (after.waiting_seconds - before.waiting_seconds) / seconds);
  line.add("stolen_cores", (after.stolen_seconds - before.stolen_seconds) / seconds);
  line.add("idle_mb", idle_.proportional_mb);
  line.add("mb_per_call", (after.proportional_mb - idle_.proportional_mb) / count);
  line.add("processes", after.processes);
  line.add("threads", after.threads);
  line.add("generator_cores", own_seconds_ / duration);
  line.add("generator_late_p99", tick_lateness_.quantile(0.99));
  line.add("generator_late_max", tick_lateness_.most());
  line.begin("lost");
  const char* before_each = "{";
  for (const auto& [why, times] : lost_) {
    std::printf("%s\"%d\":%ld", before_each, why, times);
    before_each = ",";
  }
  std::printf("%s", lost_.empty() ? "{}" : "}");
}

}  // namespace calls
