// /api/live on a real server: who is let in, what is shown, and when it ends.
#include "api/live/live_sockets.h"

#include "api/live/live_documents.h"
#include "api/live/live_fixture_test.h"
#include "json/json.h"

#include <gmock/gmock.h>

namespace antiphon {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using namespace std::chrono_literals;

TEST_F(LiveSocketsTest, ShowsAWorkspaceItsEventsAndNobodyElses) {
  const auto client = listen("", owner_);
  publish(R"({"type":"reply.text","at_ms":1,"text":"hello"})");
  publish(R"({"type":"reply.text","at_ms":1,"text":"secret"})", {}, WorkspaceId(test_uuid(2)));
  ASSERT_EQ(client->messages.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<LiveReadyNotice>(parse_notice(client->messages[0])));
  const auto event = std::get<LiveEventNotice>(parse_notice(client->messages[1]));
  EXPECT_EQ(event.id, "1767603600000-0");
  EXPECT_EQ(event.conversation, std::nullopt);
  EXPECT_EQ(event.event.text(), R"({"type":"reply.text","at_ms":1,"text":"hello"})");
}

TEST_F(LiveSocketsTest, OpensWithATicketFromABrowser) {
  const auto answer = ask_api("POST", "/api/live/tickets");
  EXPECT_EQ(answer.status, 201) << answer.body;
  const auto given = from_json<LiveTicketOutput>(answer.body);
  ASSERT_TRUE(given);
  EXPECT_EQ(given->url, "/api/live?ticket=" + given->ticket);
  const auto client = listen("?ticket=" + given->ticket);
  publish(R"({"type":"x"})");
  EXPECT_EQ(client->messages.size(), 2u);
}

TEST_F(LiveSocketsTest, RefusesWhoIsNotSignedIn) {
  for (const std::string query : {"", "?ticket=nonsense", "?ticket="})
    EXPECT_EQ(ask_to_listen(query, "").status, 401) << query;
  const std::string old = ticket();
  advance(61s);
  EXPECT_EQ(ask_to_listen("?ticket=" + old, "").status, 401);
}

TEST_F(LiveSocketsTest, RefusesATicketWhoseOwnerHasNoRightsAnyLonger) {
  const std::string given = ticket();
  rights_.of[me()] = std::nullopt;
  const auto answer = ask_to_listen("?ticket=" + given, "");
  EXPECT_EQ(answer.status, 401);
  EXPECT_THAT(answer.body, HasSubstr("has no rights any longer"));
}

TEST_F(LiveSocketsTest, RefusesAKeyWithoutTheScope) {
  rights_.of[me()] = Rights{PrincipalKind::api_key, Role::owner, {"agents:read"}};
  EXPECT_EQ(ask_to_listen("", owner_).status, 403);
  EXPECT_EQ(ask_to_listen("?ticket=" + ticket(), "").status, 403);
}

TEST_F(LiveSocketsTest, RefusesParametersItDoesNotUnderstand) {
  for (const std::string query : {"?agent=x", "?conversation=%27%20or%201=1", "?after=yesterday"}) {
    const auto answer = ask_to_listen(query, owner_);
    EXPECT_EQ(answer.status, 422) << answer.body;
    EXPECT_THAT(answer.body, HasSubstr("\"code\":\"invalid_argument\""));
  }
  EXPECT_EQ(ask_api("GET", "/api/live").status, 426);
}

TEST_F(LiveSocketsTest, GoesOnAfterADroppedConnectionWithoutLossOrDoubles) {
  const auto first = listen("", owner_);
  publish(R"({"type":"a"})");
  publish(R"({"type":"b"})");
  ASSERT_EQ(first->messages.size(), 3u);
  const auto seen = std::get<LiveEventNotice>(parse_notice(first->messages[2]));
  drop(*first);
  publish(R"({"type":"c"})");
  clock_.advance(1s);
  publish(R"({"type":"d"})");
  const auto second = listen("?after=" + seen.id, owner_);
  publish(R"({"type":"e"})");
  ASSERT_EQ(second->messages.size(), 4u);
  EXPECT_EQ(second->messages[0], R"({"type":"live.ready","after":")" + seen.id + "\"}");
  EXPECT_THAT(second->messages[1], HasSubstr(R"("event":{"type":"c"})"));
  EXPECT_THAT(second->messages[2], HasSubstr(R"("event":{"type":"d"})"));
  EXPECT_THAT(second->messages[3], HasSubstr(R"("event":{"type":"e"})"));
  EXPECT_EQ(first->messages.size(), 3u);
}

TEST_F(LiveSocketsTest, SaysThatSomethingIsMissing) {
  publish(R"({"type":"a"})");
  const auto client = listen("?after=17-0", owner_);
  ASSERT_EQ(client->messages.size(), 3u);
  const auto gap = std::get<LiveGapNotice>(parse_notice(client->messages[1]));
  EXPECT_EQ(gap.after, "17-0");
  EXPECT_FALSE(gap.missed);
}

TEST_F(LiveSocketsTest, ShowsOneAgentToWhoAskedForIt) {
  const AgentId agent(test_uuid(7));
  const auto client = listen("?agent=" + agent.to_string(), owner_);
  publish(R"({"type":"a"})");
  publish(R"({"type":"b"})", agent);
  ASSERT_EQ(client->messages.size(), 2u);
  EXPECT_THAT(client->messages[1],
              AllOf(HasSubstr(R"("type":"b")"), HasSubstr("\"agent\":\"" + agent.to_string())));
}

TEST_F(LiveSocketsTest, ShowsJobsToThoseWhoseRoleMaySeeThem) {
  const std::string failed = to_json(WorkspaceNotice(JobFailedNotice{{}, "a.kind", 5, "gone"}));
  EXPECT_THAT(failed, testing::StartsWith(R"({"type":"job.failed")"));
  publish(failed);
  const auto developer = listen("?after=0-0", owner_);
  rights_.of[me()]->role = Role::analyst;
  const auto analyst = listen("?after=0-0", owner_);
  publish(R"({"type":"reply.text"})");
  ASSERT_EQ(developer->messages.size(), 4u) << "ready, a gap, the job, the text";
  EXPECT_THAT(developer->messages[2], HasSubstr(failed));
  ASSERT_EQ(analyst->messages.size(), 3u);
  EXPECT_THAT(analyst->messages[2], HasSubstr("reply.text"));
}

TEST_F(LiveSocketsTest, EndsWithinASecondWhenAKeyIsRevoked) {
  const auto by_key = listen("", owner_);
  const auto by_ticket = listen("?ticket=" + ticket());
  advance(499ms);  // just after one look
  advance(2ms);
  rights_.of[me()] = std::nullopt;
  advance(998ms);
  publish(R"({"type":"too late"})");
  EXPECT_EQ(by_key->code, kCloseUnauthenticated);
  EXPECT_EQ(by_ticket->code, kCloseUnauthenticated);
  EXPECT_EQ(by_key->messages.size(), 1u);
}

TEST_F(LiveSocketsTest, EndsWithinASecondWhenARoleIsLowered) {
  const auto client = listen("?ticket=" + ticket());
  rights_.of[me()]->role = Role::analyst;
  advance(999ms);
  EXPECT_EQ(client->code, kCloseForbidden);
}

TEST_F(LiveSocketsTest, EndsWithinASecondWhenAPersonIsRemoved) {
  rights_.of[me()]->kind = PrincipalKind::user;
  const auto client = listen("?ticket=" + ticket());
  rights_.of[me()] = std::nullopt;
  advance(999ms);
  EXPECT_EQ(client->code, kCloseForbidden);
}

TEST_F(LiveSocketsTest, EndsNobodyWhileTheStoreIsAway) {
  const auto client = listen("", owner_);
  rights_.is_away = true;
  for (int second = 0; second < 5; ++second)
    advance(1s);
  publish(R"({"type":"still here"})");
  EXPECT_EQ(client->code, std::nullopt);
  EXPECT_EQ(client->messages.size(), 2u);
}

TEST_F(LiveSocketsTest, AsksOnceForAllSocketsOfAKey) {
  const auto first = listen("", owner_);
  const auto second = listen("", owner_);
  rights_.asked = 0;
  advance(500ms);
  EXPECT_EQ(rights_.asked, 1);
}

TEST_F(LiveSocketsTest, EndsATicketsSocketAfterTenMinutes) {
  const auto client = listen("?ticket=" + ticket());
  for (int step = 0; step < 59; ++step)
    advance(10s);
  EXPECT_EQ(client->code, std::nullopt);
  advance(10s);
  EXPECT_EQ(client->code, kCloseUnauthenticated);
}

TEST_F(LiveSocketsTest, BeatsEveryFifteenSeconds) {
  const auto client = listen("", owner_);
  advance(15s);
  ASSERT_EQ(client->messages.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<LiveHeartbeatNotice>(parse_notice(client->messages[1])));
}

TEST_F(LiveSocketsTest, TellsASlowListenerWhatItMissed) {
  auto slow = listen_without_reading();
  flood();
  std::string seen = read_all(slow);
  publish(R"({"type":"after the gap"})");
  seen += read_all(slow);
  EXPECT_THAT(seen, AllOf(HasSubstr(R"({"type":"live.gap","after":"17676036)"),
                          HasSubstr("after the gap")));
  EXPECT_LT(seen.size(), kFlood * kBig) << "events were dropped, not kept";
}

TEST_F(LiveSocketsTest, DropsAListenerThatDoesNotReadAndSaysWhy) {
  auto slow = listen_without_reading();
  flood();
  for (std::uint64_t i = 0; i < LiveSockets::kMissedMax; ++i)
    feed_.publish({.workspace = me().workspace, .event = R"({"type":"x"})"});
  settle();
  advance(500ms);
  const std::string seen = read_all(slow);
  ASSERT_GT(seen.size(), 12u);
  EXPECT_EQ(seen.substr(seen.size() - 12), std::string("\x88\x0a\x03\xf5too slow", 12));
}

TEST_F(LiveSocketsTest, WantsNoTalking) {
  auto talker = listen_without_reading();
  talker.receive();
  const std::string answer = ask(talker, std::string("\x81\x82\0\0\0\0hi", 8));
  EXPECT_EQ(answer, "\x88\x1e\x03\xf0this socket is for listening");
}

}  // namespace
}  // namespace antiphon
