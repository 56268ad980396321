// Every limit of the HTTP server, met by a client that sends exactly what it wants.
#include "net/server_fixture_test.h"

#include <gmock/gmock.h>

#include <sys/resource.h>

#include <vector>

namespace antiphon {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

struct Bad {
  std::string_view request;
  std::string_view status;
  std::string_view code;
};

class BadRequest : public HttpServerTest, public testing::WithParamInterface<Bad> {};

TEST_P(BadRequest, IsRefusedWithItsCodeAndClosed) {
  serve(echo());
  auto client = connect();
  const std::string answer = ask(client, GetParam().request);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + std::string(GetParam().status) + " "));
  EXPECT_NE(answer.substr(0, answer.find("\r\n")).back(), ' ') << "a status is said in words too";
  EXPECT_THAT(answer, HasSubstr("Content-Type: application/problem+json\r\n"));
  EXPECT_THAT(answer, HasSubstr(R"("code":")" + std::string(GetParam().code) + "\""));
  EXPECT_THAT(answer, testing::ContainsRegex(
                          R"("detail":"[^"]+","issues":\[\],"request_id":"[0-9a-f]{16}"\})"));
  EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
  EXPECT_EQ(answer.find("}HTTP/1.1"), std::string::npos) << "one answer, then the end";
  client.half_close();
  settle();
  EXPECT_EQ(server_->connection_count(), 0u);
  EXPECT_EQ(refused(GetParam().code), 1u);
}

using namespace std::string_view_literals;
INSTANTIATE_TEST_SUITE_P(
    Http, BadRequest,
    testing::Values(
        Bad{"GET / HTTP/1.1\r\n\r\n", "400", "host_invalid"},
        Bad{"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "400", "host_invalid"},
        Bad{"GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", "400", "host_invalid"},
        Bad{"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nauthorization: Bearer "
            "b\r\n\r\n",
            "400", "field_repeated"},
        Bad{"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: a/b\r\nContent-Type: c/d\r\n\r\n", "400",
            "field_repeated"},
        Bad{"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
            "400", "length_ambiguous"},
        Bad{"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", "400",
            "length_ambiguous"},
        Bad{"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 5\r\n\r\n", "400",
            "length_ambiguous"},
        Bad{"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\n", "400", "length_ambiguous"},
        Bad{"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \r\n\r\n", "400", "length_ambiguous"},
        Bad{"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999999999999999\r\n\r\n", "400",
            "length_ambiguous"},
        Bad{"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "400", "length_ambiguous"},
        Bad{"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "501",
            "encoding_unsupported"},
        Bad{"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n", "501",
            "encoding_unsupported"},
        Bad{"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400",
            "body_malformed"},
        Bad{"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
            "400", "body_malformed"},
        Bad{"GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n", "400", "request_malformed"},
        Bad{"GET / HTTP/1.1\r\nHost: x\r\nX : a\r\n\r\n", "400", "request_malformed"},
        Bad{"GET / HTTP/1.1\r\nHost: x\r\nX\r\n\r\n", "400", "request_malformed"},
        Bad{"GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n"sv, "400", "request_malformed"},
        Bad{"GET / HTTP/1.1\r\nHost: x\r\nX: a\rb\r\n\r\n", "400", "request_malformed"},
        Bad{"GET / HTTP/1.1\nHost: x\n\n", "400", "request_malformed"},
        Bad{"GET /  HTTP/1.1\r\nHost: x\r\n\r\n", "400", "request_malformed"},
        Bad{"GET /\r\n\r\n", "400", "request_malformed"},
        Bad{"G\x01T / HTTP/1.1\r\nHost: x\r\n\r\n", "400", "request_malformed"},
        Bad{"GET /caf\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n", "400", "request_malformed"},
        Bad{"GET / HTTP/2.0\r\nHost: x\r\n\r\n", "505", "version_unsupported"},
        Bad{"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", "400", "target_invalid"},
        Bad{"GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n", "400", "target_invalid"},
        Bad{"GET /?q=%ff HTTP/1.1\r\nHost: x\r\n\r\n", "400", "target_invalid"},
        Bad{"GET /a/%2e%2e/b HTTP/1.1\r\nHost: x\r\n\r\n", "400", "target_invalid"},
        Bad{"GET a HTTP/1.1\r\nHost: x\r\n\r\n", "400", "target_invalid"},
        Bad{"POST / HTTP/1.1\r\nHost: x\r\nExpect: magic\r\nContent-Length: 1\r\n\r\n", "417",
            "expectation_unknown"}));

TEST_F(HttpServerTest, RefusesAHeaderOver16KiB) {
  serve(echo());
  const std::string request =
      "GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(16 * 1024, 'a') + "\r\n\r\n";
  EXPECT_THAT(ask_once(request), StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(ask_once(request.substr(0, 16 * 1024 + 1)), HasSubstr("header_too_large"));
  EXPECT_EQ(refused("header_too_large"), 2u);
}

TEST_F(HttpServerTest, AcceptsAHeaderOfExactly16KiB) {
  serve(echo());
  const std::string start = "GET / HTTP/1.1\r\nHost: x\r\nX: ";
  const std::string padding(16 * 1024 - start.size() - 4, 'a');
  EXPECT_THAT(ask_once(start + padding + "\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, RefusesThe101stField) {
  serve(echo());
  std::string request = "GET / HTTP/1.1\r\nHost: x\r\n";
  for (int i = 0; i < 99; ++i)
    request += "X: 1\r\n";
  EXPECT_THAT(ask_once(request + "\r\n"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(ask_once(request + "X: 1\r\n\r\n"), HasSubstr("fields_too_many"));
}

TEST_F(HttpServerTest, GivesAHeaderTenSecondsHoweverItTrickles) {
  serve(echo());
  auto client = connect();
  const std::string slow =
      "GET / HTTP/1.1\r\nHost: x\r\nX: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
  for (int second = 0; second < 9; ++second) {
    client.send(slow.substr(static_cast<std::size_t>(second), 1));
    advance(1s);
  }
  EXPECT_EQ(client.receive(), "");
  client.send("/");
  advance(1100ms);
  EXPECT_THAT(client.receive(), HasSubstr("header_timeout"));
  EXPECT_EQ(refused("header_timeout"), 1u);
}

TEST_F(HttpServerTest, ClosesSocketsThatNeverSpeakAndThoseThatFallSilent) {
  serve(echo());
  auto mute = connect();
  auto silent = connect();
  ask(silent, kGet);
  advance(10100ms);
  EXPECT_EQ(mute.receive(), "");
  EXPECT_TRUE(mute.is_closed());
  EXPECT_EQ(server_->connection_count(), 1u);
  advance(50s);
  silent.receive();
  EXPECT_TRUE(silent.is_closed());
  EXPECT_EQ(refused("idle_timeout"), 1u);
}

TEST_F(HttpServerTest, RefusesABodyOverTheLimitBeforeReadingIt) {
  serve(echo(), {}, {.body_max = 100});
  EXPECT_THAT(ask_once("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n\r\n"),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(
      ask_once("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n" + std::string(100, 'b')),
      StartsWith("HTTP/1.1 200 "));
  // Not even "100 Continue" for what will not be read.
  EXPECT_THAT(ask_once("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\nExpect: "
                       "100-continue\r\n\r\n"),
              StartsWith("HTTP/1.1 413 "));
}

TEST_F(HttpServerTest, RefusesAChunkedBodyOverTheLimit) {
  serve(echo(), {}, {.body_max = 100});
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  std::string chunks;
  for (int i = 0; i < 10; ++i)
    chunks += "a\r\n0123456789\r\n";
  EXPECT_THAT(ask_once(head + chunks + "0\r\n\r\n"), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(ask_once(head + chunks + "1\r\nx\r\n0\r\n\r\n"), HasSubstr("body_too_large"));
  EXPECT_THAT(ask_once(head + "fffffffffffffff\r\n"), HasSubstr("body_too_large"));
}

TEST_F(HttpServerTest, RefusesAChunkExtensionWithoutEnd) {
  serve(echo());
  EXPECT_THAT(ask_once("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;" +
                       std::string(20'000, 'x')),
              HasSubstr("body_malformed"));
}

TEST_F(HttpServerTest, KeepsTrailersOutOfTheHeaders) {
  bool has_trailer = true;
  serve(respond_with([&has_trailer](Request request) -> Task<Response> {
    has_trailer = request.headers.contains("Authorization");
    co_return Response{};
  }));
  EXPECT_THAT(ask_once("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
                       "Authorization: forged\r\n\r\n"),
              StartsWith("HTTP/1.1 200 "));
  EXPECT_FALSE(has_trailer);
}

TEST_F(HttpServerTest, GivesABodyTheDeadlineOfItsRoute) {
  serve(echo(), {}, {.deadline = 5s});
  auto client = connect();
  ask(client, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n");
  for (int second = 0; second < 4; ++second) {
    client.send("b");
    advance(1s);
  }
  EXPECT_EQ(client.receive(), "");
  advance(1100ms);
  EXPECT_THAT(client.receive(), HasSubstr("body_timeout"));
}

TEST_F(HttpServerTest, CancelsAHandlerAtItsDeadline) {
  bool was_cancelled = false;
  serve([this, &was_cancelled](
            Request, ResponseWriter&) -> Task<> { was_cancelled = !co_await clock_.sleep_for(1h); },
        {}, {.deadline = 5s});
  auto client = connect();
  ask(client, kGet);
  advance(4900ms);
  EXPECT_FALSE(was_cancelled);
  advance(200ms);
  EXPECT_TRUE(was_cancelled);
  EXPECT_THAT(client.receive(), HasSubstr("deadline_exceeded"));
}

TEST_F(HttpServerTest, CancelsNothingOfTheNextRequest) {
  std::vector<bool> slept;
  serve(
      [this, &slept](Request, ResponseWriter& writer) -> Task<> {
        slept.push_back((co_await clock_.sleep_for(slept.empty() ? 1h : 1s)).has_value());
        static_cast<void>(co_await writer.send({}));
      },
      {}, {.deadline = 5s});
  auto client = connect();
  ask(client, kGet);
  advance(5100ms);
  EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 200 "));
  ask(client, kGet);
  advance(1s);
  EXPECT_THAT(client.receive(), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(slept, (std::vector<bool>{false, true}));
}

TEST_F(HttpServerTest, DropsAClientThatDoesNotRead) {
  std::optional<ErrorCode> ended_with;
  serve([&ended_with](Request, ResponseWriter& writer) -> Task<> {
    static_cast<void>(co_await writer.start(200, {}));
    const std::string part(1 << 20, 'x');
    while (!ended_with) {
      const auto written = co_await writer.write(part);
      if (!written) ended_with = written.error().code;
    }
  });
  auto client = connect();
  client.send(kGet);
  advance(19s);
  EXPECT_EQ(ended_with, std::nullopt);
  advance(1100ms);
  EXPECT_EQ(ended_with, ErrorCode::closed);
  EXPECT_EQ(refused("write_timeout"), 1u);
  EXPECT_EQ(server_->connection_count(), 0u);
}

TEST_F(HttpServerTest, TurnsAwayConnectionsOverTheCaps) {
  serve(echo(), {.connections_max = 2});
  auto first = connect();
  auto second = connect();
  settle();
  auto third = connect();
  settle();
  EXPECT_THAT(third.receive(), HasSubstr("connections_too_many"));
  third.close();
  first.close();
  settle();
  EXPECT_THAT(ask_once(kGet), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(refused("connections_too_many"), 1u);
}

TEST_F(HttpServerTest, TurnsAwayTheSecondConnectionOfAnAddressThatMayHaveOne) {
  serve(echo(), {.connections_per_address_max = 1});
  auto first = connect();
  settle();
  EXPECT_THAT(ask_once(kGet), HasSubstr("address_too_many"));
  EXPECT_THAT(ask(first, kGet), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, ClosesAfterTheRequestsOneConnectionMayMake) {
  serve(echo(), {.requests_per_connection_max = 2});
  auto client = connect();
  EXPECT_THAT(ask(client, kGet), testing::Not(HasSubstr("Connection: close")));
  EXPECT_THAT(ask(client, kGet), HasSubstr("Connection: close"));
}

TEST_F(HttpServerTest, SurvivesRunningOutOfDescriptors) {
  serve(echo());
  auto existing = connect();
  ask(existing, kGet);
  auto waiting = connect();  // in the kernel's queue, not accepted yet
  std::vector<int> hoard;
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  rlimit low = before;
  low.rlim_cur = 64;
  setrlimit(RLIMIT_NOFILE, &low);
  for (int copy = dup(0); copy >= 0; copy = dup(0))
    hoard.push_back(copy);
  auto& failures = metrics_.counter("http_accept_failures_total", "");

  settle();
  EXPECT_EQ(failures.value(), 1u) << "it waits instead of spinning";
  EXPECT_THAT(ask(existing, kGet), StartsWith("HTTP/1.1 200 "));
  advance(100ms);
  EXPECT_EQ(failures.value(), 2u);

  for (const int copy : hoard)
    close(copy);
  setrlimit(RLIMIT_NOFILE, &before);
  advance(100ms);
  EXPECT_THAT(ask(waiting, kGet), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(failures.value(), 2u);
}

}  // namespace
}  // namespace antiphon
