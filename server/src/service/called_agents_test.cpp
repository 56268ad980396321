// Conversations and the version of the agent they run on.
#include "service/conversation_service.h"
#include "service/fake_host_test.h"
#include "service/fake_versions_test.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

class CalledAgentsTest : public testing::Test {
 protected:
  CalledAgentsTest() {
    Agent agent;
    agent.id = AgentId(test_uuid(5));
    agent.workspace = WorkspaceId(test_uuid(1));
    agent.slug = "front-desk";
    store_.agents.push_back(std::move(agent));
    edit("One");
  }
  ~CalledAgentsTest() override { run(loop_, service_.stop()); }

  void edit(const std::string& words) {
    store_.agents.front().configuration.greeting = Text<0, 500>::make(words).value();
    ++store_.agents.front().revision;
  }
  void publish() {
    ASSERT_TRUE(run(loop_, versions_.publish(test_principal(), "front-desk", {}, "")));
  }
  Result<OpenedConversation> open(ConversationMode mode, const std::string& version = "published") {
    auto opened =
        run(loop_, service_.open(test_principal(), {"front-desk", Channel::web, mode, "{}",
                                                    VersionChoice::make(version).value()}));
    run_until_idle(loop_);
    return opened;
  }
  std::string greeting(const std::string& version = "published") {
    auto opened = open(ConversationMode::text, version);
    return opened ? opened->greeting : std::string(name_of(opened.error().code));
  }

  boost::asio::io_context loop_;
  ManualClock clock_;
  SeededRandom random_{Seed{1}};
  FakeAgents store_;
  FakeVersions kept_{store_};
  AgentService agents_{store_, clock_, random_};
  VersionService versions_{{agents_, kept_, clock_, random_}};
  FakeConversations records_;
  FakeJournal journal_;
  FakeHost host_{loop_.get_executor()};
  TicketSigner tickets_{TicketKey{}, clock_};
  ConversationService service_{loop_.get_executor(),
                               {.agents = store_,
                                .conversations = records_,
                                .journal = journal_,
                                .host = host_,
                                .tickets = tickets_,
                                .clock = clock_,
                                .random = random_,
                                .versions = &versions_}};
};

TEST_F(CalledAgentsTest, SpeaksThePublishedWordsAfterTheDraftWasEdited) {
  EXPECT_EQ(greeting(), "One");
  publish();
  edit("Two");
  EXPECT_EQ(greeting(), "One");
  EXPECT_EQ(greeting("draft"), "Two");
  publish();
  EXPECT_EQ(greeting(), "Two");
  EXPECT_EQ(greeting("1"), "One");
  EXPECT_EQ(greeting("3"), "not_found");
}

TEST_F(CalledAgentsTest, RecordsTheVersionOfEachConversation) {
  EXPECT_EQ(open(ConversationMode::text)->conversation.agent_version, std::nullopt);
  publish();
  const AgentVersionId first = kept_.versions.front().id;
  EXPECT_EQ(open(ConversationMode::text)->conversation.agent_version, first);
  EXPECT_EQ(open(ConversationMode::voice)->conversation.agent_version, first);
  EXPECT_EQ(open(ConversationMode::text, "draft")->conversation.agent_version, std::nullopt);
}

TEST_F(CalledAgentsTest, KeepsTheVersionACallWasOpenedOnUntilItsCallerConnects) {
  publish();
  const auto opened = open(ConversationMode::voice);
  ASSERT_TRUE(opened);
  edit("Two");
  publish();
  const auto planned = run(loop_, service_.plan(*opened->token));
  ASSERT_TRUE(planned);
  EXPECT_EQ(planned->configuration.greeting.value(), "One");
}

TEST_F(CalledAgentsTest, KeepsTheVersionOfATypedConversationAcrossARestart) {
  publish();
  const auto opened = open(ConversationMode::text);
  ASSERT_TRUE(opened);
  edit("Two");
  publish();
  ConversationService other{loop_.get_executor(),
                            {.agents = store_,
                             .conversations = records_,
                             .journal = journal_,
                             .host = host_,
                             .tickets = tickets_,
                             .clock = clock_,
                             .random = random_,
                             .versions = &versions_}};
  ASSERT_TRUE(run(loop_, other.answer(test_principal(), opened->conversation.id, "hello")));
  EXPECT_EQ(host_.plans.at(0).configuration.greeting.value(), "One");
  run(loop_, other.stop());
}

}  // namespace
}  // namespace antiphon
