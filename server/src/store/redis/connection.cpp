#include "store/redis/connection.h"

#include "core/mailbox.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <hiredis/async.h>
#include <hiredis/hiredis.h>

#include <optional>
#include <utility>

namespace antiphon::store {

namespace asio = boost::asio;

namespace {

RedisReply to_reply(const redisReply& reply) {
  RedisReply out;
  switch (reply.type) {
    case REDIS_REPLY_INTEGER:
      out.kind = RedisReply::Kind::integer;
      out.number = reply.integer;
      break;
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
      out.kind = RedisReply::Kind::text;
      out.text.assign(reply.str, static_cast<std::size_t>(reply.len));
      break;
    case REDIS_REPLY_ERROR:
      out.kind = RedisReply::Kind::error;
      out.text.assign(reply.str, static_cast<std::size_t>(reply.len));
      break;
    case REDIS_REPLY_ARRAY:
      out.kind = RedisReply::Kind::list;
      for (std::size_t index = 0; index < reply.elements; ++index) {
        out.items.push_back(to_reply(*reply.element[index]));
      }
      break;
    default:
      break;
  }
  return out;
}

}  // namespace

// Between hiredis' wishes (addRead ...) and Asio's waits. The handlers hold it; hiredis may free
// its context inside any of its own calls, and then `context` is null.
struct RedisConnection::Wire : std::enable_shared_from_this<Wire> {
  Wire(const asio::any_io_executor& executor, redisAsyncContext* connection,
       std::function<void()> when_lost)
      : descriptor(executor, connection->c.fd), context(connection), lost(std::move(when_lost)) {}

  void attach() {
    context->ev.data = this;
    context->ev.addRead = [](void* self) { of(self).want(of(self).reading, true); };
    context->ev.delRead = [](void* self) { of(self).reading.wanted = false; };
    context->ev.addWrite = [](void* self) { of(self).want(of(self).writing, true); };
    context->ev.delWrite = [](void* self) { of(self).writing.wanted = false; };
    context->ev.cleanup = [](void* self) { of(self).detach(); };
  }

  struct Direction {
    asio::posix::stream_descriptor::wait_type type;
    void (*handle)(redisAsyncContext*);
    bool wanted = false;
    bool armed = false;
  };

  static Wire& of(void* self) { return *static_cast<Wire*>(self); }

  void want(Direction& direction, bool wanted) {
    direction.wanted = wanted;
    arm(direction);
  }

  void arm(Direction& direction) {
    if (!direction.wanted || direction.armed || context == nullptr) return;
    direction.armed = true;
    descriptor.async_wait(direction.type, [self = shared_from_this(),
                                           &direction](const boost::system::error_code& error) {
      direction.armed = false;
      if (error || self->context == nullptr) return;
      if (direction.wanted) direction.handle(self->context);
      self->arm(direction);
    });
  }

  // hiredis frees its context, and with it the file descriptor.
  void detach() {
    if (context == nullptr) return;
    descriptor.release();
    context = nullptr;
    if (lost) std::exchange(lost, nullptr)();
  }

  asio::posix::stream_descriptor descriptor;
  redisAsyncContext* context;
  std::function<void()> lost;
  Direction reading{asio::posix::stream_descriptor::wait_read, redisAsyncHandleRead};
  Direction writing{asio::posix::stream_descriptor::wait_write, redisAsyncHandleWrite};
};

RedisConnection::RedisConnection() = default;
RedisConnection::~RedisConnection() { close(); }

Task<Result<std::shared_ptr<RedisConnection>>> RedisConnection::connect(
    RedisAddress address, std::function<void()> lost) {
  const auto executor = co_await asio::this_coro::executor;
  redisAsyncContext* context = nullptr;
  if (!address.path.empty()) {
    context = redisAsyncConnectUnix(address.path.c_str());
  } else {
    asio::ip::tcp::resolver resolver(executor);
    const auto [error, found] =
        co_await resolver.async_resolve(address.host, "", asio::as_tuple(asio::use_awaitable));
    if (error || found.empty()) {
      co_return failure(ErrorCode::unavailable, "the name of Redis' host is not known");
    }
    const std::string ip = found.begin()->endpoint().address().to_string();
    context = redisAsyncConnect(ip.c_str(), address.port);
  }
  if (context == nullptr || context->err != 0) {
    if (context != nullptr) redisAsyncFree(context);
    co_return failure(ErrorCode::unavailable, "Redis cannot be reached");
  }
  std::shared_ptr<RedisConnection> connection(new RedisConnection);
  connection->wire_ = std::make_shared<Wire>(executor, context, nullptr);
  connection->wire_->attach();
  auto ready = co_await connection->log_in(address);
  if (!ready) co_return std::unexpected(ready.error());
  if (connection->wire_->context == nullptr) {
    co_return failure(ErrorCode::unavailable, "Redis closed the connection");
  }
  connection->wire_->lost = std::move(lost);
  co_return connection;
}

Task<Result<>> RedisConnection::log_in(const RedisAddress& address) {
  std::vector<std::vector<std::string>> commands;
  if (!address.password.empty() && address.user.empty()) {
    commands.push_back({"AUTH", address.password});
  } else if (!address.password.empty()) {
    commands.push_back({"AUTH", address.user, address.password});
  }
  if (address.database != 0) commands.push_back({"SELECT", std::to_string(address.database)});
  // The answer proves that somebody serves; a full backlog accepts, too.
  commands.push_back({"PING"});
  for (auto& command : commands) {
    auto reply = co_await ask(std::move(command));
    if (!reply) co_return std::unexpected(reply.error());
    if (reply->kind == RedisReply::Kind::error) {
      co_return failure(ErrorCode::unavailable, "Redis refused our login; check REDIS_URL");
    }
  }
  co_return Result<>{};
}

Task<Result<RedisReply>> RedisConnection::ask(std::vector<std::string> arguments) {
  struct Pending {
    explicit Pending(const asio::any_io_executor& executor) : wakeup(executor) {}
    detail::Wakeup wakeup;
    std::optional<RedisReply> reply;
    bool done = false;
  };
  // Shared with the answer, which may come after we were cancelled.
  const auto pending = std::make_shared<Pending>(co_await asio::this_coro::executor);
  const bool sent = send(arguments, [pending](const RedisReply* reply) {
    if (reply != nullptr) pending->reply = *reply;
    pending->done = true;
    pending->wakeup.notify();
  });
  while (sent && !pending->done) {
    if (!co_await pending->wakeup.wait()) co_return failure(ErrorCode::cancelled, "cancelled");
  }
  if (pending->reply) co_return std::move(*pending->reply);
  co_return failure(ErrorCode::unavailable, "Redis cannot be reached");
}

bool RedisConnection::send(const std::vector<std::string>& arguments, Answer answer) {
  if (wire_->context == nullptr) return false;
  std::vector<const char*> values;
  std::vector<std::size_t> sizes;
  for (const std::string& argument : arguments) {
    values.push_back(argument.data());
    sizes.push_back(argument.size());
  }
  // hiredis keeps a raw pointer. A command's is freed with its one answer; a subscription's when
  // the connection ends, which hiredis tells with an answer of null.
  const bool lasting = arguments.front() == "SUBSCRIBE";
  auto* kept = new std::pair<Answer, bool>(std::move(answer), lasting);
  const auto callback = [](redisAsyncContext*, void* reply, void* data) {
    auto* known = static_cast<std::pair<Answer, bool>*>(data);
    if (known == nullptr) return;
    std::unique_ptr<std::pair<Answer, bool>> last;
    if (reply == nullptr || !known->second) last.reset(known);
    if (reply == nullptr) return known->first(nullptr);
    const RedisReply converted = to_reply(*static_cast<const redisReply*>(reply));
    known->first(&converted);
  };
  const int status = redisAsyncCommandArgv(
      wire_->context, callback, kept, static_cast<int>(values.size()), values.data(), sizes.data());
  if (status == REDIS_OK) return true;
  delete kept;
  return false;
}

void RedisConnection::drop() {
  if (wire_ && wire_->context != nullptr) redisAsyncFree(wire_->context);
}

void RedisConnection::close() {
  if (wire_) wire_->lost = nullptr;
  drop();
}

}  // namespace antiphon::store
