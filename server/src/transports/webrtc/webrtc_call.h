// One spoken conversation over WebRTC.
//
// Lives on the session's executor from start to end; run() returns when the session has written its
// last words and the peer was told. The conversation begins with the first key: nothing is said to
// nobody.
// Limits  kConnectPatience from the answer to the first key; kConsent without a sign of the peer.
// Source  RFC 8827, RFC 7675 (consent), RFC 7983 (what a datagram is).
#pragma once

#include "core/clock.h"
#include "core/mailbox.h"
#include "core/task_group.h"
#include "net/dtls.h"
#include "ports/media_transport.h"
#include "ports/session_host.h"
#include "transports/webrtc/call_events.h"
#include "transports/webrtc/call_link.h"
#include "transports/webrtc/call_media.h"
#include "transports/webrtc/webrtc_port.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace antiphon {

class WebRtcCall final : public MediaTransport {
 public:
  static constexpr std::chrono::seconds kConnectPatience{30};
  static constexpr std::chrono::seconds kConsent{30};
  static constexpr std::chrono::milliseconds kHandshakeLook{50};
  static constexpr std::chrono::seconds kReportInterval{1};
  // The last words are still in the far side's jitter buffer when we have sent them.
  static constexpr std::chrono::milliseconds kFarewellPause{300};

  struct Parts {
    SessionHost& host;
    Clock& clock;
    const DtlsIdentity& identity;
    WebRtcPort& port;
    WebRtcMetrics& metrics;
  };
  struct Wanted {
    CallMedia::Stream stream;
    std::string fingerprint;  // that the peer must prove
  };

  WebRtcCall(const Parts& parts, std::shared_ptr<CallLink> link, Wanted wanted);
  ~WebRtcCall() override;

  // Nothing, or why no session came of the plan.
  Task<std::optional<EndReason>> run(SessionPlan plan);
  // The server stops. Safe at any time.
  void stop();
  // The page hung up, in whatever way.
  void hang_up();
  void attach(WebSocket socket, std::uint64_t seen) { events_.attach(std::move(socket), seen); }

  void send(const AudioFrame& frame) override;
  void clear() override;
  void notify(const SessionNotice& notice) override;
  void finish(EndReason reason) override;

 private:
  struct Ending {
    EndReason reason;
    std::uint16_t close_code;
    std::string why;
    bool is_ours = false;  // the session ended, not the wire
  };

  Task<> receive_all();
  Task<> keep_time();
  Task<bool> connect();
  Task<> say_farewell();
  void take(CallDatagram datagram);
  void take_dtls(const CallDatagram& datagram);
  void take_media(CallDatagram& datagram);
  void begin_media(const UdpEndpoint& from);
  void take_message(const ClientMessage& message);
  void end(Ending ending);
  [[nodiscard]] bool has_consent() const;
  void transmit(std::span<const std::byte> packet) noexcept;

  SessionHost& host_;
  Clock& clock_;
  WebRtcPort& port_;
  WebRtcMetrics& metrics_;
  std::shared_ptr<CallLink> link_;  // shared with the port and the API loop
  Wanted wanted_;
  CallEvents events_;
  std::unique_ptr<DtlsSession> dtls_;
  std::optional<UdpEndpoint> dtls_path_;
  std::unique_ptr<CallMedia> media_;
  std::optional<UdpEndpoint> path_;  // where authentic packets come from
  std::unique_ptr<SessionHandle> session_;
  std::optional<Ending> ending_;
  detail::Wakeup changed_;
};

}  // namespace antiphon
