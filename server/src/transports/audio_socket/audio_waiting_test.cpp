// Calls that come while speech is still loading.
#include "transports/audio_socket/audio_call.h"
#include "transports/audio_socket/audio_socket_fixture_test.h"

#include <gmock/gmock.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class AudioWaitingTest : public AudioSocketTest {
 protected:
  AudioWaitingTest() { host_.is_ready = false; }
};

TEST_F(AudioWaitingTest, TellsTheCallerAndStartsWhenSpeechIsReady) {
  AudioClient& client = call();
  ASSERT_EQ(client.messages.size(), 1u);
  EXPECT_THAT(client.messages[0].data, HasSubstr(R"("type":"session.waiting")"));
  advance(5s);
  EXPECT_THAT(host_.sessions, IsEmpty());
  host_.is_ready = true;
  advance(100ms);
  ASSERT_EQ(host_.sessions.size(), 1u);
  speak(client, std::string(640, '\1'));
  EXPECT_EQ(session().frames.size(), 1u);
  EXPECT_THAT(planner_.abandoned, IsEmpty());
}

TEST_F(AudioWaitingTest, DoesNotKeepWhatIsSaidMeanwhile) {
  AudioClient& client = call();
  for (int i = 0; i < 500; ++i) {
    speak(client, std::string(640, '\1'));
    advance(20ms);
  }
  host_.is_ready = true;
  advance(100ms);
  ASSERT_EQ(host_.sessions.size(), 1u);
  EXPECT_FALSE(client.ended);
  EXPECT_THAT(session().frames, IsEmpty());
  speak(client, std::string(640, '\1'));
  EXPECT_EQ(session().frames.size(), 1u);
}

TEST_F(AudioWaitingTest, KeepsToTheRulesOfACallMeanwhile) {
  AudioClient& odd = call();
  speak(odd, std::string(641, '\1'));
  AudioClient& large = call();
  speak(large, std::string(6'402, '\1'));
  AudioClient& no_json = call();
  say(no_json, "hello");
  AudioClient& unknown = call();
  say(unknown, R"({"type":"zzz"})");
  AudioClient& fast = call();
  for (int i = 0; i < 11; ++i)
    speak(fast, std::string(6'400, '\1'));
  advance(100ms);
  EXPECT_EQ(odd.close_code, 1008);
  EXPECT_EQ(large.close_code, 1009);
  EXPECT_EQ(no_json.close_code, 1007);
  EXPECT_EQ(unknown.close_code, 1003);
  EXPECT_EQ(fast.close_code, 1008);
  EXPECT_EQ(count("broke_rules"), 5u);
  EXPECT_EQ(planner_.abandoned.size(), 5u);
}

TEST_F(AudioWaitingTest, BeginsTheFirstFrameWithTheCall) {
  AudioClient& client = call();
  speak(client, std::string(638, '\1'));
  host_.is_ready = true;
  advance(100ms);
  speak(client, std::string(640, '\2'));
  ASSERT_EQ(session().frames.size(), 1u);
  EXPECT_EQ(session().frames[0].samples[0], 0x0202);
}

TEST_F(AudioWaitingTest, ClosesWith1013AfterThirtySeconds) {
  AudioClient& client = call();
  for (int i = 0; i < 29; ++i)
    advance(1s);
  EXPECT_FALSE(client.ended);
  for (int i = 0; i < 12; ++i)
    advance(100ms);
  EXPECT_EQ(client.close_code, 1013);
  EXPECT_THAT(planner_.abandoned, ElementsAre(EndReason::failure));
}

TEST_F(AudioWaitingTest, StopsAtOnceForAServerThatStops) {
  AudioClient& client = call();
  TaskGroup group(loop_.get_executor());
  group.spawn(audio_.stop());
  advance(100ms);
  advance(100ms);
  EXPECT_EQ(group.size(), 0u);
  EXPECT_EQ(client.close_code, 1012);
  EXPECT_THAT(planner_.abandoned, ElementsAre(EndReason::transport_lost));
}

TEST_F(AudioWaitingTest, EndsTheConversationOfACallerThatGoesMeanwhile) {
  vanish(call());
  EXPECT_THAT(planner_.abandoned, ElementsAre(EndReason::transport_lost));
  say(call(), R"({"type":"hang_up"})");
  advance(100ms);
  close(call(), 1001);
  EXPECT_THAT(planner_.abandoned, ElementsAre(EndReason::transport_lost, EndReason::caller_hung_up,
                                              EndReason::caller_hung_up));
  host_.is_ready = true;
  advance(30s);
  EXPECT_THAT(host_.sessions, IsEmpty());
}

}  // namespace
}  // namespace antiphon
