#include "app/server_parts.h"

#include "store/redis/live_state.h"

namespace antiphon {

std::vector<std::unique_ptr<Loop>> make_loops(std::size_t count, const ServerContext& context) {
  std::vector<std::unique_ptr<Loop>> loops;
  for (std::size_t index = 0; index < count; ++index) {
    loops.push_back(
        std::make_unique<Loop>("media-" + std::to_string(index), context.clock, context.metrics));
  }
  return loops;
}

std::vector<Executor> executors_of(const std::vector<std::unique_ptr<Loop>>& loops) {
  std::vector<Executor> executors;
  for (const auto& loop : loops)
    executors.push_back(loop->executor());
  return executors;
}

std::unique_ptr<store::RedisClient> make_redis(const ServerContext& context,
                                               const std::string& url) {
  if (url.empty()) return nullptr;
  return std::make_unique<store::RedisClient>(context.executor, context.clock, context.random,
                                              context.log, context.metrics,
                                              store::RedisConfig{.url = url});
}

std::unique_ptr<LiveState> make_live_state(const ServerContext& context, store::RedisClient* redis,
                                           LiveState& own) {
  if (redis == nullptr) return nullptr;
  return std::make_unique<store::RedisLiveState>(*redis, own, context.clock, context.log);
}

}  // namespace antiphon
