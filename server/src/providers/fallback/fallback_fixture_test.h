// Providers whose every answer is written down with its time, and a loop on a manual clock.
#pragma once

#include "core/metrics.h"
#include "core/task_group.h"
#include "providers/fallback/provider_health.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace antiphon::fallback_test {

using namespace std::chrono_literals;

struct World {
  boost::asio::io_context loop;
  ManualClock clock;
  Metrics metrics;
  Timepoint start = clock.now();

  [[nodiscard]] std::shared_ptr<ProviderHealth> health(std::string name) {
    return std::make_shared<ProviderHealth>(std::move(name), "test", clock, metrics);
  }
  [[nodiscard]] std::chrono::milliseconds elapsed() const {
    return to_milliseconds(clock.now() - start);
  }
  // Runs the task on virtual time; at most a minute of it.
  template <class T>
  std::optional<T> await(Task<T> task) {
    std::optional<T> outcome;
    TaskGroup group(loop.get_executor());
    group.spawn(detail::store_result(std::move(task), outcome));
    run_until_idle(loop);
    const Timepoint end = clock.now() + 60s;
    while (!outcome && clock.next_deadline() < end) {
      clock.advance(clock.next_deadline() - clock.now());
      run_until_idle(loop);
    }
    group.cancel();
    run_until_idle(loop);
    return outcome;
  }
};

// What a provider answers: each after its time, counted from the request; then nothing for ever.
template <class T>
struct Answer {
  std::chrono::milliseconds at{0};
  Result<T> value;
};

template <class T>
using Script = std::vector<Answer<T>>;

// Waits for the scripted answers; a cancelled wait loses nothing.
template <class T>
class Answers {
 public:
  Answers(Clock& clock, Script<T> script)
      : clock_(clock), start_(clock.now()), script_(std::move(script)) {}
  Task<Result<T>> next() {
    const Timepoint due = at_ < script_.size() ? start_ + script_[at_].at : Timepoint::max();
    if (auto waited = co_await clock_.sleep_until(due); !waited) {
      co_return std::unexpected(waited.error());
    }
    co_return script_[at_++].value;
  }

 private:
  Clock& clock_;
  Timepoint start_;
  Script<T> script_;
  std::size_t at_ = 0;
};

}  // namespace antiphon::fallback_test
