#include "transports/webrtc/webrtc.h"

#include "crypto/hash.h"
#include "net/websocket.h"
#include "transports/call_request.h"
#include "transports/refusal_response.h"

#include <boost/asio/post.hpp>

#include <array>
#include <charconv>
#include <utility>

namespace antiphon {

namespace {

constexpr std::string_view kSdp = "application/sdp";
constexpr std::string_view kFragment = "application/trickle-ice-sdpfrag";
constexpr std::size_t kSessionSegment = 2;  // of /webrtc/sessions/{id}
constexpr std::size_t kSecretBytes = 16;
constexpr std::size_t kFragmentBytes = 8;

// A call, the plan that it will carry out, and what its end sets free.
class PlannedCall final : public CarriedCall {
 public:
  PlannedCall(std::unique_ptr<WebRtcCall> call, ConversationPlanner& planner, SessionPlan plan,
              std::function<void()> ended)
      : call_(std::move(call)),
        planner_(planner),
        plan_(std::move(plan)),
        ended_(std::move(ended)) {}

  Task<> run() override {
    if (const auto fruitless = co_await call_->run(plan_)) planner_.abandon(plan_, *fruitless);
    ended_();
  }
  void stop() override { call_->stop(); }

 private:
  std::unique_ptr<WebRtcCall> call_;
  ConversationPlanner& planner_;
  SessionPlan plan_;
  std::function<void()> ended_;
};

std::string token_of(const Request& request) {
  if (const auto parameter = request.parameter("token")) return std::string(*parameter);
  return std::string(bearer_of(request));
}

std::uint64_t seen_by(const Request& request) {
  const auto text = request.parameter("after").value_or("0");
  std::uint64_t seen = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), seen);
  return read.ec == std::errc{} ? seen : 0;
}

std::uint32_t number_of(Random& random) { return static_cast<std::uint32_t>(random.next()); }

}  // namespace

WebRtc::WebRtc(const Parts& parts) : parts_(parts), metrics_(parts.metrics) {}
WebRtc::~WebRtc() = default;

Result<> WebRtc::start(WebRtcSettings settings) {
  settings_ = std::move(settings);
  if (settings_.addresses.empty()) settings_.addresses = local_addresses(settings_.loopback);
  if (settings_.addresses.empty()) settings_.addresses = local_addresses(Loopback::included);
  auto identity = DtlsIdentity::make(parts_.clock.wall());
  if (!identity) return std::unexpected(identity.error());
  auto loop = std::make_unique<Loop>("webrtc", parts_.clock, parts_.metrics);
  auto port = WebRtcPort::open(loop->executor(), parts_.clock, metrics_, settings_.port);
  if (!port) return std::unexpected(port.error());
  identity_ = std::move(*identity);
  loop_ = std::move(loop);
  port_ = std::move(*port);
  parts_.log.info("webrtc.listening", {{"udp_port", port_->port()}});
  return {};
}

std::string WebRtc::make_secret(std::size_t bytes) {
  std::array<std::byte, 32> random{};
  const auto used = std::span(random).first(bytes);
  parts_.random.fill(used);
  return to_hex(used);
}

IceCredentials WebRtc::make_credentials() {
  return {.fragment = make_secret(kFragmentBytes), .password = make_secret(kSecretBytes)};
}

std::vector<SdpCandidate> WebRtc::candidates() const {
  std::vector<SdpCandidate> all;
  for (const IpAddress& address : settings_.addresses)
    all.push_back({.address = address.to_string(), .port = port_->port()});
  return all;
}

Task<> WebRtc::refuse(const Error& error, ResponseWriter& writer) {
  metrics_.refused.add();
  const auto sent = co_await writer.send(refusal_response(error));
  static_cast<void>(sent);
}

// Everything that can be said before the token is used up: the page may then try again with it.
Task<Result<Negotiated>> WebRtc::admit(const Request& request) {
  if (!port_) co_return failure(ErrorCode::unavailable, "WebRTC does not run here");
  if (auto room = parts_.host.room(); !room) co_return std::unexpected(room.error());
  if (sessions_->size() >= parts_.host.active_count() + kConnectingMax) {
    co_return failure(ErrorCode::unavailable, "too many calls are about to connect");
  }
  auto ready = co_await parts_.host.ready(parts_.clock.now());
  if (!ready) co_return std::unexpected(ready.error());
  co_return negotiate(request.body);
}

Task<> WebRtc::offer(Request request, ResponseWriter& writer) {
  auto offered = co_await admit(request);
  if (!offered) co_return co_await refuse(offered.error(), writer);
  auto plan = co_await parts_.planner.plan(token_of(request));
  if (!plan) co_return co_await refuse(plan.error(), writer);
  const auto sent = co_await writer.send(begin(*offered, std::move(*plan)));
  // A page that has gone meanwhile never connects, and the call ends by that.
  static_cast<void>(sent);
}

Response WebRtc::begin(const Negotiated& offered, SessionPlan plan) {
  const Executor executor = parts_.host.pick_executor();
  const auto link = std::make_shared<CallLink>(executor, ++peers_, parts_.clock.now());
  const std::string id = make_secret(kSecretBytes);
  const IceCredentials ours = make_credentials();
  sessions_->emplace(id, link);
  port_->add(link, ours, offered.theirs.fragment);
  WebRtcCall::Wanted wanted;
  wanted.fingerprint = offered.fingerprint;
  wanted.stream = {.payload_type = offered.codec.payload_type,
                   .ssrc = number_of(parts_.random),
                   .first_sequence = static_cast<std::uint16_t>(parts_.random.next()),
                   .first_timestamp = number_of(parts_.random)};
  SdpAnswer answer{.medium = offered.medium,
                   .codec = offered.codec,
                   .parameters = std::string(opus_parameters()),
                   .ice = ours,
                   .fingerprint = identity_->fingerprint(),
                   .session = parts_.random.next() >> 2,
                   .ssrc = wanted.stream.ssrc,
                   .candidates = candidates()};
  auto ended = [sessions = sessions_, id, api = parts_.executor] {
    boost::asio::post(api, [sessions, id] { sessions->erase(id); });
  };
  workers_.carry(executor, [this, link, wanted = std::move(wanted), ended = std::move(ended),
                            what = std::move(plan)]() mutable {
    auto call = std::make_unique<WebRtcCall>(
        WebRtcCall::Parts{parts_.host, parts_.clock, *identity_, *port_, metrics_}, link,
        std::move(wanted));
    return std::make_unique<PlannedCall>(std::move(call), parts_.planner, std::move(what),
                                         std::move(ended));
  });
  return {.status = 201,
          .headers = {{"Content-Type", std::string(kSdp)}, {"Location", "/webrtc/sessions/" + id}},
          .body = write_sdp_answer(offered.offer, answer)};
}

std::shared_ptr<CallLink> WebRtc::find(const Request& request) const {
  if (request.segments.size() <= kSessionSegment) return nullptr;
  const auto found = sessions_->find(request.segments[kSessionSegment]);
  return found == sessions_->end() ? nullptr : found->second;
}

Task<> WebRtc::events(Request request, ResponseWriter& writer) {
  const auto link = find(request);
  if (!link) {
    co_return co_await refuse({ErrorCode::not_found, "there is no such call"}, writer);
  }
  auto socket = co_await accept_websocket(
      request, writer, {.limits = call_socket_limits(), .executor = link->executor});
  if (!socket) co_return;
  boost::asio::post(link->executor,
                    [link, seen = seen_by(request), wire = std::move(*socket)]() mutable {
                      // The call may have ended meanwhile: the socket is then cut.
                      if (link->call != nullptr) link->call->attach(std::move(wire), seen);
                    });
}

Task<> WebRtc::restart(Request request, ResponseWriter& writer) {
  const auto link = find(request);
  if (!link) {
    co_return co_await refuse({ErrorCode::not_found, "there is no such call"}, writer);
  }
  const auto theirs = parse_ice_credentials(request.body);
  if (!theirs) co_return co_await refuse(theirs.error(), writer);
  const IceCredentials ours = make_credentials();
  port_->add(link, ours, theirs->fragment);
  Response response{.status = 200, .body = write_sdp_fragment(ours, candidates())};
  response.headers.add("Content-Type", std::string(kFragment));
  const auto sent = co_await writer.send(std::move(response));
  static_cast<void>(sent);
}

Task<> WebRtc::hang_up(Request request, ResponseWriter& writer) {
  const auto link = find(request);
  if (!link) {
    co_return co_await refuse({ErrorCode::not_found, "there is no such call"}, writer);
  }
  boost::asio::post(link->executor, [link] {
    if (link->call != nullptr) link->call->hang_up();
  });
  const auto sent = co_await writer.send({.status = 204, .headers = {}, .body = {}});
  static_cast<void>(sent);
}

Task<> WebRtc::stop() {
  co_await workers_.stop();
  if (!port_) co_return;
  co_await port_->stop();
  loop_->stop();
}

}  // namespace antiphon
