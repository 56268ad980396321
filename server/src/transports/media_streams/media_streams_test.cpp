#include "transports/media_streams/media_streams_fixture_test.h"

#include <gmock/gmock.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST_F(MediaStreamsTest, PlansTheCallThatTheStartNames) {
  call_twilio(R"("token":"good","agent":"support")");
  ASSERT_EQ(planner_.calls.size(), 1u);
  EXPECT_EQ(planner_.calls[0].carrier, "twilio");
  EXPECT_EQ(planner_.calls[0].call_id, "CA1");
  EXPECT_EQ(planner_.calls[0].agent, "support");
  EXPECT_EQ(host_.sessions.size(), 1u);
}

TEST_F(MediaStreamsTest, TakesTheTokenFromTheQueryAndTheKeyFromTheHeader) {
  Carrier& plivo = connect("/audio/plivo?token=good");
  say(plivo, R"({"sequenceNumber":0,"event":"start","start":{"callId":"12","streamId":"87",
      "tracks":["inbound"],"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000}},
      "extra_headers":"{}"})");
  Carrier& telnyx = connect("/audio/telnyx?key=antiphon_good&agent=support");
  say(telnyx, R"({"event":"start","start":{"call_control_id":"v2:x","to":"+1555","media_format":
      {"encoding":"PCMA","sample_rate":8000,"channels":1}},"stream_id":"32DE"})");
  EXPECT_EQ(host_.sessions.size(), 2u);
  EXPECT_EQ(planner_.calls.at(1).called, "+1555");
}

TEST_F(MediaStreamsTest, ClosesAStrangerWhoseTokenIsWrong) {
  Carrier& carrier = call_twilio(R"("token":"bad")");
  advance(100ms);
  EXPECT_EQ(carrier.close_code, 1008);
  EXPECT_THAT(host_.sessions, IsEmpty());
  EXPECT_EQ(count("refused"), 1u);
}

TEST_F(MediaStreamsTest, ClosesAStrangerWhoNeverStarts) {
  Carrier& carrier = connect("/audio/twilio");
  say(carrier, R"({"event":"connected"})");
  advance(9s);
  EXPECT_FALSE(carrier.ended);
  advance(2s);
  EXPECT_EQ(carrier.close_code, 1008);
}

TEST_F(MediaStreamsTest, LetsInOnlySoManyStrangers) {
  for (int i = 0; i < MediaStreams::kStrangersMax; ++i)
    connect("/audio/twilio");
  EXPECT_THAT(shake_hands(), StartsWith("HTTP/1.1 503 "));
  say(carriers_.front(), twilio_start(R"("token":"good")"));
  EXPECT_EQ(host_.sessions.size(), 1u);
  connect("/audio/twilio");
}

TEST_F(MediaStreamsTest, RefusesASocketWhenThereIsNoRoomForAnotherCall) {
  host_.full = true;
  EXPECT_THAT(shake_hands(), StartsWith("HTTP/1.1 503 "));
}

TEST_F(MediaStreamsTest, GivesTheCallersSoundToTheSessionAtTheEnginesRate) {
  Carrier& carrier = call_twilio();
  for (int i = 0; i < 10; ++i)
    say(carrier, media(0x8F));  // µ-law: a loud constant
  EXPECT_EQ(session().frames.size(), 10u);
  EXPECT_NEAR(session().frames[8].samples[100], 16'764, 300);
}

TEST_F(MediaStreamsTest, PassesOverWhatWasSaidToTheCaller) {
  Carrier& carrier = call_twilio();
  say(carrier, R"({"event":"media","media":{"track":"outbound","payload":"/////w=="}})");
  EXPECT_THAT(session().frames, IsEmpty());
  EXPECT_FALSE(carrier.ended);
}

TEST_F(MediaStreamsTest, SendsEachFrameAsTwentyMillisecondsOfMuLaw) {
  Carrier& carrier = call_twilio();
  speak(3);
  ASSERT_EQ(carrier.messages.size(), 3u);
  for (const std::string& text : carrier.messages) {
    StreamMessage message;
    ASSERT_TRUE(read_stream_message(StreamDialect::twilio, text, message));
    EXPECT_EQ(message.audio, std::vector<std::uint8_t>(160, 0xFF));
    EXPECT_THAT(text, HasSubstr(R"("streamSid":"MZ1")"));
  }
}

TEST_F(MediaStreamsTest, MarksEveryTenthFrameAndMeasuresHowFarBehindTheCarrierIs) {
  Carrier& carrier = call_twilio();
  speak(25);
  ASSERT_EQ(carrier.messages.size(), 27u);
  EXPECT_EQ(carrier.messages[10], R"({"event":"mark","mark":{"name":"f10"},"streamSid":"MZ1"})");
  say(carrier, mark("f10"));
  say(carrier, mark("f20"));
  EXPECT_THAT(metrics_.render(), HasSubstr("media_stream_unplayed_seconds_sum 0.4\n"));
  // 15 frames and 5, of 320 samples each.
  EXPECT_THAT(session().unplayed, ElementsAre(4'800u, 1'600u));
}

TEST_F(MediaStreamsTest, ClearsWhatTheCarrierHoldsAndBelievesNoMarkOfIt) {
  Carrier& carrier = call_twilio();
  speak(20);
  transport().clear();
  speak(1);
  EXPECT_EQ(carrier.messages.at(22), R"({"event":"clear","streamSid":"MZ1"})");
  say(carrier, mark("f10"));
  say(carrier, mark("f20"));
  say(carrier, mark("f999"));
  say(carrier, mark("nonsense"));
  EXPECT_THAT(metrics_.render(), HasSubstr("media_stream_unplayed_seconds_count 0\n"));
  EXPECT_THAT(session().unplayed, IsEmpty());
}

TEST_F(MediaStreamsTest, KeepsTheSocketUntilTheLastWordsWerePlayed) {
  Carrier& carrier = call_twilio();
  speak(5);
  transport().finish(EndReason::agent_said_goodbye);
  advance(500ms);
  EXPECT_FALSE(carrier.ended);
  EXPECT_EQ(carrier.messages.back(), R"({"event":"mark","mark":{"name":"end"},"streamSid":"MZ1"})");
  say(carrier, mark("end"));
  advance(100ms);
  EXPECT_EQ(carrier.close_code, 1000);
}

TEST_F(MediaStreamsTest, ClosesWithoutTheLastMarkAfterTwoSeconds) {
  Carrier& carrier = call_twilio();
  speak(5);
  transport().finish(EndReason::agent_said_goodbye);
  advance(2'100ms);
  EXPECT_EQ(carrier.close_code, 1000);
}

TEST_F(MediaStreamsTest, MakesATurnOfKeysThatEndWithAPauseOrTheHash) {
  Carrier& carrier = call_twilio();
  for (const char key : {'1', '2', '*'})
    say(carrier, digit(key));
  advance(1'400ms);
  say(carrier, media());
  EXPECT_THAT(session().texts, IsEmpty());
  advance(200ms);
  say(carrier, media());
  say(carrier, digit('4'));
  say(carrier, digit('#'));
  say(carrier, digit('#'));
  EXPECT_THAT(session().texts, ElementsAre("12*", "4", "#"));
}

TEST_F(MediaStreamsTest, EndsTheCallWhenTheCarrierSaysStopOrGoesAway) {
  Carrier& carrier = call_twilio();
  say(carrier, R"({"event":"stop","stop":{"callSid":"CA1"}})");
  EXPECT_THAT(session().hang_ups, ElementsAre(EndReason::caller_hung_up));
  Carrier& other = call_twilio();
  hang_up(other);
  EXPECT_THAT(host_.sessions.at(1)->hang_ups, ElementsAre(EndReason::transport_lost));
}

struct Breach {
  std::string_view what;
  std::string message;
  std::uint16_t code;
};

TEST_F(MediaStreamsTest, ClosesWhoBreaksTheProtocolWithAReason) {
  const Breach table[] = {
      {"no JSON", "hello", 1007},
      {"no event", "{}", 1007},
      {"a second start", twilio_start(R"("token":"good")"), 1008},
      {"a huge message", R"({"event":"x","y":")" + std::string(20'000, 'a') + "\"}", 1009},
      {"no base64", R"({"event":"media","media":{"payload":"???"}})", 1007},
  };
  for (const Breach& breach : table) {
    Carrier& carrier = call_twilio();
    say(carrier, breach.message);
    advance(100ms);
    EXPECT_EQ(carrier.close_code, breach.code) << breach.what;
  }
  EXPECT_EQ(count("broke_rules"), 4u);  // the socket itself refuses what is too large
}

TEST_F(MediaStreamsTest, ClosesWhoSpeaksBeforeTheStart) {
  for (const std::string& early : {media(), digit('1'), mark("f10")}) {
    Carrier& carrier = connect("/audio/twilio?token=good");
    say(carrier, early);
    advance(100ms);
    EXPECT_EQ(carrier.close_code, 1008) << early;
  }
  EXPECT_THAT(planner_.calls, IsEmpty());
}

TEST_F(MediaStreamsTest, ClosesWhoSpeaksFasterThanRealTime) {
  Carrier& carrier = call_twilio();
  for (int i = 0; i < 11 && !carrier.ended; ++i) {
    say(carrier, media(0xFF, 1'600));
  }
  advance(100ms);
  EXPECT_EQ(carrier.close_code, 1008);
  EXPECT_EQ(count("broke_rules"), 1u);
}

TEST_F(MediaStreamsTest, ClosesAFormatItDoesNotSpeak) {
  Carrier& carrier = connect("/audio/telnyx?token=good");
  say(carrier, R"({"event":"start","start":{"media_format":{"encoding":"L16","sample_rate":16000}},
      "stream_id":"32DE"})");
  advance(100ms);
  EXPECT_EQ(carrier.close_code, 1003);
}

TEST_F(MediaStreamsTest, AbandonsACallThatFindsNoRoom) {
  host_.refusal = Error{ErrorCode::resource_exhausted, "full"};
  Carrier& carrier = call_twilio();
  advance(100ms);
  EXPECT_EQ(carrier.close_code, 1013);
  EXPECT_THAT(planner_.abandoned, ElementsAre(EndReason::failure));
}

TEST_F(MediaStreamsTest, WaitsForSpeechThatStillLoads) {
  host_.is_ready = false;
  Carrier& carrier = call_twilio();
  say(carrier, media());
  advance(3s);
  EXPECT_THAT(host_.sessions, IsEmpty());
  host_.is_ready = true;
  advance(200ms);
  say(carrier, media());
  EXPECT_EQ(host_.sessions.size(), 1u);
}

}  // namespace
}  // namespace antiphon
