// /api/live on a real server: who is let in, what is shown, and when it ends.
#include "api/live/live_sockets.h"

#include "api/api_fixture_test.h"
#include "api/live/live_documents.h"
#include "json/json.h"
#include "net/websocket_client.h"
#include "service/live_journal.h"

#include <gmock/gmock.h>

#include <map>
#include <vector>

namespace antiphon {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using namespace std::chrono_literals;

class LiveSocketsTest : public ApiTest {
 protected:
  LiveSocketsTest() {
    feed_.start();
    sockets_.start();
    add_live_routes(router_, sockets_);
  }
  ~LiveSocketsTest() override {
    clients_.cancel();
    settle();
    TaskGroup ending(loop_.get_executor());
    ending.spawn(sockets_.stop());
    ending.spawn(feed_.stop());
    settle();
    for (int i = 0; i < 10 && ending.size() > 0; ++i)
      advance(1s);
    HttpServerTest::stop();
  }

  struct Client {
    std::vector<std::string> messages;
    std::optional<std::uint16_t> code;
    std::optional<Error> refusal;
    bool reads = true;
  };

  std::shared_ptr<Client> listen(std::string query, std::string authorization = {}) {
    auto client = std::make_shared<Client>();
    const std::string url =
        "ws://127.0.0.1:" + std::to_string(server_->port()) + "/api/live" + query;
    clients_.spawn(
        [](Clock& clock, WebSocketConnect wanted, std::shared_ptr<Client> into) -> Task<> {
          auto socket = co_await connect_websocket(clock, std::move(wanted));
          if (!socket) {
            into->refusal = socket.error();
            co_return;
          }
          while (auto message = co_await socket->receive())
            into->messages.push_back(std::move(message->data));
          into->code = socket->peer_close_code();
        }(clock_, {.url = url, .headers = {{"Authorization", std::move(authorization)}}}, client));
    // Looking up even an address takes a thread of the library's own.
    for (int i = 0; i < 2'000 && client->messages.empty() && !client->refusal; ++i) {
      loop_.restart();
      loop_.run_one_for(5ms);
    }
    settle();
    return client;
  }
  void publish(std::string event, WorkspaceId workspace, AgentId agent = {}) {
    feed_.publish({.id = {},
                   .workspace = workspace,
                   .conversation = {},
                   .agent = agent,
                   .event = std::move(event)});
    settle();
  }
  WorkspaceId mine() { return run(loop_, access_.authenticate(owner_))->workspace; }
  std::string ticket() { return sockets_.issue(*run(loop_, access_.authenticate(owner_))).first; }
  static LiveNotice parse_notice(const std::string& text) {
    auto notice = from_json<LiveNotice>(text);
    EXPECT_TRUE(notice) << text;
    return notice ? *notice : LiveNotice{};
  }

  // "<workspace>/<when it ends>"; signatures are tested where they are made.
  std::string sign(const LiveTicket& given, WallTime expires) {
    return given.workspace.to_string() + '/' + std::to_string(expires.time_since_epoch().count());
  }
  Result<LiveTicket> verify(std::string_view text) {
    const auto workspace = Uuid::parse(text.substr(0, 36));
    if (!workspace || text.size() < 38 ||
        std::stoll(std::string(text.substr(37))) <= clock_.wall().time_since_epoch().count()) {
      return failure(ErrorCode::unauthenticated, "no ticket");
    }
    return LiveTicket{WorkspaceId(*workspace), {}};
  }
  LiveFeed feed_{loop_.get_executor(), clock_, log_, metrics_, nullptr};
  std::uint16_t is_revoked_ = 0;
  LiveSockets sockets_{
      loop_.get_executor(),
      {feed_, [this](const LiveTicket& given, WallTime expires) { return sign(given, expires); },
       [this](std::string_view text) { return verify(text); },
       [this](std::string authorization) -> Task<Result<Principal>> {
         if (is_revoked_ == 401) co_return failure(ErrorCode::unauthenticated, "revoked");
         co_return co_await access_.authenticate(std::move(authorization));
       },
       clock_, log_}};
  TaskGroup clients_{loop_.get_executor()};
};

TEST_F(LiveSocketsTest, ShowsAWorkspaceItsEventsAndNobodyElses) {
  const auto client = listen("", owner_);
  publish(R"({"type":"reply.text","at_ms":1,"text":"hello"})", mine());
  publish(R"({"type":"reply.text","at_ms":1,"text":"secret"})", WorkspaceId{});
  ASSERT_EQ(client->messages.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<LiveReadyNotice>(parse_notice(client->messages[0])));
  const auto event = std::get<LiveEventNotice>(parse_notice(client->messages[1]));
  EXPECT_EQ(event.id, "1767603600000-0");
  EXPECT_EQ(event.event.text(), R"({"type":"reply.text","at_ms":1,"text":"hello"})");
}

TEST_F(LiveSocketsTest, OpensWithATicketFromABrowser) {
  const auto answer = ask_api("POST", "/api/live/tickets");
  EXPECT_EQ(answer.status, 201) << answer.body;
  const auto given = from_json<LiveTicketOutput>(answer.body);
  ASSERT_TRUE(given);
  EXPECT_EQ(given->url, "/api/live?ticket=" + given->ticket);
  const auto client = listen("?ticket=" + given->ticket);
  publish(R"({"type":"x"})", mine());
  EXPECT_EQ(client->messages.size(), 2u);
}

TEST_F(LiveSocketsTest, RefusesWhoIsNotSignedIn) {
  for (const std::string query : {"", "?ticket=nonsense", "?ticket="}) {
    const auto client = listen(query);
    ASSERT_TRUE(client->refusal) << query;
    EXPECT_EQ(client->refusal->code, ErrorCode::permission_denied) << query;
  }
  const std::string old = ticket();
  advance(61s);
  EXPECT_TRUE(listen("?ticket=" + old)->refusal);
}

TEST_F(LiveSocketsTest, RefusesParametersItDoesNotUnderstand) {
  const std::string upgrade =
      "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  for (const std::string_view query :
       {"?agent=x", "?conversation=%27%20or%201=1", "?after=yesterday"}) {
    const auto answer = ask_api("GET", "/api/live" + std::string(query), "", upgrade);
    EXPECT_EQ(answer.status, 422) << answer.body;
    EXPECT_THAT(answer.body, HasSubstr("\"code\":\"invalid_argument\""));
  }
  EXPECT_EQ(ask_api("GET", "/api/live").status, 426);
}

TEST_F(LiveSocketsTest, GoesOnAfterTheEventThatWasSeenLast) {
  publish(R"({"type":"a"})", mine());
  const std::string after = feed_.latest(mine());
  publish(R"({"type":"b"})", mine());
  publish(R"({"type":"c"})", mine());
  const auto client = listen("?after=" + after, owner_);
  ASSERT_EQ(client->messages.size(), 3u);
  EXPECT_THAT(client->messages[1], HasSubstr(R"("event":{"type":"b"})"));
  EXPECT_THAT(client->messages[2], HasSubstr(R"("event":{"type":"c"})"));
}

TEST_F(LiveSocketsTest, SaysThatSomethingIsMissing) {
  publish(R"({"type":"a"})", mine());
  const auto client = listen("?after=17-0", owner_);
  ASSERT_EQ(client->messages.size(), 3u);
  const auto gap = std::get<LiveGapNotice>(parse_notice(client->messages[1]));
  EXPECT_EQ(gap.after, "17-0");
  EXPECT_FALSE(gap.missed);
}

TEST_F(LiveSocketsTest, ShowsOneAgentToWhoAskedForIt) {
  const AgentId agent(*Uuid::parse("00000000-0000-4000-8000-000000000007"));
  const auto client = listen("?agent=" + agent.to_string(), owner_);
  publish(R"({"type":"a"})", mine());
  publish(R"({"type":"b"})", mine(), agent);
  ASSERT_EQ(client->messages.size(), 2u);
  EXPECT_THAT(client->messages[1],
              AllOf(HasSubstr(R"("type":"b")"), HasSubstr("\"agent\":\"" + agent.to_string())));
}

TEST_F(LiveSocketsTest, EndsTheSocketOfAKeyThatWasRevoked) {
  const auto client = listen("", owner_);
  is_revoked_ = 401;
  advance(1s);
  advance(1s);
  EXPECT_EQ(client->code, kCloseUnauthenticated);
}

TEST_F(LiveSocketsTest, EndsATicketsSocketAfterTenMinutes) {
  const auto client = listen("?ticket=" + ticket());
  for (int minute = 0; minute < 11; ++minute) {
    for (int step = 0; step < 6; ++step)
      advance(10s);
  }
  EXPECT_EQ(client->code, kCloseUnauthenticated);
}

TEST_F(LiveSocketsTest, BeatsEveryFifteenSeconds) {
  const auto client = listen("", owner_);
  advance(15s);
  ASSERT_EQ(client->messages.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<LiveHeartbeatNotice>(parse_notice(client->messages[1])));
}

TEST_F(LiveSocketsTest, TellsASlowListenerWhatItMissed) {
  auto slow = connect();  // its kernel takes what it can, and nobody reads
  slow.send(
      "GET /api/live HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
      "Authorization: " +
      owner_ + "\r\n\r\n");
  settle();
  const std::string big = R"({"type":"x","text":")" + std::string(60'000, 'x') + "\"}";
  const WorkspaceId workspace = mine();
  for (int i = 0; i < 400; ++i)
    publish(big, workspace);
  std::string seen;
  for (int round = 0; round < 200; ++round) {
    seen += slow.receive();
    settle();
  }
  publish(R"({"type":"after the gap"})", workspace);
  seen += slow.receive();
  EXPECT_THAT(seen, AllOf(HasSubstr(R"({"type":"live.gap","after":"17676036)"),
                          HasSubstr("after the gap")));
  EXPECT_LT(seen.size(), 400 * big.size()) << "events were dropped, not kept";
}

TEST_F(LiveSocketsTest, WantsNoTalking) {
  auto talker = connect();
  talker.send(
      "GET /api/live HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
      "Authorization: " +
      owner_ + "\r\n\r\n");
  settle();
  talker.receive();
  const std::string masked("\x81\x82\0\0\0\0hi", 8);
  const std::string answer = ask(talker, masked);
  ASSERT_GE(answer.size(), 4u);
  EXPECT_EQ(answer.substr(answer.size() - 31, 4), std::string("\x88\x1d\x03\xf0", 4))
      << "a close frame of 1008";
}

}  // namespace
}  // namespace antiphon
