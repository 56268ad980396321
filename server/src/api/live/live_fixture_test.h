// The live sockets on a real HTTP server, without Redis, with rights that the test changes.
#pragma once

#include "api/api_fixture_test.h"
#include "api/live/live_documents.h"
#include "api/live/live_sockets.h"
#include "json/json.h"
#include "net/websocket_client.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace antiphon {

class FakeRights final : public RightsStore {
 public:
  Task<Result<std::vector<std::optional<Rights>>>> rights_of(
      std::vector<RightsHolder> holders) override {
    if (is_away) co_return failure(ErrorCode::unavailable, "away");
    asked += static_cast<int>(holders.size());
    std::vector<std::optional<Rights>> found;
    for (const RightsHolder& holder : holders)
      found.push_back(of[holder]);
    co_return found;
  }
  std::map<RightsHolder, std::optional<Rights>> of;
  bool is_away = false;
  int asked = 0;
};

class LiveSocketsTest : public ApiTest {
 protected:
  LiveSocketsTest() {
    rights_.of[me()] = Rights{PrincipalKind::api_key, Role::owner, {}};
    feed_.start();
    sockets_.start();
    add_live_routes(router_, sockets_);
  }
  ~LiveSocketsTest() override {
    for (const auto& client : clients_)
      drop(*client);
    TaskGroup ending(loop_.get_executor());
    ending.spawn(sockets_.stop());
    ending.spawn(feed_.stop());
    for (int i = 0; i < 10 && ending.size() > 0; ++i)
      advance(std::chrono::seconds(1));
    EXPECT_EQ(ending.size(), 0u);
    HttpServerTest::stop();
  }

  struct Client {
    explicit Client(const Executor& executor) : tasks(executor) {}
    std::vector<std::string> messages;
    std::optional<std::uint16_t> code;  // that the server closed it with
    std::optional<Error> refusal;
    TaskGroup tasks;
  };

  std::shared_ptr<Client> listen(const std::string& query, const std::string& authorization = {}) {
    auto client = std::make_shared<Client>(loop_.get_executor());
    clients_.push_back(client);
    WebSocketConnect wanted{.url = "ws://127.0.0.1:" + std::to_string(server_->port()) +
                                   "/api/live" + query};
    if (!authorization.empty()) wanted.headers.add("Authorization", authorization);
    client->tasks.spawn(follow(clock_, std::move(wanted), *client));
    // Looking up even an address takes a thread of the library's own.
    for (int i = 0; i < 2'000 && client->messages.empty() && !client->refusal; ++i) {
      loop_.restart();
      loop_.run_one_for(std::chrono::milliseconds(5));
    }
    EXPECT_FALSE(client->refusal) << client->refusal->message;
    settle();
    return client;
  }
  // What stands in the way of an upgrade.
  ApiAnswer ask_to_listen(const std::string& query, const std::string& authorization) {
    std::string headers =
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    if (!authorization.empty()) headers += "Authorization: " + authorization + "\r\n";
    return parse(ask_once("GET /api/live" + query +
                          " HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n" + headers + "\r\n"));
  }
  void drop(Client& client) {
    client.tasks.cancel();
    settle();
  }
  void publish(std::string event, AgentId agent = {}, std::optional<WorkspaceId> of = {}) {
    feed_.publish({.id = {},
                   .workspace = of.value_or(me().workspace),
                   .conversation = {},
                   .agent = agent,
                   .event = std::move(event)});
    settle();
  }
  // A listener whose kernel takes what it can, while nobody reads.
  RawClient listen_without_reading() {
    auto client = connect();
    client.send(
        "GET /api/live HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Authorization: " +
        owner_ + "\r\n\r\n");
    settle();
    return client;
  }
  static constexpr std::size_t kFlood = 400;
  static constexpr std::size_t kBig = 60'000;
  void flood() {
    const std::string big = R"({"type":"x","text":")" + std::string(kBig, 'x') + "\"}";
    for (std::size_t i = 0; i < kFlood; ++i)
      publish(big);
  }
  std::string read_all(RawClient& client) {
    std::string seen;
    for (int silent = 0; silent < 3;) {
      const std::string part = client.receive();
      silent = part.empty() ? silent + 1 : 0;
      seen += part;
      settle();
    }
    return seen;
  }
  static LiveNotice parse_notice(const std::string& text) {
    auto notice = from_json<LiveNotice>(text);
    EXPECT_TRUE(notice) << text;
    return notice ? *notice : LiveNotice{};
  }
  // Who owner_ is.
  static RightsHolder me() { return {WorkspaceId(test_uuid(1)), test_uuid(99)}; }
  std::string ticket() {
    return sockets_.issue({.id = me().principal, .workspace = me().workspace}).first;
  }

  FakeRights rights_;
  LiveFeed feed_{loop_.get_executor(), clock_, log_, metrics_, nullptr};
  LiveSockets sockets_{loop_.get_executor(),
                       {feed_, sign, [this](std::string_view text) { return verify(text); },
                        [this](Credentials credentials) {
                          return access_.authenticate(std::move(credentials), Standing::member);
                        },
                        rights_, clock_, log_}};
  std::vector<std::shared_ptr<Client>> clients_;  // also kept by the tests

 private:
  static Task<> follow(Clock& clock, WebSocketConnect wanted, Client& into) {
    auto socket = co_await connect_websocket(clock, std::move(wanted));
    if (!socket) {
      into.refusal = socket.error();
      co_return;
    }
    while (auto message = co_await socket->receive())
      into.messages.push_back(std::move(message->data));
    into.code = socket->peer_close_code();
  }
  // "<workspace>/<subject>/<when it ends>"; signatures are tested where they are made.
  static std::string sign(const LiveTicket& given, WallTime expires) {
    return given.workspace.to_string() + '/' + given.subject.to_string() + '/' +
           std::to_string(expires.time_since_epoch().count());
  }
  Result<LiveTicket> verify(std::string_view text) const {
    if (text.size() > 74 &&
        std::stoll(std::string(text.substr(74))) > clock_.wall().time_since_epoch().count()) {
      return LiveTicket{WorkspaceId(*Uuid::parse(text.substr(0, 36))),
                        *Uuid::parse(text.substr(37, 36))};
    }
    return failure(ErrorCode::unauthenticated, "no ticket");
  }
};

}  // namespace antiphon
