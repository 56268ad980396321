#include "transports/webrtc/webrtc_port.h"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <array>
#include <utility>

namespace antiphon {

Result<std::unique_ptr<WebRtcPort>> WebRtcPort::open(const Executor& executor, Clock& clock,
                                                     WebRtcMetrics& metrics, std::uint16_t port) {
  auto socket = UdpSocket::open(executor, port);
  if (!socket) return std::unexpected(socket.error());
  std::unique_ptr<WebRtcPort> made(new WebRtcPort(executor, clock, metrics, std::move(*socket)));
  boost::asio::post(executor, [self = made.get()] {
    self->receiving_.spawn(
        self->socket_->run([self](std::span<std::byte> datagram, const UdpEndpoint& from) {
          self->take(datagram, from);
        }));
  });
  return made;
}

WebRtcPort::WebRtcPort(const Executor& executor, Clock& clock, WebRtcMetrics& metrics,
                       std::unique_ptr<UdpSocket> socket)
    : executor_(executor),
      clock_(clock),
      metrics_(metrics),
      socket_(std::move(socket)),
      receiving_(executor),
      stopping_(executor) {}

void WebRtcPort::add(std::shared_ptr<CallLink> link, IceCredentials ours, std::string theirs) {
  boost::asio::post(executor_, [this, link = std::move(link), ours = std::move(ours),
                                theirs = std::move(theirs)]() mutable {
    table_.add(link->peer, ours, theirs);
    links_.insert_or_assign(link->peer, std::move(link));
  });
}

void WebRtcPort::remove(PeerNumber peer) {
  boost::asio::post(executor_, [this, peer] {
    table_.remove(peer);
    links_.erase(peer);
  });
}

void WebRtcPort::send(std::span<const std::byte> datagram, const UdpEndpoint& to) noexcept {
  if (!socket_->send(datagram, to)) metrics_.unsent.add();
}

Task<> WebRtcPort::stop() {
  const Executor here = co_await boost::asio::this_coro::executor;
  const auto ended = std::make_shared<Mailbox<bool>>(here, 1, WhenFull::refuse);
  auto drain = [](TaskGroup& receiving, std::shared_ptr<Mailbox<bool>> done) -> Task<> {
    receiving.cancel();
    co_await receiving.join();
    done->push(true);
  };
  boost::asio::post(executor_, [this, drain, ended] {
    table_ = {};
    links_.clear();
    stopping_.spawn(drain(receiving_, ended));
  });
  const auto received = co_await ended->receive();
  static_cast<void>(received);
}

void WebRtcPort::take(std::span<std::byte> datagram, const UdpEndpoint& from) {
  if (looks_like_stun(datagram)) return take_stun(datagram, from);
  const auto peer = table_.find(from);
  if (!peer) {
    metrics_.unvalidated.add();
    return;
  }
  CallDatagram given{.bytes = {datagram.begin(), datagram.end()}, .from = from};
  if (!links_.at(*peer)->datagrams.push(std::move(given))) metrics_.overrun.add();
}

void WebRtcPort::take_stun(std::span<const std::byte> datagram, const UdpEndpoint& from) {
  std::array<std::byte, kStunBytesMax> answer;
  const auto checked = table_.check(datagram, from, answer);
  if (!checked) {
    metrics_.checks_refused.add();
    return;
  }
  links_.at(checked->peer)->checked_at = clock_.now().time_since_epoch().count();
  send(std::span(answer).first(checked->size), from);
}

}  // namespace antiphon
