#include "service/version_service.h"

#include "service/configuration_diff.h"
#include "service/fake_versions_test.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace antiphon {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

AgentConfiguration greeting(const std::string& words) {
  AgentConfiguration configuration;
  configuration.greeting = Text<0, 500>::make(words).value();
  return configuration;
}

class VersionServiceTest : public testing::Test {
 protected:
  VersionServiceTest() {
    Agent agent;
    agent.id = AgentId(test_uuid(5));
    agent.workspace = WorkspaceId(test_uuid(1));
    agent.slug = "front-desk";
    agent.configuration = greeting("One");
    store_.agents.push_back(std::move(agent));
  }

  Agent& agent() { return store_.agents.front(); }
  void edit(const std::string& words) {
    agent().configuration = greeting(words);
    ++agent().revision;
  }
  Result<Publication> publish(std::optional<std::int64_t> revision = {}, std::string note = "") {
    return run(loop_, versions_.publish(test_principal(), "front-desk", revision, std::move(note)));
  }
  // What a conversation would greet with.
  std::string chosen(const std::string& version, const std::string& caller = "") {
    Agent copy = agent();
    const auto choice = run(loop_, versions_.choose(test_principal(), copy,
                                                    VersionChoice::make(version).value(), caller));
    return choice ? copy.configuration.greeting.value() : std::string(name_of(choice.error().code));
  }
  template <class T>
  static ErrorCode code_of(const Result<T>& result) {
    return result ? ErrorCode::internal : result.error().code;
  }

  boost::asio::io_context loop_;
  ManualClock clock_;
  SeededRandom random_{Seed{1}};
  FakeAgents store_;
  FakeVersions kept_{store_};
  AgentService agents_{store_, clock_, random_};
  std::vector<std::string> prepared_;
  VersionService versions_{
      {agents_, kept_, clock_, random_, [this](const AgentConfiguration& published) {
         prepared_.push_back(published.greeting.value());
       }}};
};

TEST_F(VersionServiceTest, RunsTheDraftWhileNothingIsPublished) {
  EXPECT_EQ(chosen("published"), "One");
  edit("Two");
  EXPECT_EQ(chosen("published"), "Two");
}

TEST_F(VersionServiceTest, RunsWhatWasPublishedWhateverBecomesOfTheDraft) {
  const auto published = publish({}, "First.");
  ASSERT_TRUE(published);
  EXPECT_EQ(published->version.number, 1);
  EXPECT_EQ(published->version.note, "First.");
  EXPECT_THAT(published->changes, IsEmpty());
  EXPECT_EQ(published->revision, agent().revision);
  edit("Two");
  EXPECT_EQ(chosen("published"), "One");
  EXPECT_EQ(chosen("draft"), "Two");
  EXPECT_EQ(chosen("1"), "One");
  EXPECT_EQ(chosen("2"), "not_found");
}

TEST_F(VersionServiceTest, SaysWhatAPublicationChanges) {
  ASSERT_TRUE(publish());
  edit("Two");
  const auto second = publish();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->version.number, 2);
  EXPECT_THAT(second->changes, ElementsAre(VersionChange{"/greeting", "\"One\"", "\"Two\""}));
  EXPECT_EQ(chosen("published"), "Two");
  EXPECT_EQ(chosen("1"), "One");
}

TEST_F(VersionServiceTest, RefusesToPublishADraftThatTheCallerDidNotSee) {
  const std::int64_t read = agent().revision;
  edit("Two");
  EXPECT_EQ(code_of(publish(read)), ErrorCode::conflict);
  EXPECT_THAT(kept_.versions, IsEmpty());
  EXPECT_TRUE(publish(agent().revision));
}

TEST_F(VersionServiceTest, RollsBackByPublishingAnOldVersionAgainAndLeavesTheDraft) {
  ASSERT_TRUE(publish());
  edit("Two");
  ASSERT_TRUE(publish());
  edit("Three");
  const auto back = run(loop_, versions_.roll_back(test_principal(), "front-desk", 1, ""));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->version.number, 3);
  EXPECT_EQ(back->version.note, "Rolled back to version 1.");
  EXPECT_THAT(back->changes, ElementsAre(VersionChange{"/greeting", "\"Two\"", "\"One\""}));
  EXPECT_EQ(chosen("published"), "One");
  EXPECT_EQ(chosen("draft"), "Three");
  EXPECT_EQ(code_of(run(loop_, versions_.roll_back(test_principal(), "front-desk", 9, ""))),
            ErrorCode::not_found);
}

TEST_F(VersionServiceTest, ComparesAnyTwo) {
  ASSERT_TRUE(publish());
  edit("Two");
  const auto compare = [this](const char* from, const char* to) {
    return run(loop_,
               versions_.compare(test_principal(), "front-desk", VersionChoice::make(from).value(),
                                 VersionChoice::make(to).value()));
  };
  EXPECT_THAT(compare("published", "draft").value(),
              ElementsAre(VersionChange{"/greeting", "\"One\"", "\"Two\""}));
  EXPECT_THAT(compare("draft", "1").value(),
              ElementsAre(VersionChange{"/greeting", "\"Two\"", "\"One\""}));
  EXPECT_THAT(compare("1", "published").value(), IsEmpty());
  EXPECT_EQ(code_of(compare("1", "7")), ErrorCode::not_found);
}

TEST_F(VersionServiceTest, ReadsAVersionOnceForManyConversations) {
  ASSERT_TRUE(publish());
  VersionService other{{agents_, kept_, clock_, random_}};
  for (int call = 0; call < 3; ++call) {
    Agent copy = agent();
    ASSERT_TRUE(run(loop_, other.resume(test_principal(), copy, copy.published_version)));
  }
  EXPECT_EQ(kept_.look_ups, 1);
}

TEST_F(VersionServiceTest, LetsAShareOfTheCallersMeetACanaryTheSameEachTime) {
  ASSERT_TRUE(publish());
  edit("Two");
  ASSERT_TRUE(publish());
  ASSERT_TRUE(run(loop_, versions_.start_canary(test_principal(), "front-desk", 1, 20)));
  std::vector<int> met;
  for (int caller = 0; caller < 1'000; ++caller) {
    if (chosen("published", std::to_string(caller)) == "One") met.push_back(caller);
  }
  EXPECT_GT(met.size(), 150U);
  EXPECT_LT(met.size(), 250U);
  ASSERT_TRUE(run(loop_, versions_.start_canary(test_principal(), "front-desk", 1, 40)));
  for (const int caller : met)
    EXPECT_EQ(chosen("published", std::to_string(caller)), "One");
  EXPECT_EQ(chosen("2", std::to_string(met.front())), "Two");
  ASSERT_TRUE(run(loop_, versions_.stop_canary(test_principal(), "front-desk")));
  EXPECT_EQ(chosen("published", std::to_string(met.front())), "Two");
}

TEST_F(VersionServiceTest, RefusesACanaryBesideNothingOrBesideItself) {
  const auto start = [this](std::int64_t number) {
    return code_of(run(loop_, versions_.start_canary(test_principal(), "front-desk", number, 5)));
  };
  EXPECT_EQ(start(1), ErrorCode::not_found);
  ASSERT_TRUE(publish());
  EXPECT_EQ(start(1), ErrorCode::wrong_state);
}

TEST_F(VersionServiceTest, HidesVersionsFromOtherWorkspaces) {
  ASSERT_TRUE(publish());
  const Principal stranger = test_principal(2);
  EXPECT_EQ(code_of(run(loop_, versions_.find(stranger, "front-desk", 1))), ErrorCode::not_found);
  EXPECT_EQ(code_of(run(loop_, versions_.list(stranger, "front-desk", {}))), ErrorCode::not_found);
  EXPECT_EQ(code_of(run(loop_, versions_.publish(stranger, "front-desk", {}, ""))),
            ErrorCode::not_found);
  EXPECT_EQ(code_of(run(loop_, versions_.roll_back(stranger, "front-desk", 1, ""))),
            ErrorCode::not_found);
}

TEST_F(VersionServiceTest, HasThePromptsOfAPublicationPreparedUnlessTheAgentIsArchived) {
  ASSERT_TRUE(publish());
  agent().status = AgentStatus::archived;
  ASSERT_TRUE(publish());
  EXPECT_THAT(prepared_, ElementsAre("One"));
}

TEST(ConfigurationDiff, GoesIntoObjectsAndLists) {
  AgentConfiguration before;
  AgentConfiguration after;
  before.tools = List<Text<1, 64>, 32>::make({Text<1, 64>("a"), Text<1, 64>("b")}).value();
  after.tools = List<Text<1, 64>, 32>::make({Text<1, 64>("a")}).value();
  after.turn.interruptible = false;
  after.knowledge.score_min = Number<0, 1'000>::make(0.5).value();
  EXPECT_THAT(changes_between(before, after),
              ElementsAre(VersionChange{"/turn/interruptible", "true", "false"},
                          VersionChange{"/knowledge/score_min", std::nullopt, "0.5"},
                          VersionChange{"/tools/1", "\"b\"", std::nullopt}));
  EXPECT_THAT(changes_between(after, after), IsEmpty());
}

TEST(VersionChoiceTest, TakesWhatAPersonWrites) {
  EXPECT_TRUE(VersionChoice::make("draft")->is_draft());
  EXPECT_EQ(VersionChoice::make("12")->number(), 12);
  EXPECT_EQ(VersionChoice::make("published")->number(), std::nullopt);
  for (const char* wrong : {"", "0", "-1", "01", "1.5", "latest", "Draft", "1234567890"}) {
    EXPECT_FALSE(VersionChoice::make(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace antiphon
