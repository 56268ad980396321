// From an event to the last of 1,000 listeners: Redis, the feed, the sockets, real connections.
//
// The listeners are WebSockets of a second thread, so on two cores both halves compete as they
// would with clients on the same machine. Counters: p50_ms, p99_ms, max_ms over the events.
#include "api/live/live_sockets.h"
#include "core/check.h"
#include "core/system_clock.h"
#include "net/http_server.h"
#include "net/loop.h"
#include "net/websocket_client.h"
#include "service/live_feed.h"
#include "store/redis/client.h"
#include "store/redis/event_stream.h"
#include "testing/private_servers.h"

#include <benchmark/benchmark.h>
#include <boost/asio/post.hpp>

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kListeners = 1'000;
const WorkspaceId kWorkspace(*Uuid::parse("00000000-0000-4000-8000-000000000001"));
// What a caller said: as long as most events are.
constexpr std::string_view kEvent =
    R"({"type":"transcript.final","at_ms":12345,"turn":3,"text":"Are you open on Saturday?"})";

class AnalystRights final : public RightsStore {
 public:
  Task<Result<std::vector<std::optional<Rights>>>> rights_of(
      std::vector<RightsHolder> holders) override {
    co_return std::vector<std::optional<Rights>>(holders.size(),
                                                 Rights{PrincipalKind::api_key, Role::analyst, {}});
  }
};

// Counts what has arrived, from any thread.
class Tally {
 public:
  void add() {
    if (count_.fetch_add(1) + 1 < wanted_.load()) return;
    const std::scoped_lock lock(mutex_);
    changed_.notify_all();
  }
  void expect(std::size_t wanted) {
    wanted_ = wanted;
    count_ = 0;
  }
  void wait() {
    std::unique_lock lock(mutex_);
    const bool all = changed_.wait_for(lock, 60s, [&] { return count_ >= wanted_; });
    CHECK(all, "every listener is shown every event");
  }

 private:
  std::atomic<std::size_t> count_{0};
  std::atomic<std::size_t> wanted_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
};

// The server's half, on a thread of its own.
struct Side {
  Side() {
    run_there([this] {
      CHECK(redis.start(), "the address is good");
      feed.start();
      sockets.start();
      http.use_edge({});
      CHECK(http.listen({"127.0.0.1", 0}), "a port can be had");
    });
  }
  template <class Work>
  void run_there(Work work) {
    std::atomic<bool> done = false;
    boost::asio::post(loop.executor(), [&] {
      work();
      done = true;
      done.notify_one();
    });
    done.wait(false);
  }

  void stop() {
    std::unique_ptr<TaskGroup> closing;
    std::atomic<bool> ended = false;
    run_there([&] {
      closing = std::make_unique<TaskGroup>(loop.executor());
      closing->spawn(end(ended));
    });
    ended.wait(false);
    run_there([&] { closing.reset(); });
    loop.stop();
  }
  Task<> end(std::atomic<bool>& ended) {
    co_await sockets.stop();
    co_await http.stop(Duration::zero());
    co_await feed.stop();
    co_await redis.stop();
    ended = true;
    ended.notify_one();
  }

  PrivateRedis server;
  SystemClock clock;
  SystemRandom random;
  Log log{clock, -1, LogLevel::error};
  Metrics metrics;
  Loop loop{"api", clock, metrics};
  store::RedisClient redis{
      loop.executor(), clock, random, log, metrics, {.url = "unix://" + server.socket()}};
  store::RedisEventBus bus{redis};
  AnalystRights rights;
  LiveFeed feed{loop.executor(), clock, log, metrics, &bus};
  LiveSockets sockets{loop.executor(),
                      {feed,
                       {},
                       {},
                       [](Credentials) -> Task<Result<Principal>> {
                         co_return Principal{.kind = PrincipalKind::api_key,
                                             .workspace = kWorkspace,
                                             .role = Role::analyst};
                       },
                       rights,
                       clock,
                       log}};
  HttpServer http{loop.executor(),
                  clock,
                  log,
                  metrics,
                  {},
                  [](const RequestHead&) { return RequestPolicy{.websocket = Upgrade::allowed}; },
                  [this](Request request, ResponseWriter& writer) {
                    return sockets.handle(std::move(request), writer);
                  }};
};

Task<> listen(Clock& clock, std::string url, Tally& tally) {
  WebSocketConnect wanted{.url = std::move(url)};
  wanted.timeout = 60s;
  auto socket = co_await connect_websocket(clock, std::move(wanted));
  CHECK(socket, "the server takes a thousand listeners");
  while (auto message = co_await socket->receive()) {
    // Heartbeats are nobody's event.
    if (message->data.contains("live.ready") || message->data.contains("live.event")) tally.add();
  }
}

// Both ends of a thousand connections.
void allow_descriptors() {
  rlimit limit{};
  CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0, "a process may read its limits");
  limit.rlim_cur = limit.rlim_max;
  CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0, "a process may use its hard limit");
}

void LiveEventToTheLastOf1000Listeners(benchmark::State& state) {
  allow_descriptors();
  Side side;
  Tally tally;
  Loop clients("clients", side.clock, side.metrics);
  auto group = std::make_unique<TaskGroup>(clients.executor());
  const std::string url = "ws://127.0.0.1:" + std::to_string(side.http.port()) + "/api/live";
  // In portions: the kernel's queue of connections to be accepted is not endless.
  for (std::size_t begun = 0; begun < kListeners; begun += 100) {
    tally.expect(100);
    boost::asio::post(clients.executor(), [&] {
      for (int i = 0; i < 100; ++i)
        group->spawn(listen(side.clock, url, tally));
    });
    tally.wait();
  }
  std::vector<double> taken;
  for (auto _ : state) {
    tally.expect(kListeners);
    const auto began = side.clock.now();
    side.feed.publish({.id = {},
                       .workspace = kWorkspace,
                       .conversation = {},
                       .agent = {},
                       .event = std::string(kEvent)});
    tally.wait();
    const std::chrono::duration<double, std::milli> took = side.clock.now() - began;
    taken.push_back(took.count());
    state.SetIterationTime(took.count() / 1'000);
  }
  std::ranges::sort(taken);
  const auto at = [&](double share) {
    return taken[static_cast<std::size_t>(share * static_cast<double>(taken.size() - 1))];
  };
  state.counters["p50_ms"] = at(0.5);
  state.counters["p99_ms"] = at(0.99);
  state.counters["max_ms"] = taken.back();
  std::atomic<bool> ended = false;
  boost::asio::post(clients.executor(), [&] {
    group->cancel();
    group.reset();
    ended = true;
    ended.notify_one();
  });
  ended.wait(false);
  side.stop();
  clients.stop();
}
BENCHMARK(LiveEventToTheLastOf1000Listeners)
    ->Iterations(500)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace antiphon
