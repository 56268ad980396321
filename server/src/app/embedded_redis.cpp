#include "app/embedded_redis.h"

#include "app/orphan.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <unistd.h>

#include <array>
#include <csignal>
#include <string_view>

namespace antiphon {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

// Ready is what answers PING with PONG: while it still loads its data it says LOADING.
Task<bool> answers_ping(fs::path path) {
  asio::local::stream_protocol::socket socket(co_await asio::this_coro::executor);
  boost::system::error_code error;
  // A unix socket connects at once or not at all.
  socket.connect({path.string()}, error);
  if (error) co_return false;
  co_await asio::async_write(socket, asio::buffer(std::string_view("PING\r\n")),
                             asio::as_tuple(asio::use_awaitable));
  std::array<char, 64> answer{};
  const auto [failed, count] =
      co_await socket.async_read_some(asio::buffer(answer), asio::as_tuple(asio::use_awaitable));
  co_return !failed && std::string_view(answer.data(), count).starts_with("+PONG");
}

}  // namespace

Result<fs::path> find_redis(const std::vector<fs::path>& folders) {
  for (const std::string_view name : {"redis-server", "valkey-server"}) {
    for (const fs::path& folder : folders) {
      const fs::path program = folder / name;
      if (access(program.c_str(), X_OK) == 0) return program;
    }
  }
  return failure(ErrorCode::not_found,
                 "Redis is not installed; run: apt install redis-server, or set REDIS_URL to a "
                 "server of your own");
}

Task<Result<>> end_redis_orphan(ServiceContext& context, const EmbeddedFolders& folders) {
  Orphan orphan;
  orphan.pid_file = folders.redis / "redis.pid";
  orphan.folder = folders.redis;
  // Debian's redis-server is a link to redis-check-rdb, which is what the kernel calls it.
  orphan.programs = {"redis-", "valkey-"};
  orphan.signals = {{SIGTERM, 10s}, {SIGKILL, 5s}};
  co_return co_await end_orphans(context.executor, context.clock, std::move(orphan));
}

ServiceRecipe redis_recipe(const fs::path& program, const EmbeddedFolders& folders) {
  const fs::path socket = folders.run / "redis.sock";
  ServiceRecipe recipe;
  recipe.name = ServiceName::redis;
  recipe.log_file = folders.logs / "redis.log";
  recipe.options.arguments = {program.string(),
                              "--port",
                              "0",
                              "--unixsocket",
                              socket.string(),
                              "--unixsocketperm",
                              "700",
                              "--dir",
                              folders.redis.string(),
                              "--pidfile",
                              (folders.redis / "redis.pid").string(),
                              "--daemonize",
                              "no",
                              "--logfile",
                              "",
                              "--loglevel",
                              "notice",
                              "--always-show-logo",
                              "no",
                              "--appendonly",
                              "no",
                              "--save",
                              "300 1",
                              "--stop-writes-on-bgsave-error",
                              "no",
                              "--maxmemory",
                              "256mb",
                              "--maxmemory-policy",
                              "volatile-lru"};
  recipe.options.environment = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8",
                                "HOME=" + folders.redis.string()};
  recipe.options.working_directory = folders.redis;
  recipe.options.account = folders.account;
  recipe.options.parent_death_signal = SIGTERM;
  recipe.stop_signal = SIGTERM;
  recipe.stop_grace = 15s;
  recipe.is_ready = [socket](pid_t) { return answers_ping(socket); };
  return recipe;
}

std::string redis_url(const EmbeddedFolders& folders) {
  return "unix://" + (folders.run / "redis.sock").string();
}

}  // namespace antiphon
