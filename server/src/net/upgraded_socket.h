// A server's connection on its way from HTTP to another protocol. Inside net/ only: it holds a
// socket.
#pragma once

#include "core/clock.h"
#include "net/metrics.h"
#include "net/tls_identity.h"

#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <string>

namespace antiphon {

struct UpgradedSocket {
  boost::asio::ip::tcp::socket socket;
  std::string received;  // what followed the request's head
  Clock& clock;
  std::shared_ptr<WebSocketMetrics> counts;  // also the server's
  std::unique_ptr<TlsSession> tls;           // null: plain TCP
};

}  // namespace antiphon
