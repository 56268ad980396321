#include "net/http_server.h"

#include "core/check.h"
#include "net/http_connection.h"
#include "net/signal.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <map>
#include <set>

namespace antiphon {

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

namespace {

constexpr Duration kCheckInterval = 100ms;
constexpr Duration kAcceptBackoff = 100ms;
// Over the cap there is room for a few more, to say so in words.
constexpr std::size_t kTurnedAwayMax = 64;

bool is_out_of_resources(const boost::system::error_code& error) {
  namespace errc = boost::system::errc;
  return error == errc::too_many_files_open || error == errc::too_many_files_open_in_system ||
         error == errc::no_buffer_space || error == errc::not_enough_memory;
}

Result<tcp::endpoint> resolve(const SocketAddress& address) {
  boost::system::error_code error;
  const std::string text = address.host.empty()          ? "::"
                           : address.host == "localhost" ? "127.0.0.1"
                                                         : address.host;
  const auto ip = asio::ip::make_address(text, error);
  if (error) {
    return failure(ErrorCode::invalid_argument,
                   "cannot listen on a name; give an address such as 127.0.0.1 or [::1]");
  }
  return tcp::endpoint(ip, address.port);
}

}  // namespace

struct HttpServer::State : std::enable_shared_from_this<HttpServer::State> {
  State(Executor executor_in, std::shared_ptr<HttpContext> context_in)
      : executor(std::move(executor_in)),
        context(std::move(context_in)),
        acceptor(executor),
        tasks(executor),
        emptied(executor) {}

  Executor executor;
  std::shared_ptr<HttpContext> context;
  tcp::acceptor acceptor;
  TaskGroup tasks;
  Signal emptied;
  std::set<std::shared_ptr<HttpConnection>> connections;
  std::map<std::string, std::size_t> per_address;  // by network_of()
  std::size_t turned_away = 0;                     // being told why

  Task<> accept_all();
  Task<> check_all();
  Task<Result<>> wait_until_empty();
  void admit(tcp::socket socket);
  Task<> turn_away(std::shared_ptr<HttpConnection> connection, Refusal refusal);
  void spawn(const std::shared_ptr<HttpConnection>& connection, Task<> task);
  void remove(const std::shared_ptr<HttpConnection>& connection);
};

namespace {

Task<> begin(Task<> task) {
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await std::move(task);
}

}  // namespace

Task<> HttpServer::State::accept_all() {
  const auto keep = shared_from_this();
  bool is_starved = false;
  while (!context->is_stopping) {
    auto [error, socket] = co_await acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
    if (co_await is_cancelled() || !acceptor.is_open()) co_return;
    if (is_out_of_resources(error)) {
      context->counts.accept_failures.add();
      if (!is_starved) context->log.error("http.accept_starved", {{"reason", error.message()}});
      is_starved = true;
      // The connection stays in the kernel's queue, so accepting again at once would spin.
      if (!co_await context->clock.sleep_for(kAcceptBackoff)) co_return;
      continue;
    }
    if (error) continue;  // the client was gone before we took it
    if (is_starved) context->log.info("http.accept_recovered");
    is_starved = false;
    admit(std::move(socket));
  }
}

void HttpServer::State::admit(tcp::socket socket) {
  boost::system::error_code error;
  const auto remote = socket.remote_endpoint(error);
  if (error) return;
  context->counts.accepted.add();
  const auto& limits = context->limits;
  const auto connection =
      std::make_shared<HttpConnection>(std::move(socket), remote.address().to_string(), context);
  const auto of_address = ++per_address[connection->network()];
  std::optional<Refusal> refusal;
  if (connections.size() >= limits.connections_max) {
    refusal = Refusal::connections_too_many;
  } else if (limits.connections_per_address_max > 0 &&
             of_address > limits.connections_per_address_max &&
             !context->edge.is_unlimited(connection->peer())) {
    refusal = Refusal::address_too_many;
  }
  connections.insert(connection);
  context->counts.connections.set(static_cast<double>(connections.size()));
  if (!refusal) {
    spawn(connection, connection->run());
  } else if (context->tls == nullptr && turned_away < kTurnedAwayMax) {
    spawn(connection, turn_away(connection, *refusal));
  } else {
    context->counts.refused(*refusal);
    remove(connection);
  }
}

Task<> HttpServer::State::turn_away(std::shared_ptr<HttpConnection> connection, Refusal refusal) {
  const auto keep = shared_from_this();
  ++turned_away;
  co_await connection->turn_away(refusal);
  --turned_away;
}

void HttpServer::State::spawn(const std::shared_ptr<HttpConnection>& connection, Task<> task) {
  asio::co_spawn(executor, begin(std::move(task)),
                 asio::bind_cancellation_slot(
                     connection->slot(),
                     [self = shared_from_this(), connection](const std::exception_ptr& exception) {
                       CHECK(!exception, "a handler reports failure through Result or a Response");
                       self->remove(connection);
                     }));
}

void HttpServer::State::remove(const std::shared_ptr<HttpConnection>& connection) {
  connections.erase(connection);
  const auto found = per_address.find(connection->network());
  if (--found->second == 0) per_address.erase(found);
  context->counts.connections.set(static_cast<double>(connections.size()));
  if (connections.empty()) emptied.notify();
}

Task<> HttpServer::State::check_all() {
  const auto keep = shared_from_this();
  while (co_await context->clock.sleep_for(kCheckInterval)) {
    const auto now = context->clock.now();
    for (const auto& connection : connections)
      connection->check(now);
  }
}

Task<Result<>> HttpServer::State::wait_until_empty() {
  while (!connections.empty()) {
    if (!co_await emptied.wait()) co_return failure(ErrorCode::cancelled, "the wait was cancelled");
  }
  co_return Result<>{};
}

HttpHandler respond_with(std::function<Task<Response>(Request)> handler) {
  return [handler = std::move(handler)](Request request, ResponseWriter& writer) -> Task<> {
    auto response = co_await handler(std::move(request));
    static_cast<void>(co_await writer.send(std::move(response)));
  };
}

HttpServer::HttpServer(Executor executor, Clock& clock, Log& log, Metrics& metrics,
                       HttpLimits limits, HttpPolicy policy, HttpHandler handler)
    : state_(std::make_shared<State>(
          std::move(executor),
          std::make_shared<HttpContext>(clock, log, HttpMetrics(metrics),
                                        std::make_shared<WebSocketMetrics>(metrics), limits,
                                        std::move(policy), std::move(handler)))) {}

HttpServer::~HttpServer() {
  state_->context->is_stopping = true;
  boost::system::error_code ignored;
  state_->acceptor.close(ignored);
  state_->tasks.cancel();
  for (const auto& connection : state_->connections)
    connection->end();
}

void HttpServer::use_edge(EdgeOptions options) { state_->context->edge = Edge(std::move(options)); }

void HttpServer::use_tls(const TlsIdentity& identity, Executor handshakes) {
  state_->context->tls = &identity;
  state_->context->handshakes = std::move(handshakes);
}

Result<> HttpServer::listen(const SocketAddress& address) {
  const auto endpoint = resolve(address);
  if (!endpoint) return std::unexpected(endpoint.error());
  boost::system::error_code error;
  auto& acceptor = state_->acceptor;
  acceptor.open(endpoint->protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && address.host.empty()) acceptor.set_option(asio::ip::v6_only(false), error);
  if (!error) acceptor.bind(*endpoint, error);
  if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
  if (error) {
    boost::system::error_code ignored;
    acceptor.close(ignored);
    return failure(ErrorCode::unavailable, "cannot listen on " + address.to_string() + ": " +
                                               error.message() + "; choose another address");
  }
  state_->tasks.spawn(state_->accept_all());
  state_->tasks.spawn(state_->check_all());
  return {};
}

std::uint16_t HttpServer::port() const {
  boost::system::error_code error;
  const auto endpoint = state_->acceptor.local_endpoint(error);
  return error ? std::uint16_t{0} : endpoint.port();
}

std::size_t HttpServer::connection_count() const { return state_->connections.size(); }

Task<> HttpServer::stop(Duration grace) {
  const auto state = state_;
  auto& context = *state->context;
  context.is_stopping = true;
  boost::system::error_code ignored;
  state->acceptor.close(ignored);
  for (const auto& connection : state->connections)
    connection->end_if_idle();
  const auto ended =
      co_await with_deadline(context.clock, context.clock.now() + grace, state->wait_until_empty());
  if (!ended) {
    context.log.warning("http.stop_insists", {{"connections", state->connections.size()}});
    for (const auto& connection : state->connections)
      connection->end();
    static_cast<void>(co_await state->wait_until_empty());
  }
  state->tasks.cancel();
  co_await state->tasks.join();
}

}  // namespace antiphon
