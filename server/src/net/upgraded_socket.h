// A server's connection on its way from HTTP to another protocol. Inside net/ only: it holds a socket.
#pragma once

#include "core/clock.h"
#include "core/log.h"
#include "core/metrics.h"

#include <boost/asio/ip/tcp.hpp>

#include <string>

namespace antiphon {

struct UpgradedSocket {
  boost::asio::ip::tcp::socket socket;
  std::string received;  // the request's head as it came, and what followed it
  Clock& clock;
  Metrics& metrics;
};

}  // namespace antiphon
