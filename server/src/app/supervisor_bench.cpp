// How long `antiphon up` waits for its private PostgreSQL and Redis: on an empty folder, and on one
// that was used.
#include "app/embedded_services.h"
#include "core/check.h"
#include "core/system_clock.h"
#include "testing/run.h"

#include <benchmark/benchmark.h>

#include <unistd.h>

#include <chrono>

using namespace antiphon;

namespace {

using Seconds = std::chrono::duration<double>;

struct Times {
  Seconds start{};
  Seconds stop{};
};

Times start_and_stop(const std::filesystem::path& folder) {
  boost::asio::io_context loop;
  SystemClock clock;
  SystemRandom random;
  Launcher launcher;
  EmbeddedConfig config;
  config.data_directory = folder;
  config.environment = [](const char*) { return std::nullopt; };
  EmbeddedServices services({loop.get_executor(), launcher, clock, random, {}}, config);
  const Timepoint before = clock.now();
  const auto started = run(loop, services.start());
  const Timepoint ready = clock.now();
  run(loop, services.stop());
  CHECK(started.has_value(), "PostgreSQL and Redis are installed");
  return {ready - before, clock.now() - ready};
}

std::filesystem::path usable(const TemporaryFolder& folder) {
  std::filesystem::permissions(folder.path(), std::filesystem::perms(geteuid() == 0 ? 0711 : 0700));
  return folder.path();
}

void cold_start(benchmark::State& state) {
  for (auto _ : state) {
    const TemporaryFolder folder;
    const Times times = start_and_stop(usable(folder));
    state.SetIterationTime(times.start.count());
    state.counters["stop_ms"] = times.stop.count() * 1000;
  }
}

void warm_start(benchmark::State& state) {
  const TemporaryFolder folder;
  start_and_stop(usable(folder));
  for (auto _ : state) {
    const Times times = start_and_stop(folder.path());
    state.SetIterationTime(times.start.count());
    state.counters["stop_ms"] = times.stop.count() * 1000;
  }
}

BENCHMARK(cold_start)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->Repetitions(5);
BENCHMARK(warm_start)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->Repetitions(10);

}  // namespace
