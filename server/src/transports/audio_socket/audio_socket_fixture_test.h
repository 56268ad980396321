// The audio socket on a real server, called by real WebSocket clients, all on one manual clock.
#pragma once

#include "net/server_fixture_test.h"
#include "net/websocket_client.h"
#include "transports/audio_socket/audio_socket.h"
#include "transports/scripted_host_test.h"

#include <list>
#include <optional>
#include <string>
#include <vector>

namespace antiphon {

struct AudioClient {
  std::optional<WebSocket> socket;
  std::vector<WebSocketMessage> messages;
  bool ended = false;
  std::optional<std::uint16_t> close_code;
};

class AudioSocketTest : public HttpServerTest {
 protected:
  AudioSocketTest() {
    serve([this](Request request,
                 ResponseWriter& writer) { return audio_.handle(std::move(request), writer); },
          {}, {.websocket = Upgrade::allowed});
  }
  ~AudioSocketTest() override {
    for (AudioClient& client : clients_)
      vanish(client);
    TaskGroup group(loop_.get_executor());
    group.spawn(audio_.stop());
    for (int i = 0; i < 50 && group.size() > 0; ++i)
      advance(std::chrono::milliseconds(100));
    CHECK(group.size() == 0, "the audio socket stops");
    HttpServerTest::stop();
  }

  AudioClient& call(std::string target = "/audio/pcm?token=good") {
    const std::string url = "ws://127.0.0.1:" + std::to_string(server_->port()) + target;
    auto socket = run(loop_, connect_websocket(clock_, {.url = url}));
    CHECK(socket.has_value(), "the handshake succeeds");
    AudioClient& client = clients_.emplace_back();
    client.socket.emplace(std::move(*socket));
    reading_.spawn(read(client));
    settle();
    return client;
  }
  void say(AudioClient& client, std::string_view text) {
    EXPECT_TRUE(client.socket->try_send_text(std::string(text)));
    settle();
  }
  void speak(AudioClient& client, std::string bytes) {
    EXPECT_TRUE(client.socket->try_send_binary(std::move(bytes)));
    settle();
  }
  // Cut, without a word.
  void vanish(AudioClient& client) {
    client.socket.reset();
    settle();
  }
  void close(AudioClient& client, std::uint16_t code) {
    closing_.spawn(client.socket->close(code, ""));
    advance(std::chrono::milliseconds(100));
  }
  ScriptedSession& session() { return *host_.sessions.at(0); }
  MediaTransport& transport() { return *session().transport; }
  static AudioFrame frame(Sample value) {
    AudioFrame made;
    made.samples.fill(value);
    return made;
  }
  // The answer to a WebSocket handshake that may be refused.
  std::string shake_hands(std::string_view target, std::string_view header = "") {
    return ask_once("GET " + std::string(target) +
                    " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                    std::string(header) + "\r\n");
  }
  std::uint64_t count(std::string_view name) {
    return metrics_.counter("audio_socket_" + std::string(name) + "_total", "").value();
  }

  ScriptedHost host_{loop_.get_executor(), clock_};
  ScriptedPlanner planner_;
  AudioSocket audio_{planner_, host_, clock_, log_, metrics_};
  std::list<AudioClient> clients_;
  TaskGroup reading_{loop_.get_executor()};
  TaskGroup closing_{loop_.get_executor()};

 private:
  static Task<> read(AudioClient& client) {
    while (true) {
      auto message = co_await client.socket->receive();
      if (!message) break;
      client.messages.push_back(std::move(*message));
    }
    client.ended = true;
    if (client.socket) client.close_code = client.socket->peer_close_code();
  }
};

}  // namespace antiphon
