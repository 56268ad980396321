// The one UDP port of all WebRTC calls: checks who sends, answers STUN, and hands on the rest.
//
//   auto port = WebRtcPort::open(loop.executor(), clock, metrics, 0);
//   port->add(link, ours, "theirs");
//   port->send(packet, peer_address);
//
// Limits  a datagram for a call that has CallLink::kDatagramsMax waiting is dropped and counted.
// Errors  open: as UdpSocket::open.
// Thread  add(), restart(), remove(), stop(): the API loop or a call's executor. send(): any.
//         The table itself: the port's executor.
#pragma once

#include "net/udp_socket.h"
#include "transports/webrtc/call_link.h"
#include "transports/webrtc/metrics.h"
#include "transports/webrtc/peer_table.h"

#include <map>
#include <memory>
#include <span>
#include <string>

namespace antiphon {

class WebRtcPort {
 public:
  [[nodiscard]] static Result<std::unique_ptr<WebRtcPort>> open(const Executor& executor,
                                                                Clock& clock,
                                                                WebRtcMetrics& metrics,
                                                                std::uint16_t port);

  [[nodiscard]] std::uint16_t port() const { return socket_->port(); }
  // Again for the same link: an ICE restart.
  void add(std::shared_ptr<CallLink> link, IceCredentials ours, std::string theirs);
  void remove(PeerNumber peer);
  void send(std::span<const std::byte> datagram, const UdpEndpoint& to) noexcept;
  // Nothing is received any more.
  Task<> stop();

 private:
  WebRtcPort(const Executor& executor, Clock& clock, WebRtcMetrics& metrics,
             std::unique_ptr<UdpSocket> socket);
  void take(std::span<std::byte> datagram, const UdpEndpoint& from);
  void take_stun(std::span<const std::byte> datagram, const UdpEndpoint& from);

  Executor executor_;
  Clock& clock_;
  WebRtcMetrics& metrics_;
  std::unique_ptr<UdpSocket> socket_;
  PeerTable table_;
  std::map<PeerNumber, std::shared_ptr<CallLink>> links_;  // the call is the other owner
  TaskGroup receiving_;
  TaskGroup stopping_;
};

}  // namespace antiphon
