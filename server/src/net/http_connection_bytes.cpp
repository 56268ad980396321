// The half of HttpConnection that moves bytes, with TLS or without.
#include "net/http_connection.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>

namespace antiphon {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kReadBytes = 16 * 1024;
// A ClientHello with every extension there is has 2 kB.
constexpr std::size_t kHandshakeBytesMax = 64 * 1024;

// Its caller awaits it, and nobody else touches the session meanwhile.
Task<TlsSession::Step> compute(TlsSession& session) {
  co_await asio::this_coro::throw_if_cancelled(false);
  co_return session.handshake();
}

bool looks_like_http(std::string_view bytes) {
  return !bytes.empty() && bytes.front() >= 'A' && bytes.front() <= 'Z';
}

}  // namespace

Task<bool> HttpConnection::shake_hands() {
  tls_ = context_->tls->accept();
  enter(Phase::handshake, context_->limits.header_timeout);
  std::size_t received = 0;
  auto step = TlsSession::Step::wants_input;
  while (tls_ && step == TlsSession::Step::wants_input) {
    std::string chunk;
    auto outcome = receive(chunk);
    while (outcome == Io::blocked && !is_expired_ && phase_ != Phase::closed) {
      co_await socket_.async_wait(asio::ip::tcp::socket::wait_read,
                                  asio::as_tuple(asio::use_awaitable));
      if (!is_expired_ && phase_ != Phase::closed) outcome = receive(chunk);
    }
    if (outcome != Io::done) break;
    if (received == 0 && looks_like_http(chunk)) co_return co_await speak_plainly();
    received += chunk.size();
    if (received > kHandshakeBytesMax) break;
    tls_->feed(chunk);
    std::optional<TlsSession::Step> computed;
    co_await asio::co_spawn(*context_->handshakes, detail::store_result(compute(*tls_), computed),
                            asio::use_awaitable);
    step = *computed;
    if (!co_await flush()) break;
  }
  if (step == TlsSession::Step::done && phase_ != Phase::closed) co_return true;
  context_->counts.refused(Refusal::handshake_failed);
  co_return false;
}

// Somebody left out the "s": tell him, in the words he understands.
Task<bool> HttpConnection::speak_plainly() {
  tls_.reset();
  co_await refuse(Refusal::tls_expected);
  co_return false;
}

HttpConnection::Io HttpConnection::receive(std::string& into) {
  // On the stack for the moment of the read: an idle connection holds no buffer.
  std::array<char, kReadBytes> chunk;
  boost::system::error_code error;
  const auto count = socket_.read_some(asio::buffer(chunk), error);
  if (error == asio::error::would_block) return Io::blocked;
  if (error) return Io::ended;
  into.append(chunk.data(), count);
  return Io::done;
}

HttpConnection::Io HttpConnection::read_now() { return tls_ ? read_tls() : receive(buffer_); }

HttpConnection::Io HttpConnection::read_tls() {
  while (true) {
    switch (tls_->read(buffer_)) {
      case TlsSession::Step::done:
        return Io::done;
      case TlsSession::Step::ended:
        return Io::ended;
      case TlsSession::Step::wants_input:
        break;
    }
    std::string chunk;
    const auto outcome = receive(chunk);
    if (outcome != Io::done) return outcome;
    tls_->feed(chunk);
  }
}

// One record is encrypted when the one before it is with the kernel.
HttpConnection::Io HttpConnection::write_now(std::string_view& first, std::string_view& second) {
  boost::system::error_code error;
  if (!tls_) {
    const std::array<asio::const_buffer, 2> buffers{asio::buffer(first.data(), first.size()),
                                                    asio::buffer(second.data(), second.size())};
    const auto count = socket_.write_some(buffers, error);
    if (error == asio::error::would_block) return Io::blocked;
    if (error) return Io::ended;
    const auto of_first = std::min(count, first.size());
    first.remove_prefix(of_first);
    second.remove_prefix(count - of_first);
    return Io::done;
  }
  if (tls_->output().empty()) {
    auto& next = first.empty() ? second : first;
    const auto count = std::min(next.size(), kReadBytes);
    if (!tls_->write(next.substr(0, count))) return Io::ended;
    next.remove_prefix(count);
  }
  const auto output = tls_->output();
  const auto count = socket_.write_some(asio::buffer(output.data(), output.size()), error);
  if (error == asio::error::would_block) return Io::blocked;
  if (error) return Io::ended;
  tls_->take_sent(count);
  return Io::done;
}

Task<bool> HttpConnection::flush() { co_return co_await write_all({}, {}); }

Task<bool> HttpConnection::write_all(std::string_view first, std::string_view second) {
  const auto is_left = [&] {
    return !first.empty() || !second.empty() || (tls_ && !tls_->output().empty());
  };
  const Phase before = phase_;
  while (is_left()) {
    if (phase_ == Phase::closed) co_return false;
    if (before != Phase::handshake) enter(Phase::writing, context_->limits.write_timeout);
    auto outcome = write_now(first, second);
    while (outcome == Io::blocked && phase_ != Phase::closed && !is_given_up()) {
      co_await socket_.async_wait(asio::ip::tcp::socket::wait_write,
                                  asio::as_tuple(asio::use_awaitable));
      if (phase_ != Phase::closed && !is_given_up()) outcome = write_now(first, second);
    }
    if (outcome != Io::done) {
      close_now();
      co_return false;
    }
  }
  co_return phase_ != Phase::closed;
}

// A handshake's deadline is for all of it; any other write has its own, which closes the socket.
bool HttpConnection::is_given_up() const { return phase_ == Phase::handshake && is_expired_; }

}  // namespace antiphon
