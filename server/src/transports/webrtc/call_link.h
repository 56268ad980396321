// What the port's thread, the API loop and one call share: the way in to the call.
//
// Limits  kDatagramsMax wait; more are refused and counted.
// Thread  as each member says.
#pragma once

#include "core/clock.h"
#include "core/mailbox.h"
#include "core/task_group.h"
#include "net/udp_socket.h"
#include "transports/webrtc/peer_table.h"

#include <atomic>
#include <functional>
#include <utility>
#include <vector>

namespace antiphon {

class WebRtcCall;

struct CallDatagram {
  std::vector<std::byte> bytes;
  UdpEndpoint from;
};

struct CallLink {
  static constexpr std::size_t kDatagramsMax = 64;

  CallLink(Executor on, PeerNumber peer_number, Timepoint now)
      : executor(std::move(on)),
        peer(peer_number),
        datagrams(executor, kDatagramsMax, WhenFull::refuse),
        checked_at(now.time_since_epoch().count()) {}

  const Executor executor;  // the call's
  const PeerNumber peer;
  Mailbox<CallDatagram> datagrams;  // pushed by the port's thread
  // When the peer last showed the password: its consent to be sent to. Any thread.
  std::atomic<Duration::rep> checked_at;
  // Null before the call began and after it ended. On `executor` alone.
  WebRtcCall* call = nullptr;
};

}  // namespace antiphon
