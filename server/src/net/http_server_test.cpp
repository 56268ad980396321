#include "net/http_server.h"

#include "net/server_fixture_test.h"

#include <gmock/gmock.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

TEST_F(HttpServerTest, AnswersAndKeepsTheConnection) {
  serve(echo());
  auto client = connect();
  EXPECT_EQ(ask(client, kGet),
            "HTTP/1.1 200 OK\r\nDate: Mon, 05 Jan 2026 09:00:00 GMT\r\n"
            "X-Request-Id: e220a8397b1dcdaf\r\nX-Content-Type-Options: nosniff\r\n"
            "Referrer-Policy: no-referrer\r\nCross-Origin-Resource-Policy: same-origin\r\n"
            "Content-Security-Policy: default-src 'none'; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'\r\nX-Frame-Options: DENY\r\nContent-Length: 7\r\n\r\n"
            "GET /a ");
  EXPECT_THAT(ask(client, "POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"),
              EndsWith("\r\n\r\nPOST /b hello"));
  EXPECT_FALSE(client.is_closed());
  EXPECT_EQ(server_->connection_count(), 1u);
}

TEST_F(HttpServerTest, TakesARequestInAnyPieces) {
  serve(echo());
  auto client = connect();
  std::string answer;
  for (const char letter :
       std::string_view("POST /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: "
                        "chunked\r\n\r\n3;x=1\r\nhel\r\n2\r\nlo\r\n0\r\nT: 1\r\n\r\n")) {
    answer += ask(client, std::string_view(&letter, 1));
  }
  EXPECT_THAT(answer, EndsWith("\r\n\r\nPOST /b hello"));
}

// Beast's parser ended the process when the only chunk came in pieces.
TEST_F(HttpServerTest, TakesAChunkedBodyWithoutChunksInAnyPieces) {
  serve(echo());
  for (const std::string_view last : {"0\r\n\r\n", "000\r\nT: 1\r\n\r\n", "0;x=1\r\n\r\n"}) {
    auto client = connect();
    ask(client, "POST /b HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    std::string answer;
    for (const char letter : last)
      answer += ask(client, std::string_view(&letter, 1));
    EXPECT_THAT(answer, EndsWith("\r\n\r\nPOST /b "));
  }
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInTheirOrder) {
  // The first handler waits while the second could already run.
  serve(respond_with([this](Request request) -> Task<Response> {
    if (request.target == "/slow") static_cast<void>(co_await clock_.sleep_for(1s));
    Response response;
    response.body = request.target;
    co_return response;
  }));
  auto client = connect();
  EXPECT_EQ(
      ask(client, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\nGET /fast HTTP/1.1\r\nHost: x\r\n\r\n"),
      "");
  advance(1s);
  const std::string answers = client.receive();
  ASSERT_THAT(answers, HasSubstr("/slow"));
  EXPECT_LT(answers.find("/slow"), answers.find("/fast"));
}

TEST_F(HttpServerTest, AnswersHeadWithTheLengthAndWithoutTheBody) {
  serve(echo());
  const std::string answer = ask_once("HEAD /abc HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 10\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST_F(HttpServerTest, ClosesWhenAskedToAndForHttp10) {
  serve(echo());
  for (const std::string_view request :
       {"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "GET / HTTP/1.0\r\n\r\n"}) {
    auto client = connect();
    EXPECT_THAT(ask(client, request), HasSubstr("Connection: close\r\n"));
    client.half_close();
    settle();
    EXPECT_EQ(server_->connection_count(), 0u);
  }
}

TEST_F(HttpServerTest, SaysContinueBeforeItReadsTheBody) {
  serve(echo());
  auto client = connect();
  EXPECT_EQ(ask(client,
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"),
            "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_THAT(ask(client, "ok"), EndsWith("POST / ok"));
}

TEST_F(HttpServerTest, DecodesSegmentsAndParameters) {
  Request seen;
  serve(respond_with([&seen](Request request) -> Task<Response> {
    seen = std::move(request);
    co_return Response{};
  }));
  EXPECT_THAT(
      ask_once(
          "GET /api/a%2Fb/caf%C3%A9?q=a+b%26c&empty&q=2 HTTP/1.1\r\nhOsT: x\r\nX-One: 1\r\n\r\n"),
      StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(seen.segments, (std::vector<std::string>{"api", "a/b", "caf\xc3\xa9"}));
  EXPECT_EQ(seen.parameter("q"), "a b&c");
  EXPECT_EQ(seen.parameter("empty"), "");
  EXPECT_EQ(seen.parameter("absent"), std::nullopt);
  EXPECT_EQ(seen.headers.find("x-one"), "1");
  EXPECT_EQ(seen.remote_address, "127.0.0.1");
  EXPECT_EQ(seen.path(), "/api/a%2Fb/caf%C3%A9");
}

TEST_F(HttpServerTest, StreamsEachPartWhenItIsWritten) {
  serve([this](Request, ResponseWriter& writer) -> Task<> {
    static_cast<void>(co_await start_event_stream(writer));
    static_cast<void>(co_await writer.write("data: 1\n\n"));
    static_cast<void>(co_await clock_.sleep_for(100s));  // longer than a request's deadline
    static_cast<void>(co_await writer.write("data: 2\n\n"));
  });
  auto client = connect();
  const std::string first = ask(client, kGet);
  EXPECT_THAT(first, HasSubstr("Content-Type: text/event-stream\r\n"));
  EXPECT_THAT(first, EndsWith("\r\n\r\n9\r\ndata: 1\n\n\r\n"));
  advance(100s);
  EXPECT_EQ(client.receive(), "9\r\ndata: 2\n\n\r\n0\r\n\r\n");
  EXPECT_THAT(ask(client, kGet), HasSubstr("data: 1"));  // the connection goes on
}

TEST_F(HttpServerTest, CancelsAStreamWhenItsClientGoes) {
  std::optional<ErrorCode> ended_with;
  serve([this, &ended_with](Request, ResponseWriter& writer) -> Task<> {
    static_cast<void>(co_await start_event_stream(writer));
    const auto slept = co_await clock_.sleep_for(1h);
    if (!slept) ended_with = slept.error().code;
    EXPECT_EQ((co_await writer.write("data: late\n\n")).error().code, ErrorCode::closed);
  });
  auto client = connect();
  EXPECT_THAT(ask(client, kGet), HasSubstr("200 OK"));
  client.close();
  settle();
  EXPECT_EQ(ended_with, ErrorCode::cancelled);
  EXPECT_EQ(server_->connection_count(), 0u);
}

TEST_F(HttpServerTest, EndsAWriteThatWaitsForAClientThatGoes) {
  bool has_ended = false;
  serve([&has_ended](Request, ResponseWriter& writer) -> Task<> {
    static_cast<void>(co_await writer.start(200, {}));
    const std::string part(1 << 20, 'x');
    while (co_await writer.write(part)) {
    }
    has_ended = true;
  });
  auto client = connect();
  client.send(kGet);
  settle();
  EXPECT_FALSE(has_ended);
  client
      .half_close();  // it will not read what is in its kernel, so only its silence ends the write
  settle();
  EXPECT_TRUE(has_ended);
  EXPECT_EQ(server_->connection_count(), 0u);
}

TEST_F(HttpServerTest, KeepsAPipelinedRequestThatCameDuringAStream) {
  serve([this](Request request, ResponseWriter& writer) -> Task<> {
    static_cast<void>(co_await writer.start(200, {}));
    static_cast<void>(co_await clock_.sleep_for(1s));
    static_cast<void>(co_await writer.write(request.target));
  });
  auto client = connect();
  ask(client, "GET /one HTTP/1.1\r\nHost: x\r\n\r\n");
  ask(client, "GET /two HTTP/1.1\r\nHost: x\r\n\r\n");
  advance(1s);
  EXPECT_THAT(client.receive(), HasSubstr("4\r\n/one\r\n0\r\n\r\n"));
  advance(1s);
  EXPECT_THAT(client.receive(), HasSubstr("4\r\n/two\r\n0\r\n\r\n"));
}

TEST_F(HttpServerTest, NeverLetsAValueBecomeASecondField) {
  serve(respond_with([](Request) -> Task<Response> {
    Response response;
    response.headers.add("X-Name", "a\r\nSet-Cookie: stolen=1");
    co_return response;
  }));
  EXPECT_THAT(ask_once(kGet), Not(HasSubstr("\nSet-Cookie")));
}

TEST_F(HttpServerTest, AnswersForAHandlerThatDoesNot) {
  serve([](Request, ResponseWriter&) -> Task<> { co_return; });
  EXPECT_THAT(ask_once(kGet), HasSubstr(R"("status":500,"code":"handler_silent")"));
  EXPECT_EQ(refused("handler_silent"), 1u);
}

TEST_F(HttpServerTest, StopsWhenTheRunningRequestHasItsAnswer) {
  serve(respond_with([this](Request) -> Task<Response> {
    static_cast<void>(co_await clock_.sleep_for(2s));
    co_return Response{};
  }));
  auto idle = connect();
  auto busy = connect();
  ask(busy, kGet);
  TaskGroup group(loop_.get_executor());
  group.spawn(server_->stop(5s));
  settle();
  idle.receive();
  EXPECT_TRUE(idle.is_closed());
  EXPECT_EQ(group.size(), 1u);
  advance(2s);
  EXPECT_THAT(busy.receive(), HasSubstr("200 OK"));
  busy.close();
  settle();
  EXPECT_EQ(group.size(), 0u);
}

TEST_F(HttpServerTest, CancelsAHandlerThatOutlivesTheGraceOfStop) {
  bool was_cancelled = false;
  serve(respond_with([this, &was_cancelled](Request) -> Task<Response> {
          was_cancelled = !co_await clock_.sleep_for(1h);
          co_return Response{};
        }),
        {}, {.deadline = 2h});
  auto client = connect();
  ask(client, kGet);
  TaskGroup group(loop_.get_executor());
  group.spawn(server_->stop(5s));
  advance(4900ms);
  EXPECT_FALSE(was_cancelled);
  advance(200ms);
  EXPECT_TRUE(was_cancelled);
  EXPECT_THAT(client.receive(), HasSubstr("200 OK"));
  client.close();
  settle();
  EXPECT_EQ(group.size(), 0u);
}

TEST_F(HttpServerTest, RefusesToListenWhereSomebodyElseDoes) {
  serve(echo());
  HttpServer second(
      loop_.get_executor(), clock_, log_, metrics_, {},
      [](const RequestHead&) { return RequestPolicy{}; }, echo());
  const auto listening = second.listen({"127.0.0.1", server_->port()});
  ASSERT_FALSE(listening);
  EXPECT_EQ(listening.error().code, ErrorCode::unavailable);
  EXPECT_EQ(second.listen({"no-such-name", 0}).error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace antiphon
