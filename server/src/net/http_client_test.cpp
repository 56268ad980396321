// The clients against the server: real sockets, the real clock only where nothing waits for it.
#include "net/http_client.h"

#include "net/server_fixture_test.h"
#include "net/websocket_client.h"

#include <gmock/gmock.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class HttpClientTest : public HttpServerTest {
 protected:
  std::string url(std::string_view path, std::string_view scheme = "http") {
    return std::string(scheme) + "://127.0.0.1:" + std::to_string(server_->port()) +
           std::string(path);
  }
  Result<Response> send(ClientRequest request) {
    return run(loop_, client_.send(std::move(request)));
  }

  HttpClient client_{loop_.get_executor(), clock_, {}};
};

TEST_F(HttpClientTest, SendsEveryMethodWithHeadersAndBody) {
  serve(respond_with([](Request request) -> Task<Response> {
    Response response{.status = 201, .headers = {}, .body = {}};
    response.body = request.method_text + " " +
                    std::string(request.headers.find("X-A").value_or("")) + " " + request.body;
    co_return response;
  }));
  for (const auto method : {Method::get, Method::post, Method::put, Method::patch, Method::del}) {
    const auto response =
        send({.method = method, .url = url("/a?b=c"), .headers = {{"X-A", "1"}}, .body = "body"});
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->status, 201);
    EXPECT_EQ(response->body, std::string(name_of(method)) + " 1 body");
  }
  const auto head = send({.method = Method::head, .url = url("/")});
  ASSERT_TRUE(head) << head.error().message;
  EXPECT_EQ(head->body, "");
}

TEST_F(HttpClientTest, ReadsAChunkedAnswerToItsEnd) {
  serve([](Request, ResponseWriter& writer) -> Task<> {
    static_cast<void>(co_await writer.start(200, {}));
    for (int i = 0; i < 1000; ++i)
      static_cast<void>(co_await writer.write("0123456789"));
  });
  const auto response = send({.url = url("/")});
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body.size(), 10'000u);
}

TEST_F(HttpClientTest, ReadsEventsAsTheyCome) {
  serve([](Request, ResponseWriter& writer) -> Task<> {
    static_cast<void>(co_await start_event_stream(writer));
    for (const char* text : {"one", "two\nlines"}) {
      std::string event;
      append_sse_event(event, "turn", text, text);
      static_cast<void>(co_await writer.write(event));
      static_cast<void>(co_await writer.write(kSseHeartbeat));
    }
  });
  auto stream =
      run(loop_, client_.open_events({.method = Method::post, .url = url("/"), .body = "{}"}));
  ASSERT_TRUE(stream) << stream.error().message;
  EXPECT_TRUE(stream->is_stream());
  EXPECT_EQ(run(loop_, stream->next())->data, "one");
  EXPECT_EQ(run(loop_, stream->next())->data, "two\nlines");
  EXPECT_EQ(run(loop_, stream->next()).error().code, ErrorCode::closed);
}

TEST_F(HttpClientTest, GivesTheWholeAnswerWhereThereIsNoStream) {
  serve(respond_with([](Request) -> Task<Response> {
    co_return make_problem(404, "not_found", "No such conversation.");
  }));
  auto stream = run(loop_, client_.open_events({.url = url("/")}));
  ASSERT_TRUE(stream) << stream.error().message;
  EXPECT_FALSE(stream->is_stream());
  EXPECT_EQ(stream->response().status, 404);
  EXPECT_THAT(stream->response().body, HasSubstr("No such conversation."));
  EXPECT_EQ(run(loop_, stream->next()).error().code, ErrorCode::closed);
}

TEST_F(HttpClientTest, SaysWhyThereIsNoAnswer) {
  serve(echo());
  const auto port = server_->port();
  EXPECT_EQ(send({.url = "ftp://x/"}).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(send({.url = "http://me@x/"}).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(send({.url = url("/"), .headers = {{"X", "a\r\nY: b"}}}).error().code,
            ErrorCode::invalid_argument);
  EXPECT_EQ(send({.url = url("/", "https")}).error().code, ErrorCode::protocol_error);
  stop();
  EXPECT_EQ(send({.url = "http://127.0.0.1:" + std::to_string(port) + "/"}).error().code,
            ErrorCode::unavailable);
}

TEST_F(HttpClientTest, GivesUpAtItsDeadline) {
  serve(respond_with([this](Request) -> Task<Response> {
    static_cast<void>(co_await clock_.sleep_for(20s));
    co_return Response{};
  }));
  HttpClient hasty(loop_.get_executor(), clock_, {.timeout = 2s});
  std::optional<Result<Response>> outcome;
  TaskGroup group(loop_.get_executor());
  group.spawn(detail::store_result(hasty.send({.url = url("/")}), outcome));
  // The name lookup happens on a thread of its own.
  while (server_->connection_count() == 0)
    loop_.run_one();
  advance(1900ms);
  EXPECT_FALSE(outcome);
  advance(200ms);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->error().code, ErrorCode::timeout);
  advance(20s);
}

TEST_F(HttpClientTest, RefusesAnAnswerOverItsLimit) {
  serve(respond_with([](Request) -> Task<Response> {
    Response response;
    response.body = std::string(1001, 'x');
    co_return response;
  }));
  HttpClient small(loop_.get_executor(), clock_, {.body_max = 1000});
  EXPECT_EQ(run(loop_, small.send({.url = url("/")})).error().code, ErrorCode::too_large);
}

TEST_F(HttpClientTest, TalksOverAWebSocket) {
  std::string authorization;
  serve(
      [&authorization](Request request, ResponseWriter& writer) -> Task<> {
        authorization = request.headers.find("Authorization").value_or("");
        auto socket = co_await accept_websocket(request, writer, {.subprotocols = {"v2", "v1"}});
        if (!socket) co_return;
        while (auto message = co_await socket->receive()) {
          static_cast<void>(co_await socket->send(std::move(*message)));
        }
        EXPECT_EQ(socket->peer_close_code(), 1000);
      },
      {}, {.websocket = Upgrade::allowed});
  auto socket = run(loop_, connect_websocket(clock_, {.url = url("/audio", "ws"),
                                                      .headers = {{"Authorization", "Bearer x"}},
                                                      .subprotocols = {"v1", "v2"}}));
  ASSERT_TRUE(socket) << socket.error().message;
  EXPECT_EQ(socket->subprotocol(), "v2");
  EXPECT_EQ(authorization, "Bearer x");
  const std::string frame(640, '\x01');
  for (int i = 0; i < 50; ++i)
    EXPECT_TRUE(socket->try_send_binary(frame));
  EXPECT_TRUE(socket->try_send_text("caf\xc3\xa9"));
  for (int i = 0; i < 50; ++i)
    EXPECT_EQ(run(loop_, socket->receive())->data, frame);
  EXPECT_EQ(run(loop_, socket->receive()),
            (WebSocketMessage{WebSocketMessage::Kind::text, "caf\xc3\xa9"}));
  run(loop_, socket->close(kCloseNormal, "bye"));
  EXPECT_FALSE(socket->is_open());
  EXPECT_EQ(run(loop_, socket->receive()).error().code, ErrorCode::closed);
}

TEST_F(HttpClientTest, GivesUpOnAWebSocketThatIsNotAnswered) {
  serve(respond_with([this](Request) -> Task<Response> {
    static_cast<void>(co_await clock_.sleep_for(20s));
    co_return Response{};
  }));
  std::optional<Result<WebSocket>> outcome;
  TaskGroup group(loop_.get_executor());
  group.spawn(detail::store_result(
      connect_websocket(clock_, {.url = url("/", "ws"), .timeout = 2s}), outcome));
  while (server_->connection_count() == 0)
    loop_.run_one();
  advance(1900ms);
  EXPECT_FALSE(outcome);
  advance(200ms);
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->error().code, ErrorCode::timeout);
  advance(20s);
}

TEST_F(HttpClientTest, SaysWhyAWebSocketWasDeclined) {
  serve(respond_with([](Request) -> Task<Response> {
    co_return make_problem(401, "unauthenticated", "Log in.");
  }));
  const auto socket = run(loop_, connect_websocket(clock_, {.url = url("/", "ws")}));
  EXPECT_EQ(socket.error().code, ErrorCode::unauthenticated);
}

}  // namespace
}  // namespace antiphon
