#include "transports/media_streams/answer_webhook.h"

#include "transports/media_streams/media_streams_fixture_test.h"

#include <gmock/gmock.h>

namespace antiphon {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class AnswerWebhookTest : public HttpServerTest {
 protected:
  AnswerWebhookTest() {
    serve(
        [this](Request request, ResponseWriter& writer) {
          return webhook_.handle(StreamDialect::twilio, std::move(request), writer);
        },
        {}, {.body_max = 4096});
  }
  std::string ask(std::string_view query, std::string_view form = "CallSid=CA1&To=%2B15550199",
                  std::string_view host = "voice.example.com") {
    return ask_once("POST /carriers/twilio/answer" + std::string(query) +
                    " HTTP/1.1\r\nHost: " + std::string(host) +
                    "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " +
                    std::to_string(form.size()) + "\r\n\r\n" + std::string(form));
  }

  ScriptedCarrierPlanner planner_;
  ScriptedHost host_{loop_.get_executor(), clock_};
  AnswerWebhook webhook_{planner_, host_, clock_, metrics_};
};

TEST_F(AnswerWebhookTest, TellsTheCarrierToStreamTheCallHere) {
  const std::string answer = ask("?agent=front-desk&key=antiphon_good");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(answer, HasSubstr("Content-Type: text/xml; charset=utf-8\r\n"));
  EXPECT_THAT(answer, HasSubstr("<Response><Connect>"
                                "<Stream url=\"ws://voice.example.com/audio/twilio\">"
                                "<Parameter name=\"token\" value=\"a1.fresh\"/></Stream>"
                                "</Connect></Response>"));
  ASSERT_EQ(planner_.calls.size(), 1u);
  EXPECT_EQ(planner_.calls[0].agent, "front-desk");
  EXPECT_EQ(planner_.calls[0].call_id, "CA1");
  EXPECT_EQ(planner_.calls[0].called, "+15550199");
}

TEST_F(AnswerWebhookTest, AsksForTheSignatureWhereASecretIsSet) {
  planner_.secret = "12345";
  EXPECT_THAT(ask("?agent=front-desk&key=antiphon_good"), StartsWith("HTTP/1.1 401 "));
  EXPECT_TRUE(planner_.calls.empty());
}

TEST_F(AnswerWebhookTest, RefusesACallForWhichThereIsNoRoom) {
  host_.full = true;
  EXPECT_THAT(ask("?agent=front-desk&key=antiphon_good"), StartsWith("HTTP/1.1 503 "));
  EXPECT_TRUE(planner_.calls.empty());
}

TEST_F(AnswerWebhookTest, RefusesAWrongKeyABadFormAndABadHost) {
  EXPECT_THAT(ask("?agent=front-desk&key=antiphon_bad"), StartsWith("HTTP/1.1 401 "));
  EXPECT_THAT(ask("?agent=front-desk"), StartsWith("HTTP/1.1 401 "));
  EXPECT_THAT(ask("?agent=front-desk&key=antiphon_good", "a=%"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(ask("?agent=front-desk&key=antiphon_good", "", "a\"><x"),
              StartsWith("HTTP/1.1 400 "));
  EXPECT_TRUE(planner_.calls.empty());
}

TEST(AnswerXml, SpeaksToEachCarrierInItsOwnWords) {
  EXPECT_THAT(answer_xml(StreamDialect::telnyx, true, "v.example.com", "a1.x"),
              HasSubstr("<Connect><Stream url=\"wss://v.example.com/audio/telnyx?token=a1.x\" "
                        "codec=\"PCMU\" bidirectionalMode=\"rtp\" "
                        "bidirectionalCodec=\"PCMU\"/></Connect><Hangup/>"));
  EXPECT_THAT(answer_xml(StreamDialect::plivo, true, "v.example.com", "a1.x"),
              HasSubstr("<Stream bidirectional=\"true\" keepCallAlive=\"true\" "
                        "contentType=\"audio/x-mulaw;rate=8000\">"
                        "wss://v.example.com/audio/plivo?token=a1.x</Stream><Hangup/>"));
}

}  // namespace
}  // namespace antiphon
