#include "service/conversation_service.h"

#include "service/fake_host_test.h"
#include "service/fake_stores_test.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

using Replies = std::unique_ptr<TextReply>;

class ConversationServiceTest : public testing::Test {
 protected:
  ConversationServiceTest() {
    Agent agent;
    agent.id = AgentId(test_uuid(5));
    agent.workspace = WorkspaceId(test_uuid(1));
    agent.slug = "front-desk";
    agent.configuration.greeting = "Welcome!";
    store_.agents.push_back(std::move(agent));
  }
  ~ConversationServiceTest() override { run(loop_, service_.stop()); }

  OpenedConversation open(ConversationMode mode) {
    auto opened = run(loop_, service_.open(test_principal(), {"front-desk", Channel::web, mode}));
    EXPECT_TRUE(opened);
    run_until_idle(loop_);
    return std::move(*opened);
  }
  ConversationId open_typed() { return open(ConversationMode::text).conversation.id; }
  Result<SessionPlan> plan(std::string token) { return run(loop_, service_.plan(token)); }
  Result<Replies> answer(ConversationId id, std::string text, std::uint8_t workspace = 1) {
    return run(loop_, service_.answer(test_principal(workspace), id, std::move(text)));
  }
  // Reads a reply to its end, or to its error.
  std::string hear(TextReply& reply) {
    std::string said;
    while (true) {
      const auto step = run(loop_, reply.next());
      if (!step) return said + " ERROR " + std::string(name_of(step.error().code));
      if (!*step) return said;
      said += (*step)->text;
    }
  }
  std::string talk(ConversationId id, std::string text) {
    const auto reply = answer(id, std::move(text));
    EXPECT_TRUE(reply);
    return reply ? hear(**reply) : "";
  }
  void advance(Duration step) {
    run_until_idle(loop_);
    clock_.advance(step);
    run_until_idle(loop_);
  }
  template <class T>
  static ErrorCode code_of(const Result<T>& result) {
    return result ? ErrorCode::internal : result.error().code;
  }

  boost::asio::io_context loop_;
  ManualClock clock_;
  SeededRandom random_{Seed{1}};
  FakeAgents store_;
  FakeConversations records_;
  FakeJournal journal_;
  FakeHost host_{loop_.get_executor()};
  TicketSigner tickets_{TicketKey{}, clock_};
  ConversationService service_{loop_.get_executor(),
                               {store_, records_, journal_, host_, tickets_, clock_, random_}};
};

TEST_F(ConversationServiceTest, GivesASpokenConversationATokenForTwoMinutes) {
  const auto opened = open(ConversationMode::voice);
  ASSERT_TRUE(opened.token);
  EXPECT_EQ(opened.token_expires_at, clock_.wall() + 120s);
  EXPECT_EQ(opened.greeting, "");
  const auto planned = plan(*opened.token);
  ASSERT_TRUE(planned);
  EXPECT_EQ(planned->conversation.id, opened.conversation.id);
  EXPECT_EQ(planned->configuration.greeting.value(), "Welcome!");
  EXPECT_EQ(planned->knowledge_bases.size(), 1u);
}

TEST_F(ConversationServiceTest, TakesATokenOnce) {
  const auto opened = open(ConversationMode::voice);
  EXPECT_TRUE(plan(*opened.token));
  EXPECT_EQ(code_of(plan(*opened.token)), ErrorCode::unauthenticated);
}

TEST_F(ConversationServiceTest, RefusesATokenThatIsForgedExpiredOrForSomethingElse) {
  const auto opened = open(ConversationMode::voice);
  std::string forged = *opened.token;
  forged[10] = forged[10] == 'A' ? 'B' : 'A';
  EXPECT_EQ(code_of(plan(forged)), ErrorCode::unauthenticated);
  EXPECT_EQ(code_of(plan("")), ErrorCode::unauthenticated);
  const std::string live = tickets_.issue({.purpose = TicketPurpose::live_events,
                                           .conversation_id = opened.conversation.id.uuid(),
                                           .expires = clock_.wall() + 60s});
  EXPECT_EQ(code_of(plan(live)), ErrorCode::unauthenticated);
  advance(120s);
  EXPECT_EQ(code_of(plan(*opened.token)), ErrorCode::unauthenticated);
}

TEST_F(ConversationServiceTest, EndsAConversationThatNobodyConnectsToInTwoMinutes) {
  open(ConversationMode::voice);
  advance(119'999ms);
  EXPECT_THAT(journal_.ends(), IsEmpty());
  advance(1ms);
  EXPECT_THAT(journal_.ends(), ElementsAre(EndReason::transport_lost));
}

TEST_F(ConversationServiceTest, LeavesAConnectedConversationToItsSession) {
  const auto opened = open(ConversationMode::voice);
  ASSERT_TRUE(plan(*opened.token));
  advance(300s);
  EXPECT_THAT(journal_.ends(), IsEmpty());
}

TEST_F(ConversationServiceTest, EndsAConversationWhosePlanLedToNoSession) {
  const auto opened = open(ConversationMode::voice);
  const auto planned = plan(*opened.token);
  ASSERT_TRUE(planned);
  service_.abandon(*planned, EndReason::failure);
  EXPECT_THAT(journal_.ends(), ElementsAre(EndReason::failure));
}

TEST_F(ConversationServiceTest, EndsAConversationWhoseAgentIsGoneWhenTheCallerConnects) {
  const auto opened = open(ConversationMode::voice);
  store_.agents.clear();
  EXPECT_EQ(code_of(plan(*opened.token)), ErrorCode::not_found);
  EXPECT_THAT(journal_.ends(), ElementsAre(EndReason::failure));
}

TEST_F(ConversationServiceTest, OpensNothingForAnUnknownForeignOrArchivedAgent) {
  const auto open_with = [&](std::uint8_t workspace, std::string agent) {
    return code_of(run(loop_, service_.open(test_principal(workspace), {std::move(agent)})));
  };
  EXPECT_EQ(open_with(1, "nobody"), ErrorCode::not_found);
  EXPECT_EQ(open_with(1, test_uuid(6).to_string()), ErrorCode::not_found);
  EXPECT_EQ(open_with(2, "front-desk"), ErrorCode::not_found);
  store_.agents[0].status = AgentStatus::archived;
  EXPECT_EQ(open_with(1, "front-desk"), ErrorCode::wrong_state);
  EXPECT_THAT(records_.records, IsEmpty());
}

TEST_F(ConversationServiceTest, GreetsInATypedConversationAndWritesItDown) {
  const auto opened = open(ConversationMode::text);
  EXPECT_EQ(opened.greeting, "Welcome!");
  EXPECT_FALSE(opened.token);
  ASSERT_EQ(journal_.entries.size(), 1u);
  EXPECT_EQ(std::get<Message>(journal_.entries[0].what).said, "Welcome!");
}

TEST_F(ConversationServiceTest, AnswersEachTextWithWhatWasSaidBefore) {
  const ConversationId id = open_typed();
  host_.reply = {reply_text("We open "), reply_text("at nine."), reply_end()};
  EXPECT_EQ(talk(id, "When do you open?"), "We open at nine.");
  EXPECT_EQ(talk(id, "And close?"), "We open at nine.");
  ASSERT_EQ(host_.histories.size(), 2u);
  std::vector<std::string> said;
  for (const Message& message : host_.histories[1])
    said.push_back(message.said);
  EXPECT_THAT(said, ElementsAre("Welcome!", "When do you open?", "We open at nine."));
  EXPECT_EQ(host_.histories[1][1].speaker, Speaker::caller);
  EXPECT_EQ(host_.histories[1][2].speaker, Speaker::agent);
  EXPECT_EQ(host_.histories[1][2].ordinal, 2);
  EXPECT_EQ(host_.texts[1], "And close?");
}

TEST_F(ConversationServiceTest, RefusesASecondTextWhileTheFirstIsAnswered) {
  const ConversationId id = open_typed();
  host_.reply = {reply_text("One moment."), reply_end()};
  const auto first = answer(id, "Hello?");
  ASSERT_TRUE(first);
  EXPECT_EQ(code_of(answer(id, "Hello??")), ErrorCode::wrong_state);
  EXPECT_EQ(hear(**first), "One moment.");
  EXPECT_TRUE(answer(id, "Hello again"));
}

TEST_F(ConversationServiceTest, TakesTheNextTextAfterAReaderThatWentAway) {
  const ConversationId id = open_typed();
  host_.reply = {reply_text("One "), reply_text("two"), reply_end()};
  {
    const auto first = answer(id, "Hello?");
    ASSERT_TRUE(run(loop_, (*first)->next()));
  }
  EXPECT_EQ(talk(id, "Are you there?"), "One two");
  EXPECT_EQ(host_.histories[1].back().said, "One ");
}

TEST_F(ConversationServiceTest, TakesTheNextTextAfterAFailedReply) {
  const ConversationId id = open_typed();
  host_.refusal = Error{ErrorCode::unavailable, "the model is away"};
  EXPECT_EQ(code_of(answer(id, "Hello?")), ErrorCode::unavailable);
  host_.refusal.reset();
  host_.reply = {reply_text("Hm"), failure(ErrorCode::timeout, "the model is slow")};
  EXPECT_EQ(talk(id, "Hello?"), "Hm ERROR timeout");
  host_.reply = {reply_text("Yes."), reply_end()};
  EXPECT_EQ(talk(id, "Hello?"), "Yes.");
}

TEST_F(ConversationServiceTest, EndsAfterTheAgentsGoodbye) {
  const ConversationId id = open_typed();
  host_.reply = {reply_text("Goodbye!", true), reply_end()};
  EXPECT_EQ(talk(id, "Bye"), "Goodbye!");
  EXPECT_THAT(journal_.ends(), ElementsAre(EndReason::agent_said_goodbye));
  EXPECT_EQ(code_of(answer(id, "Wait")), ErrorCode::closed);
}

TEST_F(ConversationServiceTest, RefusesTextsForAConversationOfOthersOrASpokenOne) {
  const ConversationId typed = open_typed();
  const ConversationId spoken = open(ConversationMode::voice).conversation.id;
  EXPECT_EQ(code_of(answer(typed, "Hello", 2)), ErrorCode::not_found);
  EXPECT_EQ(code_of(answer(ConversationId(test_uuid(9)), "Hello")), ErrorCode::not_found);
  EXPECT_EQ(code_of(answer(spoken, "Hello")), ErrorCode::wrong_state);
}

TEST_F(ConversationServiceTest, GoesOnFromTheStoreAfterARestart) {
  const ConversationId id = open_typed();
  Message said;
  said.said = "Earlier words";
  records_.records[0].messages.push_back(said);
  ConversationService later{loop_.get_executor(),
                            {store_, records_, journal_, host_, tickets_, clock_, random_}};
  host_.reply = {reply_end()};
  ASSERT_TRUE(run(loop_, later.answer(test_principal(), id, "Go on")));
  EXPECT_EQ(host_.histories.at(0).at(0).said, "Earlier words");
  run(loop_, later.stop());
}

TEST_F(ConversationServiceTest, EndsATypedConversationOnceAndForAll) {
  const ConversationId id = open_typed();
  const auto ended = run(loop_, service_.end(test_principal(), id));
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->status, ConversationStatus::ended);
  EXPECT_EQ(ended->end_reason, EndReason::ended_by_api);
  // The store still says `active`: the journal writes behind.
  EXPECT_EQ(code_of(answer(id, "Still there?")), ErrorCode::closed);
  EXPECT_TRUE(run(loop_, service_.end(test_principal(), id)));
  EXPECT_THAT(journal_.ends(), ElementsAre(EndReason::ended_by_api));
}

TEST_F(ConversationServiceTest, RecordsOneEndWhenAReplyRunsOnAfterIt) {
  const ConversationId id = open_typed();
  host_.reply = {reply_text("Goodbye!", true), reply_end()};
  const auto reply = answer(id, "Bye");
  ASSERT_TRUE(run(loop_, service_.end(test_principal(), id)));
  EXPECT_EQ(hear(**reply), "Goodbye!");
  EXPECT_THAT(journal_.ends(), ElementsAre(EndReason::ended_by_api));
}

TEST_F(ConversationServiceTest, TakesNoTokenOfAConversationThatWasEnded) {
  const auto opened = open(ConversationMode::voice);
  ASSERT_TRUE(run(loop_, service_.end(test_principal(), opened.conversation.id)));
  EXPECT_EQ(code_of(plan(*opened.token)), ErrorCode::unauthenticated);
  advance(300s);
  EXPECT_THAT(journal_.ends(), ElementsAre(EndReason::ended_by_api));
}

TEST_F(ConversationServiceTest, LeavesTheEndOfARunningCallToItsSession) {
  const auto opened = open(ConversationMode::voice);
  host_.speaking = opened.conversation.id;
  const auto ended = run(loop_, service_.end(test_principal(), opened.conversation.id));
  ASSERT_TRUE(ended);
  EXPECT_THAT(journal_.ends(), IsEmpty());
}

}  // namespace
}  // namespace antiphon
