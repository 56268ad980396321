// The server's side of WebSocket, met by a client that sends any frames it likes.
#include "net/websocket.h"

#include "net/server_fixture_test.h"

#include <gmock/gmock.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kHandshake =
    "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Protocol: other, antiphon.v1\r\n\r\n";

constexpr int kText = 0x81;
constexpr int kBinary = 0x82;
constexpr int kClose = 0x88;
constexpr int kPing = 0x89;

// A masked frame of fewer than 65,536 bytes; the mask is zero, so the payload stays readable.
std::string frame(int first_byte, std::string_view payload) {
  std::string bytes{static_cast<char>(first_byte)};
  if (payload.size() < 126) {
    bytes += static_cast<char>(0x80 | payload.size());
  } else {
    bytes += static_cast<char>(0x80 | 126);
    bytes += static_cast<char>(payload.size() >> 8);
    bytes += static_cast<char>(payload.size() & 0xff);
  }
  return bytes + std::string(4, '\0') + std::string(payload);
}

std::string close_with(std::uint16_t code, std::string_view reason = "") {
  return std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)} +
         std::string(reason);
}

std::string from_server(int first_byte, std::string_view payload) {
  return std::string{static_cast<char>(first_byte), static_cast<char>(payload.size())} +
         std::string(payload);
}

class WebSocketTest : public HttpServerTest {
 protected:
  using Talk = std::function<Task<>(WebSocket&)>;

  void serve_socket(Talk talk, WebSocketLimits limits = {}) {
    serve(
        [talk = std::move(talk), limits](Request request, ResponseWriter& writer) -> Task<> {
          WebSocketOptions options;
          options.limits = limits;
          options.subprotocols = {"antiphon.v1"};
          auto socket = co_await accept_websocket(request, writer, std::move(options));
          if (socket) co_await talk(*socket);
        },
        {}, {.websocket = Upgrade::allowed});
  }
  // Receives until the end, which it notes.
  Talk note_end() {
    return [this](WebSocket& socket) -> Task<> {
      while (true) {
        auto message = co_await socket.receive();
        if (!message) {
          ended_with_ = message.error().code;
          peer_code_ = socket.peer_close_code();
          co_return;
        }
        received_.push_back(std::move(message->data));
      }
    };
  }
  RawClient open() {
    auto client = connect();
    EXPECT_THAT(ask(client, kHandshake), StartsWith("HTTP/1.1 101 "));
    return client;
  }
  std::uint64_t ended(std::string_view reason) {
    return metrics_.counter("websocket_ended_total", "", {{"reason", std::string(reason)}}).value();
  }

  std::optional<ErrorCode> ended_with_;
  std::optional<std::uint16_t> peer_code_;
  std::vector<std::string> received_;
};

TEST_F(WebSocketTest, ShakesHandsAndAgreesOnASubprotocol) {
  serve_socket(note_end());
  auto client = connect();
  const std::string answer = ask(client, kHandshake);
  EXPECT_THAT(answer, HasSubstr("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
  EXPECT_THAT(answer, HasSubstr("Sec-WebSocket-Protocol: antiphon.v1\r\n"));
}

TEST_F(WebSocketTest, EchoesTextAndBinary) {
  serve_socket([](WebSocket& socket) -> Task<> {
    while (auto message = co_await socket.receive()) {
      EXPECT_TRUE(socket.try_send(std::move(*message)));
    }
  });
  auto client = open();
  EXPECT_EQ(ask(client, frame(kText, "hello")), from_server(kText, "hello"));
  EXPECT_EQ(ask(client, frame(0x02, "a") + frame(0x00, "b") + frame(0x80, "c")),
            from_server(kBinary, "abc"));
}

TEST_F(WebSocketTest, TakesFramesThatCameWithTheHandshake) {
  serve_socket(note_end());
  auto client = connect();
  ask(client, std::string(kHandshake) + frame(kText, "early"));
  EXPECT_EQ(received_, std::vector<std::string>{"early"});
}

TEST_F(WebSocketTest, AnswersPingsByItself) {
  serve_socket(note_end());
  auto client = open();
  EXPECT_EQ(ask(client, frame(kPing, "are you there")), from_server(0x8a, "are you there"));
}

TEST_F(WebSocketTest, TellsTheHandlerThatThePeerClosed) {
  serve_socket(note_end());
  auto client = open();
  EXPECT_EQ(ask(client, frame(kClose, close_with(1001))), from_server(kClose, close_with(1001)));
  client.close();
  settle();
  EXPECT_EQ(ended_with_, ErrorCode::closed);
  EXPECT_EQ(peer_code_, 1001);
  EXPECT_EQ(ended("peer"), 1u);
}

TEST_F(WebSocketTest, ClosesWithACodeAfterEverythingThatWasQueued) {
  serve_socket([](WebSocket& socket) -> Task<> {
    EXPECT_TRUE(socket.try_send_text("last"));
    co_await socket.close(kCloseNormal, "done");
    EXPECT_FALSE(socket.try_send_text("too late"));
  });
  auto client = open();
  EXPECT_EQ(client.receive(), "");  // the 101 took all of the first receive
  auto second = connect();
  const std::string answer = ask(second, kHandshake);
  EXPECT_THAT(answer,
              EndsWith(from_server(kText, "last") + from_server(kClose, close_with(1000, "done"))));
  ask(second, frame(kClose, close_with(1000)));
  second.close();
  settle();
  EXPECT_EQ(ended("local"), 1u);
}

TEST_F(WebSocketTest, CutsAPeerThatDoesNotAgreeToClose) {
  bool returned = false;
  serve_socket([&returned](WebSocket& socket) -> Task<> {
    co_await socket.close(kCloseGoingAway, "");
    returned = true;
  });
  auto client = connect();
  ask(client, kHandshake);
  advance(2900ms);
  EXPECT_FALSE(returned);
  advance(700ms);
  EXPECT_TRUE(returned);
  EXPECT_EQ(ended("close_timeout"), 1u);
  EXPECT_EQ(server_->connection_count(), 0u);
}

TEST_F(WebSocketTest, ClosesOnAMessageOverTheLimit) {
  serve_socket(note_end(), {.message_bytes_max = 1000});
  auto client = open();
  EXPECT_THAT(ask(client, frame(kBinary, std::string(1001, 'x'))),
              StartsWith(from_server(kClose, close_with(1009)).substr(0, 1)));
  client.close();
  settle();
  EXPECT_EQ(ended_with_, ErrorCode::too_large);
  EXPECT_EQ(ended("message_too_large"), 1u);
}

TEST_F(WebSocketTest, ClosesOnAFloodOfEmptyFragments) {
  serve_socket(note_end());
  auto client = open();
  std::string flood = frame(0x02, "");
  for (int i = 0; i < 64; ++i)
    flood += frame(0x00, "");
  EXPECT_EQ(ask(client, flood), from_server(kClose, close_with(1008, "too many fragments")));
  advance(4s);
  EXPECT_EQ(ended_with_, ErrorCode::too_large);
  EXPECT_EQ(ended("fragments_too_many"), 1u);
  EXPECT_EQ(received_, std::vector<std::string>{});
}

TEST_F(WebSocketTest, ClosesOnAFloodOfPingsButNotOnManyInALongTime) {
  serve_socket(note_end());
  auto patient = open();
  for (int second = 0; second < 10; ++second) {
    for (int i = 0; i < 20; ++i)
      ask(patient, frame(kPing, ""));
    advance(1s);
  }
  EXPECT_EQ(ended_with_, std::nullopt);
  std::string flood;
  for (int i = 0; i < 21; ++i)
    flood += frame(kPing, "");
  EXPECT_THAT(ask(patient, flood),
              HasSubstr(from_server(kClose, close_with(1008, "too many control frames"))));
  advance(4s);
  EXPECT_EQ(ended_with_, ErrorCode::resource_exhausted);
  EXPECT_EQ(ended("control_flood"), 1u);
}

TEST_F(WebSocketTest, ClosesOnTextThatIsNotUtf8AndOnFramesThatAreWrong) {
  serve_socket(note_end());
  auto bad_text = open();
  EXPECT_THAT(ask(bad_text, frame(kText, "\xff")), HasSubstr(close_with(1007)));
  bad_text.close();
  settle();
  EXPECT_EQ(ended("not_utf8"), 1u);
  auto unmasked = open();
  EXPECT_THAT(ask(unmasked, from_server(kText, "hello")), HasSubstr(close_with(1002)));
  unmasked.close();
  auto reserved = open();
  EXPECT_THAT(ask(reserved, frame(0xc1, "hello")), HasSubstr(close_with(1002)));
  reserved.close();
  settle();
  EXPECT_EQ(ended("protocol_error"), 2u);
  EXPECT_EQ(ended_with_, ErrorCode::protocol_error);
}

TEST_F(WebSocketTest, PingsASilentPeerAndDropsADeadOne) {
  serve_socket(note_end());
  auto client = open();
  advance(20500ms);
  EXPECT_EQ(client.receive(), from_server(kPing, ""));
  ask(client, frame(0x8a, ""));  // it lives
  advance(59s);
  EXPECT_EQ(ended_with_, std::nullopt);
  advance(1500ms);
  EXPECT_EQ(ended_with_, ErrorCode::timeout);
  EXPECT_EQ(ended("idle_timeout"), 1u);
}

TEST_F(WebSocketTest, RefusesToQueueMoreThanItsLimit) {
  std::vector<bool> taken;
  serve_socket(
      [&taken](WebSocket& socket) -> Task<> {
        for (int i = 0; i < 4; ++i)
          taken.push_back(socket.try_send_text(std::string(40, 'x')));
        taken.push_back(socket.try_send_text("fits"));
        co_return;
      },
      {.outgoing_bytes_max = 100});
  open();
  EXPECT_EQ(taken, (std::vector<bool>{true, true, false, false, true}));
  EXPECT_EQ(metrics_.counter("websocket_dropped_total", "").value(), 2u);
  EXPECT_EQ(ended("abandoned"), 1u);
}

TEST_F(WebSocketTest, DropsTheOldestWhereThatIsThePolicy) {
  serve_socket(
      [](WebSocket& socket) -> Task<> {
        for (const char* text : {"one", "two", "three"})
          EXPECT_TRUE(socket.try_send_text(text));
        co_await socket.close(kCloseNormal, "");
      },
      {.outgoing_messages_max = 2, .when_full = WhenFull::drop_oldest});
  auto client = connect();
  const std::string answer = ask(client, kHandshake);
  EXPECT_THAT(answer, Not(HasSubstr("one")));
  EXPECT_THAT(answer, HasSubstr(from_server(kText, "two") + from_server(kText, "three")));
}

TEST_F(WebSocketTest, HoldsBackASenderAndDropsAPeerThatDoesNotRead) {
  std::optional<ErrorCode> ended_with;
  std::size_t sent = 0;
  serve_socket([&](WebSocket& socket) -> Task<> {
    while (!ended_with) {
      const auto outcome =
          co_await socket.send({WebSocketMessage::Kind::binary, std::string(500'000, 'x')});
      if (!outcome) ended_with = outcome.error().code;
      ++sent;
    }
  });
  auto client = open();
  advance(19s);
  EXPECT_EQ(ended_with, std::nullopt);
  EXPECT_LT(sent, 40u);
  advance(2s);
  EXPECT_EQ(ended_with, ErrorCode::closed);
  EXPECT_EQ(ended("write_timeout"), 1u);
}

TEST_F(WebSocketTest, StopsReadingWhenNobodyReceives) {
  serve_socket(
      [this](WebSocket& socket) -> Task<> {
        static_cast<void>(co_await clock_.sleep_for(300s));  // longer than the idle timeout
        while (auto message = co_await socket.receive())
          received_.push_back(message->data);
      },
      {.incoming_messages_max = 2});
  auto client = open();
  for (const char* text : {"1", "2", "3", "4"})
    ask(client, frame(kText, text));
  advance(299s);
  EXPECT_EQ(server_->connection_count(), 1u);
  advance(1s);
  EXPECT_EQ(received_, (std::vector<std::string>{"1", "2", "3", "4"}));
}

TEST_F(WebSocketTest, DeliversEachMessageUntilTheReaderHasEnough) {
  serve_socket([this](WebSocket& socket) -> Task<> {
    const auto read = co_await socket.deliver([this](const WebSocketMessage& message) {
      received_.push_back(message.data);
      return message.data != "enough";
    });
    EXPECT_TRUE(read);
    EXPECT_TRUE(socket.try_send_text("now one by one"));
    const auto next = co_await socket.receive();
    if (next) received_.push_back("received " + next->data);
    const auto rest = co_await socket.deliver([this](const WebSocketMessage& message) {
      received_.push_back(message.data);
      return true;
    });
    if (!rest) ended_with_ = rest.error().code;
  });
  auto client = open();
  EXPECT_EQ(ask(client, frame(kText, "one") + frame(kBinary, "two") + frame(kText, "enough")),
            from_server(kText, "now one by one"));
  ask(client,
      frame(kText, "three") + frame(kText, "four") + frame(kClose, close_with(kCloseNormal)));
  client.close();
  settle();
  EXPECT_EQ(ended_with_, ErrorCode::closed);
  EXPECT_THAT(received_, testing::ElementsAre("one", "two", "enough", "received three", "four"));
}

TEST_F(WebSocketTest, SurvivesACancelledReceive) {
  serve_socket([this](WebSocket& socket) -> Task<> {
    const auto late = co_await with_deadline(clock_, clock_.now() + 1s, socket.receive());
    EXPECT_EQ(late.error().code, ErrorCode::timeout);
    const auto message = co_await socket.receive();
    if (message) received_.push_back(message->data);
  });
  auto client = open();
  client.send(frame(kText, "half").substr(0, 5));
  advance(1s);
  ask(client, frame(kText, "half").substr(5));
  EXPECT_EQ(received_, std::vector<std::string>{"half"});
}

TEST_F(WebSocketTest, IsRefusedWhereTheHandshakeOrTheRouteIsWrong) {
  serve_socket(note_end());
  std::string old_version(kHandshake);
  old_version.replace(old_version.find(": 13"), 4, ": 8 ");
  EXPECT_THAT(ask_once(old_version), StartsWith("HTTP/1.1 426 "));
  std::string bad_key(kHandshake);
  bad_key.replace(bad_key.find("dGhl"), 4, "!!!!");
  EXPECT_THAT(ask_once(bad_key), StartsWith("HTTP/1.1 426 "));
  EXPECT_THAT(ask_once("GET /ws HTTP/1.1\r\nHost: x\r\n\r\n"), StartsWith("HTTP/1.1 426 "));
  EXPECT_EQ(refused("websocket_refused"), 3u);
}

TEST_F(WebSocketTest, EndsWithTheServer) {
  serve_socket(note_end());
  auto client = open();
  stop();
  EXPECT_EQ(ended_with_, ErrorCode::cancelled);
  client.receive();
  EXPECT_TRUE(client.is_closed());
}

}  // namespace
}  // namespace antiphon
