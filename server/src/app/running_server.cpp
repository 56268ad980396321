#include "app/running_server.h"

#include "app/commands.h"
#include "core/mailbox.h"
#include "core/system_clock.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>

#include <csignal>
#include <cstdlib>
#include <memory>
#include <utility>

namespace antiphon {

namespace {

namespace asio = boost::asio;

class Runner {
 public:
  Runner(asio::io_context& loop, const ServerContext& context, const ServerRun& run)
      : context_(context), run_(run), signals_(loop, SIGINT, SIGTERM), group_(context.executor) {}

  void start() {
    // A terminal that closes ends the server in order too; under nohup it is to go on. A server
    // with a certificate of its own in files reads them again instead, as servers do.
    struct sigaction hang_up{};
    boost::system::error_code ignored;
    if (::sigaction(SIGHUP, nullptr, &hang_up) == 0 && hang_up.sa_handler != SIG_IGN) {
      signals_.add(SIGHUP, ignored);
    }
    // Whoever reads the log may go; calls go on.
    static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
    wait_for_signal();
    group_.spawn(main());
  }
  [[nodiscard]] int status() const { return status_; }

 private:
  void wait_for_signal() {
    signals_.async_wait([this](const boost::system::error_code& error, int signal) {
      if (error) return;
      if (signal == SIGHUP && reloading_ != nullptr) {
        reloading_->reload();
        wait_for_signal();
        return;
      }
      if (std::exchange(stopping_, true)) std::_Exit(1);
      stop_.push(true);
      wait_for_signal();
    });
  }

  Task<> main() {
    auto served = co_await serve();
    if (run_.after) co_await run_.after(context_);
    if (!served && !stopping_) status_ = fail(served.error());
    signals_.cancel();
  }

  Task<Result<>> serve() {
    auto config = co_await run_.before(context_);
    if (!config) co_return std::unexpected(std::move(config.error()));
    if (stopping_) co_return Result<>{};
    const bool reloads = config->edge.has_tls() && !config->edge.is_self_signed;
    Server server(context_, std::move(*config));
    Result<> outcome = co_await server.start([this](const Result<>& speech) {
      if (speech) {
        context_.log.info("speech.ready");
        return;
      }
      // Told to stop while it waited for the models: that is no failure.
      if (stopping_) return;
      // A server that cannot hear is no server: say why and end.
      status_ = fail(speech.error());
      stop_.push(true);
    });
    if (outcome) {
      if (reloads) reloading_ = &server;
      run_.listening(server);
      const auto stopped = co_await stop_.receive();
      reloading_ = nullptr;
      static_cast<void>(stopped);
      context_.log.info("server.stopping");
    }
    co_await server.stop();
    co_return outcome;
  }

  ServerContext context_;
  const ServerRun& run_;
  asio::signal_set signals_;
  Mailbox<bool> stop_{context_.executor, 4, WhenFull::refuse};
  bool stopping_ = false;
  Server* reloading_ = nullptr;  // who takes SIGHUP; null: it ends the server
  int status_ = 0;
  TaskGroup group_;
};

}  // namespace

int run_server(const ServerRun& run) {
  SystemClock clock;
  SystemRandom random;
  Log log(clock, 2, LogLevel::info);
  Metrics metrics;
  asio::io_context loop(1);
  const ServerContext context{loop.get_executor(), clock, random, log, metrics};
  Runner runner(loop, context, run);
  runner.start();
  loop.run();
  return runner.status();
}

}  // namespace antiphon
