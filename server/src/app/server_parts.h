// Small makers of a server's parts, apart from app/server.cpp, which is the list of them.
#pragma once

#include "app/server.h"
#include "net/loop.h"
#include "ports/live_state.h"
#include "store/redis/client.h"

#include <memory>
#include <string>
#include <vector>

namespace antiphon {

[[nodiscard]] std::vector<std::unique_ptr<Loop>> make_loops(std::size_t count,
                                                            const ServerContext& context);
[[nodiscard]] std::vector<Executor> executors_of(const std::vector<std::unique_ptr<Loop>>& loops);
// Null without an address.
[[nodiscard]] std::unique_ptr<store::RedisClient> make_redis(const ServerContext& context,
                                                             const std::string& url);
// Null without Redis; `own` stands in while it is away.
[[nodiscard]] std::unique_ptr<LiveState> make_live_state(const ServerContext& context,
                                                         store::RedisClient* redis, LiveState& own);

}  // namespace antiphon
