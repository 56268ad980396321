// What counting a request costs this process: three windows, one Lua call.
#include "store/redis/rate_windows.h"

#include "core/system_clock.h"
#include "testing/private_servers.h"

#include <benchmark/benchmark.h>

namespace antiphon::store {
namespace {

// Counts in no process: what remains is the Redis path.
class NoWindows final : public RateWindows {
 public:
  Task<std::vector<RateAnswer>> take(std::vector<RateAsk> asks) override {
    co_return std::vector<RateAnswer>(asks.size());
  }
};

void count_a_request_in_redis(benchmark::State& state) {
  PrivateRedis server;
  boost::asio::io_context loop{1};
  SystemClock clock;
  SeededRandom random{Seed{1}};
  Log log{clock, 2, LogLevel::error};
  Metrics metrics;
  RedisClient client{
      loop.get_executor(), clock, random, log, metrics, {.url = "unix://" + server.socket()}};
  static_cast<void>(client.start());
  run(loop, client.wait_until_up(Timepoint::max()));
  NoWindows none;
  RedisRateWindows windows(client, none, clock);
  constexpr std::uint32_t kNever = 1'000'000'000;
  for (auto _ : state) {
    auto answers =
        run(loop, windows.take({{"read:caller:ffffffff-0000-4000-8000-000000000001", kNever},
                                {"read:workspace:ffffffff-0000-4000-8000-000000000002", kNever},
                                {"read:address:203.0.113.7", kNever}}));
    benchmark::DoNotOptimize(answers);
  }
  run(loop, client.stop());
}
BENCHMARK(count_a_request_in_redis);

}  // namespace
}  // namespace antiphon::store
