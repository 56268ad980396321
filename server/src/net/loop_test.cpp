#include "net/loop.h"

#include "core/system_clock.h"
#include "net/http_client.h"
#include "net/http_server.h"
#include "net/websocket_client.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

#include <future>
#include <thread>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

// Runs `work` on the loop's thread and waits for it.
void on(Loop& loop, std::function<void()> work) {
  std::promise<void> done;
  boost::asio::post(loop.executor(), [&] {
    work();
    done.set_value();
  });
  done.get_future().wait();
}

TEST(Loop, RunsWorkOnOneThreadOfItsOwnName) {
  ManualClock clock;
  Metrics metrics;
  Loop loop("media-0", clock, metrics);
  std::thread::id first;
  std::thread::id second;
  std::array<char, 16> name{};
  on(loop, [&] { first = std::this_thread::get_id(); });
  on(loop, [&] {
    second = std::this_thread::get_id();
    pthread_getname_np(pthread_self(), name.data(), name.size());
  });
  EXPECT_TRUE(first == second);
  EXPECT_TRUE(first != std::this_thread::get_id());
  EXPECT_STREQ(name.data(), "media-0");
  loop.stop();
  loop.stop();
}

TEST(Loop, MeasuresHowLateItComesRound) {
  ManualClock clock;
  Metrics metrics;
  Loop loop("api", clock, metrics);
  auto& lag = metrics.gauge("loop_lag_last_seconds", "", {{"loop", "api"}});
  on(loop, [] {});                          // the watch sleeps now
  on(loop, [&] { clock.advance(130ms); });  // as if a handler had blocked for 130 ms
  on(loop, [] {});
  on(loop, [] {});
  EXPECT_NEAR(lag.value(), 0.030, 1e-9);
}

// The audio path of the product: accepted on the API's loop, spoken with on a media worker's.
TEST(Loop, TakesOverAWebSocketFromAnother) {
  SystemClock clock;
  Log log(clock, -1, LogLevel::error);
  Metrics metrics;
  Loop media("media-0", clock, metrics);
  boost::asio::io_context api;
  TaskGroup* sessions = nullptr;
  on(media, [&] { sessions = new TaskGroup(media.executor()); });
  std::thread::id served_by;
  HttpServer server(
      api.get_executor(), clock, log, metrics, {},
      [](const RequestHead&) { return RequestPolicy{.websocket = Upgrade::allowed}; },
      [&](Request request, ResponseWriter& writer) -> Task<> {
        auto socket = co_await accept_websocket(request, writer, {.executor = media.executor()});
        if (!socket) co_return;
        auto shared = std::make_shared<WebSocket>(std::move(*socket));
        boost::asio::post(media.executor(), [&, shared = std::move(shared)]() mutable {
          sessions->spawn([](std::shared_ptr<WebSocket> own, std::thread::id& by) -> Task<> {
            while (auto message = co_await own->receive()) {
              by = std::this_thread::get_id();
              static_cast<void>(own->try_send(std::move(*message)));
            }
          }(std::move(shared), served_by));
        });
      });
  ASSERT_TRUE(server.listen({"127.0.0.1", 0}));
  const std::string url = "ws://127.0.0.1:" + std::to_string(server.port()) + "/";
  auto socket = run(api, connect_websocket(clock, {.url = url}));
  ASSERT_TRUE(socket) << socket.error().message;
  for (const char* text : {"one", "two", "three"}) {
    EXPECT_TRUE(socket->try_send_text(text));
    EXPECT_EQ(run(api, socket->receive())->data, text);
  }
  run(api, server.stop(1s));
  EXPECT_TRUE(socket->try_send_text("still here"));
  EXPECT_EQ(run(api, socket->receive())->data, "still here");
  run(api, socket->close(kCloseNormal, ""));
  EXPECT_TRUE(served_by != std::this_thread::get_id());
  on(media, [&] { delete sessions; });
  on(media, [] {});
}

}  // namespace
}  // namespace antiphon
