#include "transports/webrtc/webrtc_call.h"

#include <utility>

namespace antiphon {

namespace {

constexpr std::uint16_t kCloseRestart = 1012;
constexpr std::uint8_t kDtlsFirst = 20;  // RFC 7983
constexpr std::uint8_t kDtlsLast = 63;

bool looks_like_dtls(std::span<const std::byte> datagram) {
  const auto first = std::to_integer<std::uint8_t>(datagram[0]);
  return first >= kDtlsFirst && first <= kDtlsLast;
}

}  // namespace

WebRtcCall::WebRtcCall(const Parts& parts, std::shared_ptr<CallLink> link, Wanted wanted)
    : host_(parts.host),
      clock_(parts.clock),
      port_(parts.port),
      metrics_(parts.metrics),
      link_(std::move(link)),
      wanted_(std::move(wanted)),
      events_(link_->executor, clock_,
              [this](const ClientMessage& message) { take_message(message); }),
      dtls_(parts.identity.begin(wanted_.stream.role,
                                 [this](std::span<const std::byte> datagram) {
                                   if (dtls_path_) port_.send(datagram, *dtls_path_);
                                 })),
      changed_(link_->executor) {
  metrics_.active.add(1);
  link_->call = this;
}

WebRtcCall::~WebRtcCall() {
  link_->call = nullptr;
  metrics_.active.add(-1);
}

Task<std::optional<EndReason>> WebRtcCall::run(SessionPlan plan) {
  TaskGroup tasks(link_->executor);
  tasks.spawn(receive_all());
  tasks.spawn(keep_time());
  if (co_await connect()) {
    auto session = host_.start(std::move(plan), *this, link_->executor);
    if (session) {
      session_ = std::move(*session);
      while (!ending_) {
        if (!co_await changed_.wait()) break;
      }
      session_->hang_up(ending_ ? ending_->reason : EndReason::transport_lost);
      co_await session_->closed();
    } else {
      const ErrorCode code = session.error().code;
      const bool full = code == ErrorCode::resource_exhausted || code == ErrorCode::unavailable;
      if (code == ErrorCode::closed) {  // ended over the API while it connected
        end({EndReason::transport_lost, kCloseNormal, session.error().message});
      } else {
        end({EndReason::failure, full ? kCloseTryAgain : kCloseInternal, session.error().message});
      }
    }
  }
  co_await say_farewell();
  port_.remove(link_->peer);
  link_->datagrams.close();
  tasks.cancel();
  co_await tasks.join();
  if (session_) co_return std::nullopt;
  co_return ending_ ? ending_->reason : EndReason::transport_lost;
}

// False when it ended before the first key.
Task<bool> WebRtcCall::connect() {
  const Timepoint begun = clock_.now();
  while (!media_ && !ending_) {
    if (clock_.now() >= begun + kConnectPatience) {
      end({EndReason::transport_lost, kClosePolicy,
           "no media path: is UDP to the server blocked?"});
    } else if (!co_await changed_.wait()) {
      break;
    }
  }
  if (!media_) {
    metrics_.never_connected.add();
    co_return false;
  }
  const std::chrono::duration<double> took = clock_.now() - begun;
  metrics_.connect_seconds.observe(took.count());
  co_return !ending_;
}

Task<> WebRtcCall::say_farewell() {
  if (ending_ && ending_->is_ours) {
    const auto slept = co_await clock_.sleep_for(kFarewellPause);
    static_cast<void>(slept);
  }
  if (media_) transmit(media_->write_report(clock_.now(), clock_.wall(), Farewell::yes));
  dtls_->close();
  co_await events_.close(ending_ ? ending_->close_code : kCloseNormal,
                         ending_ ? ending_->why : std::string());
}

Task<> WebRtcCall::receive_all() {
  while (auto datagram = co_await link_->datagrams.receive())
    take(std::move(*datagram));
}

// Nothing else looks at the clock: the handshake's lost flights, reports, and consent.
Task<> WebRtcCall::keep_time() {
  while (true) {
    const bool connecting = !media_;
    if (!co_await clock_.sleep_for(connecting ? Duration(kHandshakeLook) : kReportInterval)) {
      co_return;
    }
    if (connecting) {
      dtls_->retransmit();
      changed_.notify();
    } else if (!has_consent()) {
      metrics_.consent_lost.add();
      end({EndReason::transport_lost, kClosePolicy, "the peer's ICE fell silent"});
    } else if (media_) {
      transmit(media_->write_report(clock_.now(), clock_.wall(), Farewell::no));
    }
  }
}

bool WebRtcCall::has_consent() const {
  const Timepoint checked{Duration(link_->checked_at.load())};
  return clock_.now() < checked + kConsent;
}

void WebRtcCall::take(CallDatagram datagram) {
  if (datagram.bytes.empty() || ending_) return;
  if (looks_like_dtls(datagram.bytes)) return take_dtls(datagram);
  if (media_ && looks_like_rtp(datagram.bytes)) return take_media(datagram);
  metrics_.malformed.add();
}

void WebRtcCall::take_dtls(const CallDatagram& datagram) {
  dtls_path_ = datagram.from;
  dtls_->receive(datagram.bytes);
  if (dtls_->has_failed()) {
    end({EndReason::transport_lost, kClosePolicy, "the DTLS handshake failed"});
  } else if (dtls_->is_closed()) {
    hang_up();
  } else if (dtls_->is_connected() && !media_) {
    begin_media(datagram.from);
  }
}

void WebRtcCall::begin_media(const UdpEndpoint& from) {
  if (dtls_->peer_fingerprint() != wanted_.fingerprint) {
    return end({EndReason::transport_lost, kClosePolicy,
                "the peer's certificate is not the one of its offer"});
  }
  const auto keys = dtls_->srtp_keys();
  if (!keys) return end({EndReason::failure, kClosePolicy, keys.error().message});
  auto media = CallMedia::make(*keys, wanted_.stream, metrics_, [this](const AudioFrame& frame) {
    if (session_) session_->receive(frame);
  });
  if (!media) return end({EndReason::failure, kCloseInternal, media.error().message});
  media_ = std::move(*media);
  path_ = from;
  changed_.notify();
}

// The audio goes where authentic packets come from: a stranger, or a request that somebody repeats
// from elsewhere, does not move it.
void WebRtcCall::take_media(CallDatagram& datagram) {
  const CallMedia::Taken taken = media_->take(datagram.bytes, clock_.now());
  if (!taken.is_authentic) return;
  if (path_ != datagram.from) {
    path_ = datagram.from;
    metrics_.path_changes.add();
  }
  if (taken.says_goodbye) hang_up();
}

void WebRtcCall::take_message(const ClientMessage& message) {
  if (const auto* const typed = std::get_if<TypedMessage>(&message)) {
    if (session_) session_->receive_text(std::string(typed->text.value()));
  } else {
    hang_up();
  }
}

void WebRtcCall::end(Ending ending) {
  if (!ending_) ending_ = std::move(ending);
  changed_.notify();
}

void WebRtcCall::hang_up() { end({EndReason::caller_hung_up, kCloseNormal, {}}); }

void WebRtcCall::stop() {
  end({EndReason::transport_lost, kCloseRestart, "the server is stopping"});
}

void WebRtcCall::transmit(std::span<const std::byte> packet) noexcept {
  if (!packet.empty() && path_) port_.send(packet, *path_);
}

void WebRtcCall::send(const AudioFrame& frame) {
  if (media_) transmit(media_->write(frame, clock_.now()));
}

// What we have sent is at most a jitter buffer ahead of what is heard.
void WebRtcCall::clear() { events_.add(R"({"type":"clear"})"); }

void WebRtcCall::notify(const SessionNotice& notice) { events_.add(notice.json); }

void WebRtcCall::finish(EndReason reason) {
  const bool failed = reason == EndReason::failure;
  end({reason, failed ? kCloseInternal : kCloseNormal, failed ? "the conversation failed" : "",
       true});
}

}  // namespace antiphon
