// A Redis client on a private Redis, with a clock that the test moves.
#pragma once

#include "core/system_clock.h"
#include "store/redis/client.h"
#include "testing/manual_clock.h"
#include "testing/private_servers.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace antiphon::store {

struct TestRedis {
  TestRedis() {
    EXPECT_TRUE(client.start());
    EXPECT_TRUE(run(loop, client.wait_until_up(Timepoint::max())));
  }
  ~TestRedis() { run(loop, client.stop()); }

  std::string text(std::vector<std::string> arguments) {
    auto reply = run(loop, client.command(std::move(arguments)));
    if (!reply) return std::string(name_of(reply.error().code));
    return reply->kind == RedisReply::Kind::integer ? std::to_string(reply->number) : reply->text;
  }
  struct Running {
    std::optional<Result<RedisReply>> outcome;
  };
  std::shared_ptr<Running> begin(std::vector<std::string> arguments) {
    auto running = std::make_shared<Running>();
    group.spawn([](Task<Result<RedisReply>> work, std::shared_ptr<Running> into) -> Task<> {
      into->outcome = co_await std::move(work);
    }(client.command(std::move(arguments)), running));
    loop.restart();
    loop.poll();
    return running;
  }
  template <class Done>
  void run_until(Done done) {
    loop.restart();
    while (!done() && loop.run_one() > 0) {
    }
    ASSERT_TRUE(done());
  }
  template <class Done>
  void advance_until(Done done, Duration step) {
    for (int steps = 0; !done() && steps < 100'000; ++steps) {
      clock.advance(step);
      loop.restart();
      loop.run_one_for(std::chrono::milliseconds(20));
      loop.poll();
    }
    ASSERT_TRUE(done());
  }

  PrivateRedis server;
  boost::asio::io_context loop{1};
  ManualClock clock;
  SystemClock wall;
  SeededRandom random{Seed{1}};
  Log log{wall, 2, LogLevel::error};
  Metrics metrics;
  RedisClient client{
      loop.get_executor(), clock, random, log, metrics, {.url = "unix://" + server.socket()}};
  TaskGroup group{loop.get_executor()};
};

}  // namespace antiphon::store
