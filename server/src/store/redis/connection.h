// One hiredis connection on an Asio loop. Private to this folder.
//
// connect() never blocks: a host is resolved first, in Asio's resolver thread; a unix socket is a
// path.
// Thread  the executor it was connected on.
#pragma once

#include "core/result.h"
#include "core/task.h"
#include "store/redis/reply.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace antiphon::store {

struct RedisAddress {
  std::string path;  // of a unix socket; empty: host and port
  std::string host;
  std::uint16_t port = 6379;
  std::string user;
  std::string password;
  int database = 0;
};

// unix:///run/redis.sock?db=1 · redis://[user[:password]@]host[:port][/database]. TLS (rediss) is
// unsupported.
[[nodiscard]] Result<RedisAddress> parse_redis_url(std::string_view url);

class RedisConnection {
 public:
  // Nothing: the connection was lost. Called once for a command, many times for a subscription.
  using Answer = std::function<void(const RedisReply*)>;

  // Connected and logged in. The caller sets the deadline.
  static Task<Result<std::shared_ptr<RedisConnection>>> connect(RedisAddress address,
                                                                std::function<void()> lost);
  ~RedisConnection();
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  // False when the connection is gone; `answer` is then never called.
  bool send(const std::vector<std::string>& arguments, Answer answer);
  // Every outstanding answer is told; `lost` is called if the connection was up.
  void drop();
  // The same without calling `lost`.
  void close();

 private:
  struct Wire;
  RedisConnection();
  Task<Result<>> log_in(const RedisAddress& address);
  Task<Result<RedisReply>> ask(std::vector<std::string> arguments);

  std::shared_ptr<Wire> wire_;  // shared with the handlers of the loop
};

}  // namespace antiphon::store
