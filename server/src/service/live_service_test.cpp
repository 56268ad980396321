// Conversations that several servers know of: what they share, and what ends when one is killed.
#include "service/conversation_service.h"
#include "service/fake_host_test.h"
#include "service/fake_live_test.h"
#include "service/fake_stores_test.h"
#include "service/lost_calls.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class LiveServiceTest : public testing::Test {
 protected:
  // One process, with everything of it that a kill takes away.
  struct Server {
    Server(LiveServiceTest& test, std::string node)
        : service(test.loop_.get_executor(),
                  {test.agents_, test.records_, test.journal_, host, test.tickets_, test.clock_,
                   test.random_, &test.live_, std::move(node),
                   [this](const AgentConfiguration& configuration) {
                     expected.push_back(configuration.greeting.value());
                   }}),
          loop(test.loop_),
          host(test.loop_.get_executor()) {}
    ~Server() { run(loop, service.stop()); }

    std::vector<std::string> expected;
    ConversationService service;
    boost::asio::io_context& loop;
    FakeHost host;
  };

  LiveServiceTest() {
    Agent agent;
    agent.id = AgentId(test_uuid(5));
    agent.workspace = WorkspaceId(test_uuid(1));
    agent.slug = "front-desk";
    agent.configuration.greeting = "Welcome!";
    agents_.agents.push_back(std::move(agent));
  }

  OpenedConversation open(Server& server, ConversationMode mode) {
    auto opened =
        run(loop_, server.service.open(test_principal(), {"front-desk", Channel::web, mode}));
    EXPECT_TRUE(opened);
    run_until_idle(loop_);
    return std::move(*opened);
  }
  std::string talk(Server& server, ConversationId id, std::string text, std::string reply) {
    server.host.reply = {reply_text(std::move(reply)), reply_end()};
    auto answer = run(loop_, server.service.answer(test_principal(), id, std::move(text)));
    if (!answer) return std::string(name_of(answer.error().code));
    while (const auto step = run(loop_, (*answer)->next())) {
      if (!*step) break;
    }
    answer->reset();
    run_until_idle(loop_);
    return "ok";
  }
  static std::vector<std::string> said(const std::vector<Message>& messages) {
    std::vector<std::string> texts;
    for (const Message& message : messages)
      texts.push_back(message.said);
    return texts;
  }
  std::vector<std::string> live() {
    std::vector<std::string> nodes;
    for (const auto& known : run(loop_, live_.list_live(WorkspaceId(test_uuid(1)))))
      nodes.push_back(known.node);
    return nodes;
  }
  void advance(Duration duration) {
    for (Duration passed{0}; passed < duration; passed += 1s) {
      run_until_idle(loop_);
      clock_.advance(1s);
    }
    run_until_idle(loop_);
  }
  // A watch on behalf of a server that runs nothing itself.
  LostCalls lost_calls() {
    return LostCalls({[this](WallTime before) { return unfinished(before); },
                      live_,
                      journal_,
                      clock_,
                      log_,
                      {}});
  }
  Task<Result<std::vector<Conversation>>> unfinished(WallTime before) {
    std::vector<Conversation> found;
    for (const ConversationRecord& record : records_.records) {
      if (record.conversation.started_at < before) found.push_back(record.conversation);
    }
    co_return found;
  }

  boost::asio::io_context loop_;
  ManualClock clock_;
  SeededRandom random_{Seed{1}};
  Log log_{clock_, 2, LogLevel::error};
  FakeAgents agents_;
  FakeConversations records_;
  FakeJournal journal_;
  FakeLive live_{clock_};
  TicketSigner tickets_{TicketKey{}, clock_};
};

TEST_F(LiveServiceTest, MarksAConversationFromItsOpeningToItsEnd) {
  Server server(*this, "node-1");
  const auto opened = open(server, ConversationMode::text);
  EXPECT_THAT(live(), ElementsAre("node-1"));
  advance(120s);
  EXPECT_THAT(live(), ElementsAre("node-1"));
  ASSERT_TRUE(run(loop_, server.service.end(test_principal(), opened.conversation.id)));
  run_until_idle(loop_);
  EXPECT_THAT(live(), IsEmpty());
  const int marks = live_.marks;
  advance(60s);
  EXPECT_EQ(live_.marks, marks);
}

TEST_F(LiveServiceTest, MarksACallForAsLongAsItsPlanOrItsSessionLives) {
  Server server(*this, "node-1");
  const auto opened = open(server, ConversationMode::voice);
  auto plan = run(loop_, server.service.plan(*opened.token));
  ASSERT_TRUE(plan);
  advance(300s);
  EXPECT_THAT(live(), ElementsAre("node-1"));
  EXPECT_TRUE(server.service.runs_here(opened.conversation.id));
  plan->hold.reset();
  EXPECT_FALSE(server.service.runs_here(opened.conversation.id));
  advance(11s);
  EXPECT_THAT(live(), IsEmpty());
}

TEST_F(LiveServiceTest, ACallThatNobodyConnectsToIsLiveNoLonger) {
  Server server(*this, "node-1");
  open(server, ConversationMode::voice);
  advance(121s);
  EXPECT_THAT(live(), IsEmpty());
}

TEST_F(LiveServiceTest, SaysThatACallIsComingBeforeItsCallerConnects) {
  Server server(*this, "node-1");
  open(server, ConversationMode::text);
  EXPECT_THAT(server.expected, IsEmpty());
  open(server, ConversationMode::voice);
  EXPECT_THAT(server.expected, ElementsAre("Welcome!"));
}

TEST_F(LiveServiceTest, ACallEndedBetweenItsPlanAndItsSessionIsCalledOff) {
  Server server(*this, "node-1");
  const auto opened = open(server, ConversationMode::voice);
  const auto plan = run(loop_, server.service.plan(*opened.token));
  ASSERT_TRUE(plan);
  EXPECT_FALSE(plan->hold->called_off.load());
  ASSERT_TRUE(run(loop_, server.service.end(test_principal(), opened.conversation.id)));
  EXPECT_TRUE(plan->hold->called_off.load());
  // The transport could not start it and says so: there is one end all the same.
  server.service.abandon(*plan, EndReason::failure);
  EXPECT_THAT(journal_.ends(), ElementsAre(EndReason::ended_by_api));
}

TEST_F(LiveServiceTest, ATypedConversationGoesOnAtAnotherServer) {
  Server one(*this, "node-1");
  Server two(*this, "node-2");
  const auto id = open(one, ConversationMode::text).conversation.id;
  EXPECT_EQ(talk(one, id, "When do you open?", "At nine."), "ok");
  // The journal has written none of it yet.
  EXPECT_EQ(talk(two, id, "And close?", "At five."), "ok");
  EXPECT_THAT(said(two.host.histories.at(0)),
              ElementsAre("Welcome!", "When do you open?", "At nine."));
  EXPECT_EQ(talk(one, id, "Thanks", "Bye."), "ok");
  EXPECT_THAT(said(one.host.histories.at(1)),
              ElementsAre("Welcome!", "When do you open?", "At nine.", "And close?", "At five."));
  EXPECT_EQ(one.host.histories[1].back().ordinal, 4);
}

TEST_F(LiveServiceTest, AContextThatWasLostIsReadFromTheStoreAndSharedAgain) {
  Server one(*this, "node-1");
  Server two(*this, "node-2");
  const auto id = open(one, ConversationMode::text).conversation.id;
  EXPECT_EQ(talk(one, id, "When do you open?", "At nine."), "ok");
  for (const LiveTurn& turn : live_.contexts[id]) {
    Message message;
    message.ordinal = turn.ordinal;
    message.speaker = turn.speaker;
    message.said = turn.text;
    message.heard = turn.text;
    records_.records.at(0).messages.push_back(std::move(message));
  }
  live_.contexts.clear();
  EXPECT_EQ(talk(two, id, "And close?", "At five."), "ok");
  EXPECT_THAT(said(two.host.histories.at(0)),
              ElementsAre("Welcome!", "When do you open?", "At nine."));
  EXPECT_THAT(live_.contexts[id], SizeIs(5));
  EXPECT_EQ(live_.contexts[id].back().ordinal, 4);
}

TEST_F(LiveServiceTest, AContextWithAGapIsFilledFromTheStore) {
  Server one(*this, "node-1");
  Server two(*this, "node-2");
  const auto id = open(one, ConversationMode::text).conversation.id;
  EXPECT_EQ(talk(two, id, "When do you open?", "At nine."), "ok");
  Message lost;
  lost.ordinal = 1;
  lost.said = "When do you open?";
  lost.heard = lost.said;
  records_.records.at(0).messages.push_back(std::move(lost));
  auto& shared = live_.contexts[id];
  shared.erase(shared.begin(), shared.begin() + 2);
  EXPECT_EQ(talk(one, id, "And close?", "At five."), "ok");
  EXPECT_THAT(said(one.host.histories.at(0)),
              ElementsAre("Welcome!", "When do you open?", "At nine."));
}

TEST_F(LiveServiceTest, AnEndAtAnotherServerIsNoticed) {
  Server one(*this, "node-1");
  Server two(*this, "node-2");
  const auto id = open(one, ConversationMode::text).conversation.id;
  ASSERT_TRUE(run(loop_, two.service.end(test_principal(), id)));
  run_until_idle(loop_);
  records_.records.at(0).conversation.status = ConversationStatus::ended;
  EXPECT_EQ(talk(one, id, "Still there?", ""), "closed");
}

TEST_F(LiveServiceTest, ACallOfAKilledServerEndsOnceItsMarkHasExpired) {
  LostCalls watch = lost_calls();
  Server running(*this, "node-1");
  const auto kept = open(running, ConversationMode::voice);
  const auto plan = run(loop_, running.service.plan(*kept.token));
  {
    Server killed(*this, "node-2");
    open(killed, ConversationMode::voice);
  }
  TaskGroup group(loop_.get_executor());
  group.spawn(watch.watch());
  advance(44s);
  EXPECT_THAT(journal_.ends(), IsEmpty());
  advance(60s);
  ASSERT_FALSE(journal_.entries.empty());
  const auto& entry = journal_.entries.front();
  EXPECT_EQ(entry.conversation, records_.records.at(1).conversation.id);
  const auto& end = std::get<JournalEntry::Ended>(entry.what);
  EXPECT_EQ(end.status, ConversationStatus::failed);
  EXPECT_EQ(end.reason, EndReason::transport_lost);
  for (const JournalEntry& other : journal_.entries)
    EXPECT_NE(other.conversation, kept.conversation.id);
  group.cancel();
  run(loop_, group.join());
}

TEST_F(LiveServiceTest, NothingIsLostWhileTheSharedStateIsAway) {
  LostCalls watch = lost_calls();
  Server server(*this, "node-1");
  const auto opened = open(server, ConversationMode::voice);
  const auto plan = run(loop_, server.service.plan(*opened.token));
  TaskGroup group(loop_.get_executor());
  group.spawn(watch.watch());
  advance(60s);
  live_.degraded = true;
  advance(600s);
  // Back, and the mark is long gone: the server has the time to make it again.
  live_.degraded = false;
  advance(120s);
  EXPECT_THAT(journal_.ends(), IsEmpty());
  EXPECT_THAT(live(), ElementsAre("node-1"));
  group.cancel();
  run(loop_, group.join());
}

TEST_F(LiveServiceTest, ACallOfThisServerIsNeverLostToIt) {
  Server server(*this, "node-1");
  const auto opened = open(server, ConversationMode::voice);
  const auto plan = run(loop_, server.service.plan(*opened.token));
  FakeLive elsewhere(clock_);
  LostCalls watch({[this](WallTime before) { return unfinished(before); }, elsewhere, journal_,
                   clock_, log_, [&](ConversationId id) { return server.service.runs_here(id); }});
  TaskGroup group(loop_.get_executor());
  group.spawn(watch.watch());
  advance(200s);
  EXPECT_THAT(journal_.ends(), IsEmpty());
  group.cancel();
  run(loop_, group.join());
}

}  // namespace
}  // namespace antiphon
