#include "service/agent_service.h"

#include "service/fake_stores_test.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <gtest/gtest.h>

#include <set>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

class AgentServiceTest : public testing::Test {
 protected:
  static AgentDraft named(std::string name) {
    AgentDraft draft;
    draft.name = std::move(name);
    return draft;
  }
  Agent create(AgentDraft draft, std::uint8_t workspace = 1) {
    auto agent = run(loop_, agents_.create(test_principal(workspace), std::move(draft)));
    EXPECT_TRUE(agent);
    return agent.value_or(Agent{});
  }
  template <class T>
  static ErrorCode code_of(const Result<T>& result) {
    return result ? ErrorCode::internal : result.error().code;
  }

  boost::asio::io_context loop_;
  ManualClock clock_;
  SeededRandom random_{Seed{1}};
  FakeAgents store_;
  AgentService agents_{store_, clock_, random_};
};

TEST(SlugOf, MakesAnAddressOfAnyName) {
  const std::pair<std::string_view, std::string_view> table[] = {
      {"Front Desk, Berlin!", "front-desk-berlin"},
      {"front-desk", "front-desk"},
      {"  --Hello--  ", "hello"},
      {"A   b", "a-b"},
      {"24/7 Support", "24-7-support"},
      {"Caf\u00e9 M\u00fcnchen", "caf-m-nchen"},
      {"\u5317\u4eac", "agent"},
      {"", "agent"},
      {"---", "agent"},
      {"ABC", "abc"},
  };
  for (const auto& [name, slug] : table)
    EXPECT_EQ(slug_of(name), slug) << name;
}

TEST(SlugOf, EndsAfterSixtyCharactersAndNotWithAHyphen) {
  EXPECT_EQ(slug_of(std::string(200, 'a')), std::string(60, 'a'));
  EXPECT_EQ(slug_of(std::string(59, 'a') + " and more"), std::string(59, 'a'));
}

TEST_F(AgentServiceTest, CreatesAnAgentUnderTheSlugOfItsName) {
  const Agent agent = create(named("Front Desk"));
  EXPECT_EQ(agent.slug, "front-desk");
  EXPECT_EQ(agent.workspace, WorkspaceId(test_uuid(1)));
  EXPECT_EQ(agent.created_at, clock_.wall());
  EXPECT_EQ(agent.revision, 1);
}

TEST_F(AgentServiceTest, CountsOnWhereTheSlugOfTheNameIsTaken) {
  EXPECT_EQ(create(named("Front Desk")).slug, "front-desk");
  EXPECT_EQ(create(named("Front desk")).slug, "front-desk-2");
  EXPECT_EQ(create(named("front desk!")).slug, "front-desk-3");
  EXPECT_EQ(create(named("Front Desk"), 2).slug, "front-desk");
}

// The database takes 63 characters.
TEST_F(AgentServiceTest, FindsAStorableSlugForTheThirtiethAgentOfTheLongestName) {
  std::set<std::string> slugs;
  for (int i = 0; i < 30; ++i) {
    const Agent agent = create(named(std::string(80, 'a')));
    EXPECT_LE(agent.slug.size(), 63u) << agent.slug;
    slugs.insert(agent.slug);
  }
  EXPECT_EQ(slugs.size(), 30u);
}

TEST_F(AgentServiceTest, RefusesAChosenSlugThatIsTaken) {
  create(named("Front Desk"));
  AgentDraft draft = named("Other");
  draft.slug = "front-desk";
  EXPECT_EQ(code_of(run(loop_, agents_.create(test_principal(), draft))),
            ErrorCode::already_exists);
}

TEST_F(AgentServiceTest, SaysAtOnceThatTheStoreIsAway) {
  store_.away = Error{ErrorCode::unavailable, "the database is away"};
  EXPECT_EQ(code_of(run(loop_, agents_.create(test_principal(), named("x")))),
            ErrorCode::unavailable);
}

TEST_F(AgentServiceTest, FindsByIdAndBySlug) {
  const Agent agent = create(named("Front Desk"));
  EXPECT_EQ(run(loop_, agents_.find_named(test_principal(), "front-desk"))->id, agent.id);
  EXPECT_EQ(run(loop_, agents_.find_named(test_principal(), agent.id.to_string()))->id, agent.id);
}

TEST_F(AgentServiceTest, ShowsAndChangesNothingOfAnotherWorkspace) {
  const Agent agent = create(named("Front Desk"));
  const Principal other = test_principal(2);
  EXPECT_EQ(code_of(run(loop_, agents_.find(other, agent.id))), ErrorCode::not_found);
  EXPECT_EQ(code_of(run(loop_, agents_.find_named(other, "front-desk"))), ErrorCode::not_found);
  EXPECT_EQ(code_of(run(loop_, agents_.replace(other, agent.id, {}, named("x")))),
            ErrorCode::not_found);
  EXPECT_EQ(code_of(run(loop_, agents_.duplicate(other, agent.id))), ErrorCode::not_found);
  EXPECT_EQ(code_of(run(loop_, agents_.remove(other, agent.id))), ErrorCode::not_found);
  EXPECT_EQ(run(loop_, agents_.list(other, {}, {}))->items.size(), 0u);
  EXPECT_EQ(store_.agents.at(0).name, "Front Desk");
}

TEST_F(AgentServiceTest, ReplacesWhatTheCallerRead) {
  const Agent agent = create(named("Front Desk"));
  clock_.advance(5s);
  AgentDraft draft = named("Reception");
  draft.description = "Answers the phone";
  const auto changed = run(loop_, agents_.replace(test_principal(), agent.id, 1, draft));
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->name, "Reception");
  EXPECT_EQ(changed->description, "Answers the phone");
  EXPECT_EQ(changed->slug, "front-desk");
  EXPECT_EQ(changed->revision, 2);
  EXPECT_EQ(changed->created_at, agent.created_at);
  EXPECT_EQ(changed->updated_at, agent.created_at + 5s);
}

TEST_F(AgentServiceTest, RefusesAChangeOfAnOlderRevision) {
  const Agent agent = create(named("Front Desk"));
  ASSERT_TRUE(run(loop_, agents_.replace(test_principal(), agent.id, 1, named("Second"))));
  EXPECT_EQ(code_of(run(loop_, agents_.replace(test_principal(), agent.id, 1, named("Third")))),
            ErrorCode::conflict);
  EXPECT_EQ(store_.agents.at(0).name, "Second");
  EXPECT_TRUE(run(loop_, agents_.replace(test_principal(), agent.id, {}, named("Fourth"))));
}

TEST_F(AgentServiceTest, DuplicatesUnderANameAndSlugOfItsOwn) {
  AgentDraft draft = named("Front Desk");
  draft.configuration.greeting = "Welcome!";
  const Agent agent = create(draft);
  ASSERT_TRUE(run(loop_, agents_.replace(test_principal(), agent.id, {}, draft)));
  const auto copy = run(loop_, agents_.duplicate(test_principal(), agent.id));
  ASSERT_TRUE(copy);
  EXPECT_NE(copy->id, agent.id);
  EXPECT_EQ(copy->name, "Front Desk (copy)");
  EXPECT_EQ(copy->slug, "front-desk-copy");
  EXPECT_EQ(copy->revision, 1);
  EXPECT_EQ(copy->configuration.greeting.value(), "Welcome!");
  EXPECT_EQ(store_.shared, (std::vector{std::pair(agent.id, copy->id)}));
  EXPECT_EQ(run(loop_, agents_.duplicate(test_principal(), agent.id))->slug, "front-desk-copy-2");
}

TEST_F(AgentServiceTest, CutsTheNameOfACopyBetweenCharacters) {
  std::string name;
  for (int i = 0; i < 120; ++i)
    name += "\u00e9";
  const Agent agent = create(named(name));
  const auto copy = run(loop_, agents_.duplicate(test_principal(), agent.id));
  ASSERT_TRUE(copy);
  EXPECT_TRUE((Text<1, 120>::make(copy->name))) << copy->name;
  EXPECT_TRUE(copy->name.ends_with(" (copy)"));
}

TEST_F(AgentServiceTest, RefusesAProviderOverTheNetworkWithoutModelAndKey) {
  AgentDraft draft = named("Desk");
  draft.configuration.language_model.provider = ModelProvider::openai;
  draft.configuration.voice.provider = VoiceProvider::openai;
  draft.configuration.voice.model = "tts";
  draft.configuration.voice.base_url = "ftp://voice";
  const auto refused = run(loop_, agents_.create(test_principal(1), std::move(draft)));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(refused.error().fields,
            (std::vector<FieldError>{
                {"/configuration/language_model/model", "must name the provider's model"},
                {"/configuration/language_model/secret",
                 "must name the secret that holds the provider's key, or give a base_url"},
                {"/configuration/voice/base_url", "must begin with https:// or http://"}}));
}

}  // namespace
}  // namespace antiphon
