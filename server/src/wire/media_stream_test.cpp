#include "wire/media_stream.h"

#include "wire/json_members.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace antiphon {
namespace {

using enum StreamDialect;

StreamMessage read(StreamDialect dialect, std::string_view text) {
  StreamMessage message;
  const auto done = read_stream_message(dialect, text, message);
  EXPECT_TRUE(done.has_value()) << (done ? "" : done.error().message) << " in " << text;
  return message;
}

ErrorCode refusal(StreamDialect dialect, std::string_view text) {
  StreamMessage message;
  const auto done = read_stream_message(dialect, text, message);
  return done ? ErrorCode::internal : done.error().code;
}

TEST(TwilioStream, ReadsTheStartOfACall) {
  const auto message = read(twilio, R"({"event":"start","sequenceNumber":"1","start":{
      "accountSid":"AC01","streamSid":"MZ18","callSid":"CA3f","tracks":["inbound"],
      "mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1},
      "customParameters":{"token":"a1.b-c","who":"M\u00fcller \ud83d\ude00\n"}},
      "streamSid":"MZ18"})");
  EXPECT_EQ(message.event, StreamEvent::start);
  EXPECT_EQ(message.start.stream_id, "MZ18");
  EXPECT_EQ(message.start.call_id, "CA3f");
  EXPECT_EQ(message.start.codec, StreamCodec::mu_law);
  EXPECT_EQ(message.start.parameter("token"), "a1.b-c");
  EXPECT_EQ(message.start.parameter("who"), "M\xC3\xBCller \xF0\x9F\x98\x80\n");
  EXPECT_EQ(message.start.parameter("none"), "");
}

TEST(TwilioStream, ReadsSoundWhoseSlashesAreEscapedOrNot) {
  const std::vector<std::uint8_t> sound{0xFF, 0x7F, 0x7E};
  for (const char* payload : {"/39+", "\\/39+"}) {
    const auto message =
        read(twilio, std::string(R"({"streamSid":"MZ1","media":{"track":"inbound","payload":")") +
                         payload + R"("},"event":"media"})");
    EXPECT_EQ(message.event, StreamEvent::media);
    EXPECT_EQ(message.audio, sound);
    EXPECT_TRUE(message.is_inbound);
  }
}

TEST(TwilioStream, KnowsWhatWasSaidToTheCaller) {
  EXPECT_FALSE(read(twilio, R"({"event":"media","media":{"track":"outbound","payload":"/w=="}})")
                   .is_inbound);
}

TEST(TwilioStream, ReadsMarksKeysAndTheEnd) {
  EXPECT_EQ(read(twilio, R"({"event":"mark","streamSid":"MZ1","mark":{"name":"m7"}})").name, "m7");
  EXPECT_EQ(read(twilio, R"({"event":"dtmf","dtmf":{"track":"inbound_track","digit":"#"}})").digit,
            '#');
  EXPECT_EQ(read(twilio, R"({"event":"stop","stop":{"callSid":"CA1"}})").event, StreamEvent::stop);
  EXPECT_EQ(read(twilio, R"({"event":"connected","protocol":"Call","version":"1.0.0"})").event,
            StreamEvent::connected);
  EXPECT_EQ(read(twilio, R"({"event":"weather"})").event, StreamEvent::other);
}

TEST(TelnyxStream, ReadsTheStartOfACall) {
  const auto message = read(telnyx, R"({"event":"start","sequence_number":"1","start":{
      "user_id":"3E6F","call_control_id":"v2:T02llQx_x-q","call_session_id":"ff55",
      "from":"+13122010094","to":"+13122123456","tags":["TAG1"],"client_state":"aGF2",
      "custom_parameters":{"customer_id":"customer_123"},
      "media_format":{"encoding":"PCMA","sample_rate":8000,"channels":1}},
      "stream_id":"32DE0DEA-53CB"})");
  EXPECT_EQ(message.start.stream_id, "32DE0DEA-53CB");
  EXPECT_EQ(message.start.call_id, "v2:T02llQx_x-q");
  EXPECT_EQ(message.start.from, "+13122010094");
  EXPECT_EQ(message.start.to, "+13122123456");
  EXPECT_EQ(message.start.codec, StreamCodec::a_law);
  EXPECT_EQ(message.start.parameter("customer_id"), "customer_123");
}

TEST(TelnyxStream, ReadsAnErrorAndAMark) {
  EXPECT_EQ(read(telnyx, R"({"event":"error","payload":{"code":100003}})").event,
            StreamEvent::error);
  EXPECT_EQ(read(telnyx, R"({"event":"mark","mark":{"name":"m1"},"stream_id":"3"})").name, "m1");
}

TEST(PlivoStream, ReadsTheStartOfACallAndItsExtraHeaders) {
  const auto message = read(plivo, R"({"sequenceNumber":0,"event":"start","start":{
      "callId":"1234-abc","streamId":"8765-cba","accountId":"MA","tracks":["inbound"],
      "mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000}},
      "extra_headers":"userId=12345;sessionId=abc-xyz,last=1"})");
  EXPECT_EQ(message.start.stream_id, "8765-cba");
  EXPECT_EQ(message.start.call_id, "1234-abc");
  EXPECT_EQ(message.start.parameter("userId"), "12345");
  EXPECT_EQ(message.start.parameter("sessionId"), "abc-xyz");
  EXPECT_EQ(message.start.parameter("last"), "1");
}

TEST(PlivoStream, ReadsWhatWasPlayedAndWhatWasCleared) {
  const auto played =
      read(plivo, R"({"event":"playedStream","streamId":"87","name":"m20","sequenceNumber":9})");
  EXPECT_EQ(played.event, StreamEvent::mark);
  EXPECT_EQ(played.name, "m20");
  EXPECT_EQ(read(plivo, R"({"event":"clearedAudio","streamId":"87"})").event, StreamEvent::cleared);
  EXPECT_EQ(read(twilio, R"({"event":"clearedAudio"})").event, StreamEvent::other);
}

std::string start_with(std::string_view format, std::string_view id = "MZ1") {
  return R"({"event":"start","start":{"streamSid":")" + std::string(id) +
         R"(","callSid":"CA","mediaFormat":)" + std::string(format) + "}}";
}

TEST(MediaStream, RefusesSoundItDoesNotSpeak) {
  for (const char* format :
       {R"({"encoding":"audio/x-l16","sampleRate":16000})",
        R"({"encoding":"audio/x-mulaw","sampleRate":16000})",
        R"({"encoding":"audio/x-mulaw","sampleRate":8000,"channels":2})",
        R"({"encoding":"PCMA","sampleRate":8000})", R"({"encoding":7,"sampleRate":8000})"})
    EXPECT_EQ(refusal(twilio, start_with(format)), ErrorCode::unsupported) << format;
}

TEST(MediaStream, RefusesAnIdThatWouldBreakOutOfItsQuotes) {
  constexpr std::string_view kFormat = R"({"encoding":"audio/x-mulaw","sampleRate":8000})";
  for (const std::string& id :
       {std::string(), std::string(R"(a\"b)"), std::string("a b"), std::string(257, 'a')})
    EXPECT_EQ(refusal(twilio, start_with(kFormat, id)), ErrorCode::protocol_error) << id;
  EXPECT_EQ(read(twilio, start_with(kFormat, std::string(256, 'a'))).start.stream_id.size(), 256u);
}

TEST(MediaStream, RefusesWhatIsNoMessage) {
  for (const char* text :
       {"", "null", "[]", "{", R"({"event":"media"} x)", R"({"event":"media",})", R"({"event":7})",
        "{}", R"({"event":"media"})", R"({"event":"media","media":{"payload":7}})",
        R"({"event":"stop","event":"stop"})", R"({"event":"mark","mark":{}})",
        R"({"event":"dtmf","dtmf":{"digit":"12"}})", R"({"event":"dtmf","dtmf":{"digit":"x"}})",
        R"({"event":"start"})", R"({"event":"stop","a":01})", R"({"event":"stop","a":"\q"})",
        "{\"event\":\"stop\",\"a\":\"\n\"}", R"({"event":"stop","a":[[[[[[[[[1]]]]]]]]]})"})
    EXPECT_EQ(refusal(twilio, text), ErrorCode::protocol_error) << text;
}

TEST(MediaStream, RefusesBase64ThatIsNotCanonical) {
  for (const char* payload :
       {"/w=", "/w", "/x==", "=", "====", "/w==/w==", "a b=", "-_-_", "/39=+"})
    EXPECT_EQ(refusal(twilio,
                      std::string(R"({"event":"media","media":{"payload":")") + payload + R"("}})"),
              ErrorCode::protocol_error)
        << payload;
}

TEST(MediaStream, BoundsSoundAndParameters) {
  const auto media = [](std::size_t bytes) {
    std::string text;
    write_stream_media(twilio, "MZ1", std::vector<std::uint8_t>(bytes, 0xFF), text);
    return text;
  };
  EXPECT_EQ(read(twilio, media(kStreamAudioMax)).audio.size(), 8'192u);
  EXPECT_NE(refusal(twilio, media(kStreamAudioMax + 1)), ErrorCode::internal);
  EXPECT_EQ(refusal(twilio, media(kStreamAudioMax * 2)), ErrorCode::too_large);
  std::string many = R"({"event":"start","start":{"streamSid":"MZ1","mediaFormat":
      {"encoding":"audio/x-mulaw","sampleRate":8000},"customParameters":{)";
  for (int i = 0; i < 33; ++i)
    many += (i == 0 ? "\"p" : ",\"p") + std::to_string(i) + R"(":"v")";
  EXPECT_EQ(refusal(twilio, many + "}}}"), ErrorCode::too_large);
}

TEST(MediaStream, WritesWhatEachCarrierReads) {
  const std::vector<std::uint8_t> sound{0xFF, 0x7F, 0x7E, 0x00};
  std::string out;
  write_stream_media(twilio, "MZ1", sound, out);
  EXPECT_EQ(out, R"({"event":"media","media":{"payload":"/39+AA=="},"streamSid":"MZ1"})");
  out.clear();
  write_stream_media(telnyx, "32DE", sound, out);
  EXPECT_EQ(out, R"({"event":"media","media":{"payload":"/39+AA=="}})");
  out.clear();
  write_stream_media(plivo, "87", sound, out);
  EXPECT_EQ(out, R"({"event":"playAudio","media":{"contentType":"audio/x-mulaw",)"
                 R"("sampleRate":8000,"payload":"/39+AA=="},"streamId":"87"})");
  out.clear();
  write_stream_mark(twilio, "MZ1", "m1", out);
  EXPECT_EQ(out, R"({"event":"mark","mark":{"name":"m1"},"streamSid":"MZ1"})");
  out.clear();
  write_stream_mark(plivo, "87", "m1", out);
  EXPECT_EQ(out, R"({"event":"checkpoint","name":"m1","streamId":"87"})");
  out.clear();
  write_stream_clear(twilio, "MZ1", out);
  EXPECT_EQ(out, R"({"event":"clear","streamSid":"MZ1"})");
  out.clear();
  write_stream_clear(telnyx, "32DE", out);
  EXPECT_EQ(out, R"({"event":"clear"})");
  out.clear();
  write_stream_clear(plivo, "87", out);
  EXPECT_EQ(out, R"({"event":"clearAudio","streamId":"87"})");
}

TEST(MediaStream, ReadsBackEveryLengthThatItWrites) {
  std::vector<std::uint8_t> sound;
  for (std::size_t length = 0; length < 330; ++length) {
    std::string text;
    write_stream_media(telnyx, "3", sound, text);
    ASSERT_EQ(read(telnyx, text).audio, sound) << length;
    sound.push_back(static_cast<std::uint8_t>(length * 37));
  }
}

TEST(JsonText, RefusesHalfASurrogatePairAndNul) {
  EXPECT_FALSE(json_text(R"("\ud83d")", 100));
  EXPECT_FALSE(json_text(R"("\ude00")", 100));
  EXPECT_FALSE(json_text(R"("\ud83dx")", 100));
  EXPECT_FALSE(json_text(R"("\u0000")", 100));
  EXPECT_FALSE(json_text("7", 100));
  EXPECT_FALSE(json_text(R"("abc")", 2));
  EXPECT_EQ(json_text(R"("a\t\"\/")", 100), "a\t\"/");
}

}  // namespace
}  // namespace antiphon
