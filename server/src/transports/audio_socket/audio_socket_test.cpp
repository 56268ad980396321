#include "transports/audio_socket/audio_socket.h"

#include "transports/audio_socket/audio_socket_fixture_test.h"

#include <gmock/gmock.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST_F(AudioSocketTest, RefusesATokenBeforeTheUpgrade) {
  const std::string answer = shake_hands("/audio/pcm?token=bad");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 401 "));
  EXPECT_THAT(answer, HasSubstr("Content-Type: application/problem+json\r\n"));
  EXPECT_THAT(answer, HasSubstr("\"code\":\"unauthenticated\""));
  EXPECT_THAT(shake_hands("/audio/pcm"), StartsWith("HTTP/1.1 401 "));
  EXPECT_EQ(count("refused"), 2u);
  EXPECT_THAT(host_.sessions, IsEmpty());
}

TEST_F(AudioSocketTest, SaysWhyThePlannerRefused) {
  const std::pair<ErrorCode, std::string_view> table[] = {
      {ErrorCode::not_found, "HTTP/1.1 404 "},
      {ErrorCode::wrong_state, "HTTP/1.1 409 "},
      {ErrorCode::unavailable, "HTTP/1.1 503 "},
  };
  for (const auto& [code, status] : table) {
    planner_.refusal = Error{code, "because"};
    EXPECT_THAT(shake_hands("/audio/pcm?token=good"), StartsWith(status));
  }
}

TEST_F(AudioSocketTest, RefusesWith503WhileTheServerIsFullAndLeavesTheTokenWhole) {
  host_.full = true;
  const std::string answer = shake_hands("/audio/pcm?token=good");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(answer, HasSubstr("Retry-After: "));
  EXPECT_EQ(planner_.asked, 0);
}

TEST_F(AudioSocketTest, TakesTheTokenAsAHeaderToo) {
  EXPECT_THAT(shake_hands("/audio/pcm", "Authorization: Bearer good\r\n"),
              StartsWith("HTTP/1.1 101 "));
}

TEST_F(AudioSocketTest, LeavesTheTokenWholeWhenTheRequestIsNoHandshake) {
  const std::string answer = ask_once("GET /audio/pcm?token=good HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 426 "));
  EXPECT_EQ(planner_.asked, 0);
}

TEST_F(AudioSocketTest, GivesTheCallersAudioToTheSessionAsFrames) {
  AudioClient& client = call();
  speak(client, std::string(640, '\1') + std::string(320, '\2'));
  ASSERT_EQ(session().frames.size(), 1u);
  EXPECT_EQ(session().frames[0].samples[0], 0x0101);
  speak(client, std::string(320, '\3'));
  ASSERT_EQ(session().frames.size(), 2u);
  EXPECT_EQ(session().frames[1].samples[159], 0x0202);
  EXPECT_EQ(session().frames[1].samples[160], 0x0303);
}

TEST_F(AudioSocketTest, SendsFramesAndNoticesInTheirOrder) {
  AudioClient& client = call();
  transport().send(frame(0x0101));
  transport().notify({R"({"type":"reply.text"})"});
  transport().send(frame(0x0202));
  settle();
  using Kind = WebSocketMessage::Kind;
  EXPECT_THAT(client.messages, ElementsAre(WebSocketMessage{Kind::binary, std::string(640, '\1')},
                                           WebSocketMessage{Kind::text, R"({"type":"reply.text"})"},
                                           WebSocketMessage{Kind::binary, std::string(640, '\2')}));
}

TEST_F(AudioSocketTest, DropsQueuedAudioAndKeepsNoticesOnClear) {
  AudioClient& client = call();
  transport().send(frame(1));
  transport().notify({"first"});
  transport().send(frame(2));
  transport().clear();
  transport().send(frame(0x0303));
  settle();
  ASSERT_EQ(client.messages.size(), 3u);
  EXPECT_EQ(client.messages[0].data, "first");
  EXPECT_EQ(client.messages[1].data, R"({"type":"clear"})");
  EXPECT_EQ(client.messages[2].data, std::string(640, '\3'));
}

TEST_F(AudioSocketTest, SendsEverythingBeforeItClosesAtTheEnd) {
  AudioClient& client = call();
  for (int i = 0; i < 50; ++i)
    transport().send(frame(1));
  transport().notify({"session.ended"});
  transport().finish(EndReason::agent_said_goodbye);
  advance(100ms);
  EXPECT_EQ(client.messages.size(), 51u);
  EXPECT_EQ(client.messages.back().data, "session.ended");
  EXPECT_TRUE(client.ended);
  EXPECT_EQ(client.close_code, 1000);
  EXPECT_THAT(planner_.abandoned, IsEmpty());
}

TEST_F(AudioSocketTest, ClosesWith1011WhenTheConversationFailed) {
  AudioClient& client = call();
  transport().finish(EndReason::failure);
  advance(100ms);
  EXPECT_EQ(client.close_code, 1011);
}

TEST_F(AudioSocketTest, PassesOnWhatTheCallerTyped) {
  AudioClient& client = call();
  say(client, R"({"type":"text","text":"When do you open?"})");
  EXPECT_THAT(session().texts, ElementsAre("When do you open?"));
}

TEST_F(AudioSocketTest, HangsUpWhenTheCallerSaysSoOrCloses) {
  AudioClient& first = call();
  say(first, R"({"type":"hang_up"})");
  advance(100ms);
  EXPECT_THAT(session().hang_ups, ElementsAre(EndReason::caller_hung_up));
  EXPECT_EQ(first.close_code, 1000);
  close(call(), 1000);
  EXPECT_THAT(host_.sessions.at(1)->hang_ups, ElementsAre(EndReason::caller_hung_up));
  close(call(), 1001);
  EXPECT_THAT(host_.sessions.at(2)->hang_ups, ElementsAre(EndReason::caller_hung_up));
}

TEST_F(AudioSocketTest, TellsTheSessionThatTheClientVanished) {
  AudioClient& client = call();
  vanish(client);
  EXPECT_THAT(session().hang_ups, ElementsAre(EndReason::transport_lost));
  EXPECT_EQ(metrics_.gauge("audio_socket_active", "").value(), 0);
}

struct BrokenRule {
  std::string_view what;
  WebSocketMessage message;
  std::uint16_t code;
};

TEST_F(AudioSocketTest, ClosesWithTheCodeOfTheRuleThatWasBroken) {
  using Kind = WebSocketMessage::Kind;
  const BrokenRule table[] = {
      {"odd bytes", {Kind::binary, std::string(641, 'a')}, 1008},
      {"no bytes", {Kind::binary, ""}, 1008},
      {"over 200 ms", {Kind::binary, std::string(6'402, 'a')}, 1009},
      {"over 16 KiB", {Kind::binary, std::string(16 * 1024 + 2, 'a')}, 1009},
      {"text over 16 KiB", {Kind::text, std::string(16 * 1024 + 2, 'a')}, 1009},
      {"no JSON", {Kind::text, "hello"}, 1007},
      {"no UTF-8", {Kind::text, "\xff\xfe"}, 1007},
      {"no known event", {Kind::text, R"({"type":"dance"})"}, 1003},
      {"a field too many", {Kind::text, R"({"type":"hang_up","now":true})"}, 1003},
  };
  for (const BrokenRule& rule : table) {
    AudioClient& client = call();
    EXPECT_TRUE(client.socket->try_send(rule.message)) << rule.what;
    advance(100ms);
    EXPECT_TRUE(client.ended) << rule.what;
    EXPECT_EQ(client.close_code, rule.code) << rule.what;
    EXPECT_THAT(host_.sessions.back()->hang_ups, ElementsAre(EndReason::transport_lost))
        << rule.what;
  }
}

TEST_F(AudioSocketTest, ClosesACallThatSpeaksFasterThanRealTime) {
  AudioClient& client = call();
  for (int i = 0; i < 11; ++i)
    speak(client, std::string(6'400, 'a'));
  advance(100ms);
  EXPECT_EQ(client.close_code, 1008);
  EXPECT_EQ(session().frames.size(), 100u);
  EXPECT_EQ(count("broke_rules"), 1u);
}

TEST_F(AudioSocketTest, ClosesACallThatTypesFasterThanAnybody) {
  AudioClient& client = call();
  for (int i = 0; i < 21; ++i)
    say(client, R"({"type":"text","text":"hello"})");
  advance(100ms);
  EXPECT_EQ(client.close_code, 1008);
  EXPECT_EQ(session().texts.size(), 20u);
}

TEST_F(AudioSocketTest, LetsACallTypeFiveTimesASecondForever) {
  AudioClient& client = call();
  for (int i = 0; i < 300; ++i) {
    say(client, R"({"type":"text","text":"hello"})");
    advance(200ms);
  }
  EXPECT_FALSE(client.ended);
  EXPECT_EQ(session().texts.size(), 300u);
}

TEST_F(AudioSocketTest, NeverCutsACharacterOfItsReasonInHalf) {
  for (const std::string padding : {"", "a", "b2", "c33"}) {
    AudioClient& client = call();
    std::string name = padding;
    for (int i = 0; i < 40; ++i)
      name += "\xf0\x9f\x8e\xb5";
    say(client, R"({"type":"hang_up",")" + name + R"(":1})");
    advance(100ms);
    EXPECT_EQ(client.close_code, 1003) << padding;
  }
}

TEST_F(AudioSocketTest, ClosesWith1000WhenItWasEndedBeforeItBegan) {
  host_.refusal = Error{ErrorCode::closed, "it was ended before it began"};
  AudioClient& client = call();
  advance(100ms);
  EXPECT_EQ(client.close_code, 1000);
  EXPECT_THAT(planner_.abandoned, ElementsAre(EndReason::transport_lost));
}

TEST_F(AudioSocketTest, ClosesWith1013WhenNoWorkerHasRoom) {
  host_.refusal = Error{ErrorCode::resource_exhausted, "every worker is busy"};
  AudioClient& client = call();
  advance(100ms);
  EXPECT_EQ(client.close_code, 1013);
  EXPECT_THAT(planner_.abandoned, ElementsAre(EndReason::failure));
}

TEST_F(AudioSocketTest, ClosesWith1011WhenTheSessionCannotStart) {
  host_.refusal = Error{ErrorCode::internal, "a bug"};
  AudioClient& client = call();
  advance(100ms);
  EXPECT_EQ(client.close_code, 1011);
  EXPECT_THAT(planner_.abandoned, ElementsAre(EndReason::failure));
}

TEST_F(AudioSocketTest, EndsEveryCallWith1012WhenItStops) {
  AudioClient& first = call();
  AudioClient& second = call();
  TaskGroup group(loop_.get_executor());
  group.spawn(audio_.stop());
  advance(100ms);
  EXPECT_EQ(group.size(), 0u);
  EXPECT_EQ(first.close_code, 1012);
  EXPECT_EQ(second.close_code, 1012);
  EXPECT_THAT(session().hang_ups, testing::Contains(EndReason::transport_lost));
}

TEST_F(AudioSocketTest, ClosesAClientThatDoesNotReadWithoutHoldingTheSession) {
  auto client = connect();
  client.send(
      "GET /audio/pcm?token=good HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\n"
      "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  settle();
  for (int i = 0; i < 60'000 && count("frames_dropped") == 0; ++i) {
    transport().send(frame(1));
    settle();
  }
  EXPECT_EQ(count("frames_dropped"), 1u);
  EXPECT_THAT(session().hang_ups, IsEmpty());
  for (int i = 0; i < 30 && session().hang_ups.empty(); ++i)
    advance(1s);
  EXPECT_THAT(session().hang_ups, ElementsAre(EndReason::transport_lost));
}

}  // namespace
}  // namespace antiphon
