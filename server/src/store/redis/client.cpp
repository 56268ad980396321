#include "store/redis/client.h"

#include "core/check.h"
#include "core/mailbox.h"
#include "store/deadline_watch.h"
#include "store/redis/connection.h"

#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <deque>
#include <list>
#include <map>

namespace antiphon::store {

namespace {

struct Pending {
  explicit Pending(const Executor& executor) : wakeup(executor) {}

  void settle(Result<RedisReply> result) {
    if (outcome) return;
    outcome = std::move(result);
    wakeup.notify();
  }

  detail::Wakeup wakeup;
  Timepoint deadline;
  std::optional<Result<RedisReply>> outcome;
};

struct RedisMetrics {
  explicit RedisMetrics(Metrics& metrics)
      : commands(metrics.counter("redis_commands_total", "Commands that were answered.")),
        failures(metrics.counter("redis_command_errors_total", "Commands that failed.")),
        connects(metrics.counter("redis_connects_total", "Connections that were made.")),
        losses(metrics.counter("redis_connections_lost_total", "Connections that broke.")),
        up(metrics.gauge("redis_up", "1 while commands can be sent.")),
        seconds(metrics.histogram("redis_command_seconds", "From the call to the answer.",
                                  latency_bounds())) {}
  Counter& commands;
  Counter& failures;
  Counter& connects;
  Counter& losses;
  Gauge& up;
  Histogram& seconds;
};

}  // namespace

class RedisClient::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(Executor executor, Clock& clock, Random& random, Log& log, Metrics& metrics,
       RedisConfig config)
      : executor_(executor),
        clock_(clock),
        random_(random),
        log_(log),
        metrics_(metrics),
        config_(std::move(config)),
        commands_(executor),
        messages_(executor),
        tasks_(executor),
        deadlines_(executor, clock, [this](Timepoint now) { return expire(now); }) {}

  // Closing answers what is under way, which needs everything else alive.
  ~Impl() {
    for (Line* line : {&commands_, &messages_}) {
      if (line->connection) line->connection->close();
    }
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Result<> start() {
    auto address = parse_redis_url(config_.url);
    if (!address) return std::unexpected(address.error());
    address_ = std::move(*address);
    tasks_.spawn(keep_up(commands_));
    tasks_.spawn(keep_up(messages_));
    return {};
  }

  Task<> stop() {
    const auto keep = shared_from_this();
    stopping_ = true;
    tasks_.cancel();
    deadlines_.cancel();
    co_await tasks_.join();
    co_await deadlines_.join();
    for (Line* line : {&commands_, &messages_}) {
      if (line->connection) line->connection->close();
      line->connection.reset();
    }
    lose_all();
    subscriptions_.clear();
  }

  Task<Result<RedisReply>> command(std::vector<std::string> arguments) {
    const auto keep = shared_from_this();
    const Timepoint began = clock_.now();
    auto reply = co_await exchange(std::move(arguments));
    metrics_.seconds.observe(std::chrono::duration<double>(clock_.now() - began).count());
    (reply ? metrics_.commands : metrics_.failures).add();
    co_return reply;
  }

  void subscribe(std::string channel, OnMessage on_message) {
    const bool fresh = !subscriptions_.contains(channel);
    subscriptions_[channel] = std::move(on_message);
    if (fresh && messages_.connection) send_subscribe(channel);
  }

  Task<bool> wait_until_up(Timepoint deadline) {
    const auto keep = shared_from_this();
    const auto entry = up_waiters_.emplace(up_waiters_.end(), executor_);
    const auto wait = [](Impl& impl, detail::Wakeup& wakeup) -> Task<Result<>> {
      while (!impl.commands_.connection) {
        if (!co_await wakeup.wait()) co_return failure(ErrorCode::cancelled, "cancelled");
      }
      co_return Result<>{};
    };
    const auto waited = co_await with_deadline(clock_, deadline, wait(*this, *entry));
    up_waiters_.erase(entry);
    co_return waited.has_value();
  }

  RedisHealth health() const {
    return {.commands_up = commands_.connection != nullptr,
            .messages_up = messages_.connection != nullptr || subscriptions_.empty(),
            .pending = pending_.size(),
            .last_error = last_error_};
  }

 private:
  struct Line {
    explicit Line(const Executor& executor) : lost(executor) {}
    std::shared_ptr<RedisConnection> connection;  // shared with its handlers on the loop
    detail::Wakeup lost;
  };

  Task<Result<RedisReply>> exchange(std::vector<std::string> arguments) {
    if (co_await is_cancelled()) co_return failure(ErrorCode::cancelled, "cancelled");
    if (!commands_.connection || stopping_) {
      co_return failure(ErrorCode::unavailable, "Redis is away");
    }
    if (pending_.size() >= config_.pending_max) {
      co_return failure(ErrorCode::resource_exhausted, "too many wait for Redis");
    }
    // Shared with the answer, which may come after the caller has gone.
    const auto pending = std::make_shared<Pending>(executor_);
    pending->deadline = clock_.now() + config_.timeout;
    pending_.push_back(pending);
    const bool sent = commands_.connection->send(
        arguments, [this, pending](const RedisReply* got) { answered(pending, got); });
    if (!sent) answered(pending, nullptr);
    deadlines_.watch(pending->deadline);
    while (!pending->outcome) {
      if (!co_await pending->wakeup.wait()) {
        co_return failure(ErrorCode::cancelled, "the caller was cancelled");
      }
    }
    co_return std::move(*pending->outcome);
  }

  void answered(const std::shared_ptr<Pending>& pending, const RedisReply* reply) {
    // Answers come in order: it is the first, unless the connection was lost.
    if (const auto place = std::ranges::find(pending_, pending); place != pending_.end()) {
      pending_.erase(place);
    }
    if (reply == nullptr) {
      pending->settle(failure(ErrorCode::unavailable, "the connection to Redis was lost"));
    } else if (reply->kind == RedisReply::Kind::error) {
      // Redis' own words name the command at most, except for scripts, which are ours.
      pending->settle(failure(ErrorCode::internal, "Redis refused the command: " + reply->text));
    } else {
      pending->settle(*reply);
    }
  }

  void lose_all() {
    const auto pending = std::exchange(pending_, {});
    for (const auto& one : pending) {
      one->settle(failure(ErrorCode::unavailable, "the connection to Redis was lost"));
    }
  }

  Timepoint expire(Timepoint now) {
    if (!pending_.empty() && pending_.front()->deadline <= now) {
      for (const auto& one : pending_) {
        if (one->deadline > now) continue;
        one->settle(failure(ErrorCode::timeout, "Redis did not answer in time"));
      }
      log_.warning("redis.stuck", {{"pending", pending_.size()}});
      // A server that stands still answers neither.
      for (Line* line : {&commands_, &messages_}) {
        if (const auto connection = line->connection) connection->drop();
      }
    }
    return pending_.empty() ? Timepoint::max() : pending_.front()->deadline;
  }

  Task<> keep_up(Line& line) {
    int failures = 0;
    while (!co_await is_cancelled()) {
      auto connected = co_await connect(line);
      if (connected) {
        failures = 0;
        while (line.connection) {
          if (!co_await line.lost.wait()) co_return;
        }
        metrics_.losses.add();
      } else {
        ++failures;
        note_failure(line, connected.error());
      }
      auto waited = co_await clock_.sleep_for(backoff_after(failures));
      if (!waited) co_return;
    }
  }

  Task<Result<>> connect(Line& line) {
    const auto lost = [this, &line] {
      line.connection.reset();
      line.lost.notify();
      if (&line == &commands_) metrics_.up.set(0);
      if (&line == &commands_) lose_all();
      if (&line == &messages_) tell_gap();
    };
    auto connection = co_await with_deadline(clock_, clock_.now() + config_.connect_timeout,
                                             RedisConnection::connect(address_, lost));
    if (!connection) co_return std::unexpected(connection.error());
    line.connection = std::move(*connection);
    metrics_.connects.add();
    if (&line == &messages_) {
      for (const auto& [channel, on_message] : subscriptions_)
        send_subscribe(channel);
    } else {
      metrics_.up.set(1);
      if (std::exchange(away_, false)) log_.info("redis.back");
      last_error_.clear();
      for (auto& waiter : up_waiters_)
        waiter.notify();
    }
    co_return Result<>{};
  }

  void note_failure(const Line& line, const Error& error) {
    if (&line != &commands_ || error.code == ErrorCode::cancelled) return;
    last_error_ = error.message;
    if (!std::exchange(away_, true)) log_.error("redis.away", {{"error", error}});
  }

  void tell_gap() {
    const auto subscriptions = subscriptions_;
    for (const auto& [channel, on_message] : subscriptions)
      on_message(std::nullopt);
  }

  void send_subscribe(const std::string& channel) {
    messages_.connection->send({"SUBSCRIBE", channel}, [this, channel](const RedisReply* reply) {
      if (reply == nullptr || reply->items.size() != 3) return;
      const auto known = subscriptions_.find(channel);
      if (known == subscriptions_.end()) return;
      const OnMessage on_message = known->second;
      // From now on nothing is missed, so what was missed until now can be asked for.
      if (reply->items[0].text == "subscribe") on_message(std::nullopt);
      if (reply->items[0].text == "message") on_message(reply->items[2].text);
    });
  }

  Duration backoff_after(int failures) {
    const int doublings = std::clamp(failures - 1, 0, 16);
    const Duration whole =
        std::min(config_.backoff_max, config_.backoff_min * (Duration::rep{1} << doublings));
    const auto half = static_cast<std::uint64_t>(whole.count() / 2);
    return Duration(static_cast<std::int64_t>(half + random_.below(half + 1)));
  }

  Executor executor_;
  Clock& clock_;
  Random& random_;
  Log& log_;
  RedisMetrics metrics_;
  const RedisConfig config_;
  RedisAddress address_;
  Line commands_;
  Line messages_;
  std::deque<std::shared_ptr<Pending>> pending_;
  std::map<std::string, OnMessage> subscriptions_;
  std::list<detail::Wakeup> up_waiters_;
  TaskGroup tasks_;
  DeadlineWatch deadlines_;
  std::string last_error_;
  bool away_ = false;
  bool stopping_ = false;
};

RedisClient::RedisClient(Executor executor, Clock& clock, Random& random, Log& log,
                         Metrics& metrics, RedisConfig config)
    : impl_(std::make_shared<Impl>(std::move(executor), clock, random, log, metrics,
                                   std::move(config))) {}

RedisClient::~RedisClient() = default;

Result<> RedisClient::start() { return impl_->start(); }
Task<> RedisClient::stop() { co_await impl_->stop(); }
RedisHealth RedisClient::health() const { return impl_->health(); }
void RedisClient::subscribe(std::string channel, OnMessage on_message) {
  impl_->subscribe(std::move(channel), std::move(on_message));
}
Task<bool> RedisClient::wait_until_up(Timepoint deadline) {
  co_return co_await impl_->wait_until_up(deadline);
}
Task<Result<RedisReply>> RedisClient::command(std::vector<std::string> arguments) {
  co_return co_await impl_->command(std::move(arguments));
}

Task<Result<RedisReply>> RedisClient::run_script(RedisScript& script, std::vector<std::string> keys,
                                                 std::vector<std::string> arguments) {
  if (script.sha1.empty()) {
    auto loaded = co_await command({"SCRIPT", "LOAD", script.source});
    if (!loaded) co_return loaded;
    script.sha1 = loaded->text;
  }
  std::vector<std::string> call{"EVALSHA", script.sha1, std::to_string(keys.size())};
  for (auto* part : {&keys, &arguments})
    call.insert(call.end(), part->begin(), part->end());
  auto reply = co_await command(call);
  // A restarted Redis has forgotten it.
  if (!reply && reply.error().message.find("NOSCRIPT") != std::string::npos) {
    call[0] = "EVAL";
    call[1] = script.source;
    reply = co_await command(std::move(call));
  }
  co_return reply;
}

}  // namespace antiphon::store
