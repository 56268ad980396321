// Redis: commands over one connection, messages over another (RESP2 cannot mix them). Both mend
// themselves.
//
//   RedisClient redis(executor, clock, random, log, metrics, {.url = "unix:///run/redis.sock"});
//   redis.start();
//   auto reply = co_await redis.command({"GET", key});
//
// Limits  pending_max commands under way; more are refused (resource_exhausted). A command that is
//         not answered in `timeout` is a timeout; so is everything behind it, because answers come
//         in order: the connection is dropped and made anew.
// Errors  unavailable: no connection, or it was lost; a command may have taken effect. timeout,
//         cancelled: likewise. internal: Redis refused the command.
// Thread  one executor. stop() ends before the client is destroyed.
#pragma once

#include "core/clock.h"
#include "core/log.h"
#include "core/metrics.h"
#include "core/random.h"
#include "core/result.h"
#include "core/task_group.h"
#include "store/redis/reply.h"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon::store {

struct RedisConfig {
  std::string url;  // parse_redis_url()
  std::size_t pending_max = 4'096;
  Duration timeout = std::chrono::seconds(1);
  Duration connect_timeout = std::chrono::seconds(2);
  Duration backoff_min = std::chrono::milliseconds(50);
  Duration backoff_max = std::chrono::seconds(3);
};

// A Lua program, sent by its SHA-1 and in full only when Redis does not know it. Make it once.
struct RedisScript {
  std::string source;
  std::string sha1 = {};  // filled in when it was loaded first
};

struct RedisHealth {
  bool commands_up = false;
  bool messages_up = false;  // true when nobody subscribed
  std::size_t pending = 0;
  std::string last_error;
};

class RedisClient {
 public:
  // Nothing: the subscription was lost, or begins (again); messages may have been missed.
  using OnMessage = std::function<void(std::optional<std::string_view> payload)>;

  RedisClient(Executor executor, Clock& clock, Random& random, Log& log, Metrics& metrics,
              RedisConfig config);
  ~RedisClient();
  RedisClient(const RedisClient&) = delete;
  RedisClient& operator=(const RedisClient&) = delete;

  // invalid_argument: the address is none.
  [[nodiscard]] Result<> start();
  Task<> stop();

  Task<Result<RedisReply>> command(std::vector<std::string> arguments);
  Task<Result<RedisReply>> run_script(RedisScript& script, std::vector<std::string> keys,
                                      std::vector<std::string> arguments);
  // Before or after start(); kept across reconnects until stop().
  void subscribe(std::string channel, OnMessage on_message);

  // True when commands can be sent before the deadline.
  Task<bool> wait_until_up(Timepoint deadline);
  [[nodiscard]] RedisHealth health() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;  // shared with callers that are cancelled while they wait
};

}  // namespace antiphon::store
