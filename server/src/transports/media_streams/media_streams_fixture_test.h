// The carriers' sockets on a real server, called by real WebSocket clients, all on one manual
// clock.
#pragma once

#include "net/server_fixture_test.h"
#include "net/websocket_client.h"
#include "transports/media_streams/media_streams.h"
#include "transports/scripted_host_test.h"

#include <list>
#include <optional>
#include <string>
#include <vector>

namespace antiphon {

// Knows the token "good", and the key "antiphon_good" with any agent.
class ScriptedCarrierPlanner final : public CarrierCallPlanner {
 public:
  Task<Result<SessionPlan>> plan(CarrierCall call) override {
    calls.push_back(call);
    if (refusal) co_return std::unexpected(*refusal);
    const bool known = call.token == "good" || (call.key == "antiphon_good" && !call.agent.empty());
    if (!known) co_return failure(ErrorCode::unauthenticated, "the token is wrong");
    co_return SessionPlan{};
  }
  Task<Result<std::string>> open(CarrierCall call) override {
    calls.push_back(call);
    if (refusal) co_return std::unexpected(*refusal);
    if (call.key != "antiphon_good") co_return failure(ErrorCode::unauthenticated, "no such key");
    co_return "a1.fresh";
  }
  Task<Result<std::optional<Sensitive<std::string>>>> signing_secret(CarrierCall call) override {
    using Found = std::optional<Sensitive<std::string>>;
    if (call.key != "antiphon_good") co_return failure(ErrorCode::unauthenticated, "no such key");
    co_return secret.empty() ? Found() : Found(Sensitive(secret));
  }
  void abandon(const SessionPlan&, EndReason reason) override { abandoned.push_back(reason); }

  std::optional<Error> refusal;
  std::string secret;
  std::vector<CarrierCall> calls;
  std::vector<EndReason> abandoned;
};

struct Carrier {
  std::optional<WebSocket> socket;
  std::vector<std::string> messages;
  bool ended = false;
  std::optional<std::uint16_t> close_code;
};

class MediaStreamsTest : public HttpServerTest {
 protected:
  MediaStreamsTest() {
    serve(
        [this](Request request, ResponseWriter& writer) {
          const StreamDialect dialect = request.segments.at(1) == "twilio"   ? StreamDialect::twilio
                                        : request.segments.at(1) == "telnyx" ? StreamDialect::telnyx
                                                                             : StreamDialect::plivo;
          return streams_.handle(dialect, std::move(request), writer);
        },
        {}, {.websocket = Upgrade::allowed});
  }
  ~MediaStreamsTest() override {
    for (Carrier& carrier : carriers_)
      hang_up(carrier);
    TaskGroup group(loop_.get_executor());
    group.spawn(streams_.stop());
    for (int i = 0; i < 50 && group.size() > 0; ++i)
      advance(std::chrono::milliseconds(100));
    CHECK(group.size() == 0, "the transport stops");
    HttpServerTest::stop();
  }

  std::string shake_hands() {
    return ask_once(
        "GET /audio/twilio HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  }
  Carrier& connect(std::string target) {
    const std::string url = "ws://127.0.0.1:" + std::to_string(server_->port()) + target;
    auto socket = run(loop_, connect_websocket(clock_, {.url = url}));
    CHECK(socket.has_value(), "the handshake succeeds");
    Carrier& carrier = carriers_.emplace_back();
    carrier.socket.emplace(std::move(*socket));
    reading_.spawn(read(carrier));
    settle();
    return carrier;
  }
  Carrier& call_twilio(std::string parameters = R"("token":"good")") {
    Carrier& carrier = connect("/audio/twilio");
    say(carrier, R"({"event":"connected","protocol":"Call","version":"1.0.0"})");
    say(carrier, twilio_start(parameters));
    return carrier;
  }
  static std::string twilio_start(const std::string& parameters) {
    return R"({"event":"start","sequenceNumber":"1","start":{"accountSid":"AC0",)"
           R"("streamSid":"MZ1","callSid":"CA1","tracks":["inbound"],"mediaFormat":)"
           R"({"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},"customParameters":{)" +
           parameters + R"(}},"streamSid":"MZ1"})";
  }
  // 20 ms of one octet.
  static std::string media(std::uint8_t octet = 0xFF, std::size_t octets = 160) {
    std::string text;
    write_stream_media(StreamDialect::twilio, "MZ1", std::vector<std::uint8_t>(octets, octet),
                       text);
    return text;
  }
  static std::string digit(char key) {
    return std::string(R"({"event":"dtmf","dtmf":{"track":"inbound_track","digit":")") + key +
           R"("}})";
  }
  static std::string mark(std::string_view name) {
    return R"({"event":"mark","streamSid":"MZ1","mark":{"name":")" + std::string(name) + R"("}})";
  }
  void say(Carrier& carrier, std::string text) {
    EXPECT_TRUE(carrier.socket->try_send_text(std::move(text)));
    settle();
  }
  void hang_up(Carrier& carrier) {
    carrier.socket.reset();
    settle();
  }
  ScriptedSession& session() { return *host_.sessions.at(0); }
  MediaTransport& transport() { return *session().transport; }
  void speak(int frames) {
    for (int i = 0; i < frames; ++i)
      transport().send(AudioFrame());
    settle();
  }
  std::uint64_t count(std::string_view name) {
    return metrics_.counter("media_stream_" + std::string(name) + "_total", "").value();
  }

  ScriptedHost host_{loop_.get_executor(), clock_};
  ScriptedCarrierPlanner planner_;
  MediaStreams streams_{planner_, host_, clock_, log_, metrics_};
  std::list<Carrier> carriers_;
  TaskGroup reading_{loop_.get_executor()};

 private:
  static Task<> read(Carrier& carrier) {
    while (true) {
      auto message = co_await carrier.socket->receive();
      if (!message) break;
      carrier.messages.push_back(std::move(message->data));
    }
    carrier.ended = true;
    if (carrier.socket) carrier.close_code = carrier.socket->peer_close_code();
  }
};

}  // namespace antiphon
