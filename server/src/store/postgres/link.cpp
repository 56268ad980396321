#include "store/postgres/link.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <libpq-fe.h>

#include <utility>
#include <vector>

namespace antiphon::store {

namespace asio = boost::asio;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

struct Options {
  std::vector<std::pair<std::string, std::string>> items;

  std::string* find(std::string_view name) {
    for (auto& [key, value] : items) {
      if (key == name) return &value;
    }
    return nullptr;
  }
};

Result<Options> parse_url(const std::string& url) {
  char* complaint = nullptr;
  PQconninfoOption* parsed = PQconninfoParse(url.c_str(), &complaint);
  if (parsed == nullptr) {
    PQfreemem(complaint);  // it may quote the password
    return failure(ErrorCode::invalid_argument, "DATABASE_URL is no PostgreSQL connection string");
  }
  Options options;
  for (const PQconninfoOption* option = parsed; option->keyword != nullptr; ++option) {
    if (option->val != nullptr) options.items.emplace_back(option->keyword, option->val);
  }
  PQconninfoFree(parsed);
  return options;
}

// Adds hostaddr to each host that is a name. libpq pairs the two lists by position, so a host that
// resolves to several addresses is given its first; the others are tried when the name is resolved
// again.
Task<Result<>> resolve(Options& options) {
  const std::string* host = options.find("host");
  if (host == nullptr || host->empty() || options.find("hostaddr") != nullptr) {
    co_return Result<>{};
  }
  asio::ip::tcp::resolver resolver(co_await asio::this_coro::executor);
  std::string addresses;
  for (std::size_t begin = 0; begin <= host->size();) {
    const std::size_t end = std::min(host->find(',', begin), host->size());
    const std::string name = host->substr(begin, end - begin);
    if (begin > 0) addresses.push_back(',');
    begin = end + 1;
    if (name.empty() || name.front() == '/' || name.front() == '@') continue;
    const auto [error, found] = co_await resolver.async_resolve(name, "", kAwait);
    if (error || found.empty()) {
      co_return failure(ErrorCode::unavailable, "the name of the database's host is not known");
    }
    addresses += found.begin()->endpoint().address().to_string();
  }
  if (addresses.find_first_not_of(',') != std::string::npos) {
    options.items.emplace_back("hostaddr", addresses);
  }
  co_return Result<>{};
}

// libpq's first line says where it knocked and what came back (address, user, reason), never the
// password. It is for operators: a pool's callers only hear that the database is away.
std::unexpected<Error> refusal(const pg_conn* handle) {
  const std::string said = handle == nullptr ? "" : PQerrorMessage(handle);
  return failure(ErrorCode::unavailable,
                 "the database cannot be reached: " + said.substr(0, said.find('\n')));
}

void ignore_notice(void*, const PGresult*) {}

pg_conn* start(const Options& options) {
  std::vector<const char*> names;
  std::vector<const char*> values;
  for (const auto& [name, value] : options.items) {
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  return PQconnectStartParams(names.data(), values.data(), 0);
}

}  // namespace

struct Link::Socket {
  Socket(const asio::any_io_executor& executor, int file_descriptor)
      : descriptor(executor, file_descriptor) {}
  // libpq owns the file descriptor and closes it.
  ~Socket() { descriptor.release(); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  asio::posix::stream_descriptor descriptor;
};

Task<Result<std::unique_ptr<Link>>> Link::connect(std::string url) {
  auto options = parse_url(url);
  if (!options) co_return std::unexpected(options.error());
  if (options->find("application_name") == nullptr) {
    options->items.emplace_back("application_name", "antiphon");
  }
  if (auto resolved = co_await resolve(*options); !resolved) {
    co_return std::unexpected(resolved.error());
  }
  std::unique_ptr<Link> link(new Link(start(*options)));
  if (auto connected = co_await finish_connecting(*link); !connected) {
    co_return std::unexpected(connected.error());
  }
  co_return link;
}

Task<Result<>> Link::finish_connecting(Link& link) {
  if (link.handle_ == nullptr || PQstatus(link.handle_) == CONNECTION_BAD) {
    co_return refusal(link.handle_);
  }
  const auto executor = co_await asio::this_coro::executor;
  auto progress = PGRES_POLLING_WRITING;
  while (progress != PGRES_POLLING_OK) {
    // libpq may change its socket at each step: another address, or TLS refused and tried without.
    link.socket_ = std::make_unique<Socket>(executor, PQsocket(link.handle_));
    const bool ready = co_await link.wait(progress == PGRES_POLLING_READING ? Readiness::readable
                                                                            : Readiness::writable);
    link.socket_.reset();
    if (!ready) co_return failure(ErrorCode::cancelled, "connecting was cancelled");
    progress = PQconnectPoll(link.handle_);
    if (progress == PGRES_POLLING_FAILED) co_return refusal(link.handle_);
  }
  link.socket_ = std::make_unique<Socket>(executor, PQsocket(link.handle_));
  PQsetnonblocking(link.handle_, 1);
  PQsetNoticeReceiver(link.handle_, ignore_notice, nullptr);
  co_return Result<>{};
}

Link::Link(pg_conn* handle) : handle_(handle) {}

Link::~Link() { close(); }

Task<bool> Link::wait(Readiness readiness) {
  if (!socket_) co_return false;
  using Descriptor = asio::posix::stream_descriptor;
  const auto what =
      readiness == Readiness::readable ? Descriptor::wait_read : Descriptor::wait_write;
  const auto [error] = co_await socket_->descriptor.async_wait(what, kAwait);
  co_return !error;
}

void Link::on(Readiness readiness, std::move_only_function<void(bool)> then) {
  using Descriptor = asio::posix::stream_descriptor;
  const auto what =
      readiness == Readiness::readable ? Descriptor::wait_read : Descriptor::wait_write;
  socket_->descriptor.async_wait(
      what,
      [then = std::move(then)](const boost::system::error_code& error) mutable { then(!error); });
}

void Link::close() {
  socket_.reset();
  if (handle_ != nullptr) PQfinish(std::exchange(handle_, nullptr));
}

}  // namespace antiphon::store
