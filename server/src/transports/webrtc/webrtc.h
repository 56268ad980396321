// The routes of WebRTC calls, in the manner of WHIP: docs/reference/webrtc.md.
//
//   POST   /webrtc/offer                    a token and an offer; 201, the answer, Location
//   GET    /webrtc/sessions/{id}/events     a WebSocket with the call's events
//   PATCH  /webrtc/sessions/{id}            an ICE restart
//   DELETE /webrtc/sessions/{id}            hangs up
//
// Who knows the id of a session may do all of that: 128 random bits that are in the answer alone.
// Limits  kConnectingMax calls that are not connected yet.
// Errors  before the token is used up: 422 offer, 413, 503; then 401 token, 404, 409.
// Thread  every member: the API loop.
// Source  RFC 9725 (WHIP), RFC 8840 (fragments).
#pragma once

#include "core/clock.h"
#include "core/log.h"
#include "core/metrics.h"
#include "core/random.h"
#include "net/dtls.h"
#include "net/http.h"
#include "net/loop.h"
#include "ports/conversation_planner.h"
#include "ports/session_host.h"
#include "transports/call_workers.h"
#include "transports/webrtc/negotiation.h"
#include "transports/webrtc/webrtc_call.h"
#include "transports/webrtc/webrtc_port.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace antiphon {

struct WebRtcSettings {
  std::uint16_t port = 0;                  // UDP; 0 chooses one
  std::vector<IpAddress> addresses;        // that a peer is told; empty: the machine's own
  Loopback loopback = Loopback::left_out;  // of the machine's own
};

class WebRtc {
 public:
  static constexpr std::size_t kConnectingMax = 256;

  struct Parts {
    Executor executor;  // of the API loop
    ConversationPlanner& planner;
    SessionHost& host;
    Clock& clock;
    Random& random;
    Log& log;
    Metrics& metrics;
  };

  explicit WebRtc(const Parts& parts);
  ~WebRtc();

  // Errors: unavailable (the port is taken), internal.
  [[nodiscard]] Result<> start(WebRtcSettings settings);
  Task<> offer(Request request, ResponseWriter& writer);
  Task<> events(Request request, ResponseWriter& writer);
  Task<> restart(Request request, ResponseWriter& writer);
  Task<> hang_up(Request request, ResponseWriter& writer);
  // Ends every call and waits for its last words. The workers' loops still run.
  Task<> stop();

 private:
  // The running calls by their secret; the calls share it, to leave it when they end.
  using Registry = std::map<std::string, std::shared_ptr<CallLink>, std::less<>>;

  [[nodiscard]] Task<Result<Negotiated>> admit(const Request& request);
  [[nodiscard]] Response begin(const Negotiated& offer, SessionPlan plan);
  [[nodiscard]] std::shared_ptr<CallLink> find(const Request& request) const;
  [[nodiscard]] std::vector<SdpCandidate> candidates() const;
  [[nodiscard]] IceCredentials make_credentials();
  [[nodiscard]] std::string make_secret(std::size_t bytes);
  Task<> refuse(const Error& error, ResponseWriter& writer);

  Parts parts_;
  WebRtcMetrics metrics_;
  WebRtcSettings settings_;
  std::unique_ptr<DtlsIdentity> identity_;
  std::unique_ptr<Loop> loop_;
  std::unique_ptr<WebRtcPort> port_;
  std::shared_ptr<Registry> sessions_ = std::make_shared<Registry>();
  PeerNumber peers_ = 0;
  CallWorkers workers_;
};

}  // namespace antiphon
