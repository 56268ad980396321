#include "api/conversations/conversation_routes.h"

#include "api/api_fixture_test.h"
#include "service/conversation_service.h"
#include "service/fake_host_test.h"

#include <gmock/gmock.h>

namespace antiphon {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kAll = "/api/conversations";
constexpr std::string_view kHello = R"({"text":"Hello?"})";

class ConversationRoutesTest : public ApiTest {
 protected:
  ConversationRoutesTest() {
    add_conversation_routes(router_, conversations_);
    Agent agent;
    agent.id = AgentId(test_uuid(5));
    agent.workspace = WorkspaceId(test_uuid(1));
    agent.slug = "front-desk";
    agent_store_.agents.push_back(std::move(agent));
  }
  ~ConversationRoutesTest() override { run(loop_, conversations_.stop()); }

  // Returns its path.
  std::string open_typed() {
    EXPECT_EQ(ask_api("POST", kAll, R"({"agent":"front-desk","mode":"text"})").status, 201);
    return "/api/conversations/" + records_.records.back().conversation.id.to_string();
  }

  FakeConversations records_;
  FakeJournal journal_;
  FakeHost host_{loop_.get_executor()};
  TicketSigner tickets_{TicketKey{}, clock_};
  ConversationService conversations_{
      loop_.get_executor(), {agent_store_, records_, journal_, host_, tickets_, clock_, random_}};
};

TEST_F(ConversationRoutesTest, OpensASpokenConversationWithASocket) {
  const ApiAnswer answer =
      ask_api("POST", kAll, R"({"agent":"front-desk","metadata":{"ticket":7}})");
  EXPECT_EQ(answer.status, 201);
  EXPECT_THAT(answer.head, HasSubstr("Location: /api/conversations/"));
  EXPECT_THAT(answer.body,
              AllOf(HasSubstr(R"("path":"/audio/pcm?token=a1.)"),
                    HasSubstr(R"("metadata":{"ticket":7})"), Not(HasSubstr("greeting"))));
}

TEST_F(ConversationRoutesTest, OpensATypedConversationWithItsGreeting) {
  const ApiAnswer answer = ask_api("POST", kAll, R"({"agent":"front-desk","mode":"text"})");
  EXPECT_EQ(answer.status, 201);
  EXPECT_THAT(answer.body, AllOf(HasSubstr(R"("greeting":"Hello! How can I help you?")"),
                                 Not(HasSubstr("\"socket\""))));
}

TEST_F(ConversationRoutesTest, OpensNothingThatIsWrong) {
  EXPECT_EQ(ask_api("POST", kAll, R"({"agent":"nobody"})").status, 404);
  const ApiAnswer answer =
      ask_api("POST", kAll, R"({"mode":"song","channel":"smoke","metadata":[]})");
  EXPECT_EQ(answer.status, 422);
  for (const std::string_view pointer : {"/agent", "/mode", "/channel", "/metadata"}) {
    EXPECT_THAT(answer.body, HasSubstr("\"pointer\":\"" + std::string(pointer) + "\""));
  }
}

TEST_F(ConversationRoutesTest, StreamsAReplyAsEvents) {
  const std::string path = open_typed();
  host_.reply = {reply_text("We open "), reply_text("at nine."), reply_end()};
  const ApiAnswer answer = ask_api("POST", path + "/messages", kHello);
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.head, HasSubstr("Content-Type: text/event-stream"));
  EXPECT_THAT(
      answer.body,
      AllOf(HasSubstr("event: reply.text\ndata: {\"text\":\"We open \",\"citations\":[]}\n\n"),
            HasSubstr("event: reply.text\ndata: {\"text\":\"at nine.\",\"citations\":[]}\n\n"),
            HasSubstr("event: reply.ended\ndata: {\"said\":\"We open at nine.\","
                      "\"ends_conversation\":false}\n\n")));
}

TEST_F(ConversationRoutesTest, KeepsAnEventOnOneLine) {
  const std::string path = open_typed();
  host_.reply = {reply_text("One\nevent: error\n\ntwo"), reply_end()};
  EXPECT_THAT(ask_api("POST", path + "/messages", kHello).body,
              HasSubstr(R"(data: {"text":"One\nevent: error\n\ntwo")"));
}

TEST_F(ConversationRoutesTest, TellsAnErrorInTheMiddleAsAnEvent) {
  const std::string path = open_typed();
  host_.reply = {reply_text("We open "), failure(ErrorCode::timeout, "the model is slow")};
  const ApiAnswer answer = ask_api("POST", path + "/messages", kHello);
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, AllOf(HasSubstr("\"We open \""), HasSubstr("event: error\ndata: {"),
                                 HasSubstr(R"("code":"timeout")"), Not(HasSubstr("reply.ended"))));
}

TEST_F(ConversationRoutesTest, TellsAnErrorBeforeTheFirstWordAsAProblem) {
  const std::string path = open_typed();
  host_.refusal = Error{ErrorCode::unavailable, "the model is away"};
  const ApiAnswer answer = ask_api("POST", path + "/messages", kHello);
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.head, HasSubstr("Content-Type: application/problem+json\r\n"));
  EXPECT_EQ(ask_api("POST", path + "/messages", R"({"text":""})").status, 422);
  EXPECT_EQ(ask_api("POST", std::string(kAll) + "/x/messages", kHello).status, 404);
}

TEST_F(ConversationRoutesTest, TakesTheNextTextWhenTheReaderWentAway) {
  const std::string path = open_typed();
  const std::string request =
      "POST " + path + "/messages HTTP/1.1\r\nHost: x\r\nAuthorization: " + owner_ +
      "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(kHello.size()) +
      "\r\n\r\n" + std::string(kHello);
  host_.reply = {reply_text("One moment")};
  auto client = connect();
  EXPECT_THAT(ask(client, request), HasSubstr("One moment"));
  EXPECT_EQ(ask_api("POST", path + "/messages", kHello).status, 409);
  client.close();
  advance(std::chrono::seconds(1));
  host_.reply = {reply_end()};
  EXPECT_EQ(ask_api("POST", path + "/messages", kHello).status, 200);
}

TEST_F(ConversationRoutesTest, EndsAndThenRefusesTexts) {
  const std::string path = open_typed();
  const ApiAnswer ended = ask_api("POST", path + "/end");
  EXPECT_EQ(ended.status, 200);
  EXPECT_THAT(ended.body,
              AllOf(HasSubstr(R"("status":"ended")"), HasSubstr(R"("end_reason":"ended_by_api")")));
  EXPECT_EQ(ask_api("POST", path + "/messages", kHello).status, 409);
}

TEST_F(ConversationRoutesTest, ReadsWhatWasSaidAndHeard) {
  const std::string path = open_typed();
  Message message;
  message.said = "Our hours are nine to five";
  message.heard = "Our hours";
  message.interrupted = true;
  records_.records[0].messages.push_back(message);
  records_.records[0].events.push_back({1, "barge_in", Milliseconds(1200), R"({"a":1})"});
  const ApiAnswer answer = ask_api("GET", path);
  EXPECT_THAT(answer.body,
              AllOf(HasSubstr(R"("heard":"Our hours")"), HasSubstr(R"("interrupted":true)"),
                    HasSubstr(R"("at_ms":1200,"payload":{"a":1})")));
  EXPECT_EQ(ask_as(keys_.add(random_, Role::owner, 2), "GET", path).status, 404);
  EXPECT_THAT(ask_api("GET", kAll).body, HasSubstr(R"("mode":"text")"));
}

}  // namespace
}  // namespace antiphon
