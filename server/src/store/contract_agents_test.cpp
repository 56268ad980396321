#include "store/contract_world_test.h"

#include <set>

namespace antiphon::store {
namespace {

class AgentStoreContract : public Contract {};

std::string backend_name(const testing::TestParamInfo<Backend>& info) {
  return info.param == Backend::memory ? "Memory" : "Postgres";
}
INSTANTIATE_TEST_SUITE_P(, AgentStoreContract, testing::Values(Backend::memory, Backend::postgres),
                         backend_name);

TEST_P(AgentStoreContract, KeepsAnAgentAsItWasGiven) {
  Agent agent;
  agent.slug = "front-desk";
  agent.name = "Front desk";
  agent.description = "Answers the phone, \"politely\" \\ always";
  agent.configuration.greeting = Text<0, 500>::make("Grüß Gott! 你好").value();
  agent.configuration.voice.speed = Number<500, 2'000>::make(1.25).value();
  agent.configuration.turn.interruptible = false;
  const auto made = run(agents().create(mine(), agent));
  ASSERT_TRUE(made.has_value()) << made.error().message;
  EXPECT_EQ(made->workspace, mine().workspace);
  EXPECT_EQ(made->revision, 1);
  EXPECT_FALSE(made->id.uuid().is_nil());

  const auto found = run(agents().find(mine(), made->id));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->slug, "front-desk");
  EXPECT_EQ(found->name, "Front desk");
  EXPECT_EQ(found->description, agent.description);
  EXPECT_EQ(found->configuration, agent.configuration);
  EXPECT_EQ(found->created_at, made->created_at);
  EXPECT_NE(found->created_at, WallTime{});

  const auto by_slug = run(agents().find_by_slug(mine(), "front-desk"));
  ASSERT_TRUE(by_slug.has_value());
  EXPECT_EQ(by_slug->id, made->id);
}

TEST_P(AgentStoreContract, KeepsTheIdThatTheCallerChose) {
  Agent agent;
  agent.id = AgentId(fresh_id());
  agent.slug = "chosen";
  agent.name = "Chosen";
  EXPECT_EQ(run(agents().create(mine(), agent)).value().id, agent.id);
  agent.slug = "chosen-2";
  EXPECT_EQ(code_of_error(run(agents().create(mine(), agent))), ErrorCode::already_exists);
}

TEST_P(AgentStoreContract, SharesTheKnowledgeOfOneAgentWithAnother) {
  const Agent first = make_agent("first");
  const Agent second = make_agent("second");
  const KnowledgeBaseId base = run(knowledge().base_of(mine(), first.id)).value();
  EXPECT_TRUE(run(agents().share_knowledge(mine(), first.id, second.id)));
  EXPECT_EQ(run(agents().knowledge_of(mine(), second.id)).value(), std::vector{base});
  EXPECT_EQ(code_of_error(run(agents().share_knowledge(theirs(), first.id, second.id))),
            ErrorCode::not_found);
  const AgentId nobody(fresh_id());
  EXPECT_EQ(code_of_error(run(agents().share_knowledge(mine(), first.id, nobody))),
            ErrorCode::not_found);
}

TEST_P(AgentStoreContract, HidesAgentsFromOtherWorkspaces) {
  Agent agent = make_agent("hidden");
  EXPECT_EQ(code_of_error(run(agents().find(theirs(), agent.id))), ErrorCode::not_found);
  EXPECT_EQ(code_of_error(run(agents().find_by_slug(theirs(), "hidden"))), ErrorCode::not_found);
  EXPECT_EQ(code_of_error(run(agents().knowledge_of(theirs(), agent.id))), ErrorCode::not_found);
  EXPECT_EQ(code_of_error(run(agents().save(theirs(), agent))), ErrorCode::not_found);
  EXPECT_EQ(code_of_error(run(agents().remove(theirs(), agent.id))), ErrorCode::not_found);
  EXPECT_TRUE(run(agents().list(theirs(), {}, {})).value().items.empty());
  EXPECT_TRUE(run(agents().find(mine(), agent.id)).has_value());
}

TEST_P(AgentStoreContract, RefusesASlugThatIsTakenInTheWorkspace) {
  make_agent("taken");
  Agent second;
  second.slug = "taken";
  second.name = "Second";
  const auto refused = run(agents().create(mine(), second));
  ASSERT_EQ(code_of_error(refused), ErrorCode::already_exists);
  ASSERT_EQ(refused.error().fields.size(), 1U);
  EXPECT_EQ(refused.error().fields[0].pointer, "/slug");
  EXPECT_TRUE(run(agents().create(theirs(), second)).has_value());

  Agent other = make_agent("other");
  other.slug = "taken";
  EXPECT_EQ(code_of_error(run(agents().save(mine(), other))), ErrorCode::already_exists);
}

TEST_P(AgentStoreContract, RefusesASlugThatIsNone) {
  Agent agent;
  agent.name = "No slug";
  for (const char* slug : {"", "Front Desk", "-desk", "a--b", "ü"}) {
    agent.slug = slug;
    const auto refused = run(agents().create(mine(), agent));
    ASSERT_EQ(code_of_error(refused), ErrorCode::invalid_argument) << slug;
    EXPECT_EQ(refused.error().fields.at(0).pointer, "/slug");
  }
}

TEST_P(AgentStoreContract, SavingRaisesTheRevision) {
  Agent agent = make_agent("revised");
  agent.name = "Revised";
  agent.status = AgentStatus::archived;
  const auto saved = run(agents().save(mine(), agent));
  ASSERT_TRUE(saved.has_value());
  EXPECT_EQ(saved->revision, 2);
  EXPECT_GT(saved->updated_at, saved->created_at);
  const auto found = run(agents().find(mine(), agent.id));
  EXPECT_EQ(found->name, "Revised");
  EXPECT_EQ(found->status, AgentStatus::archived);
}

TEST_P(AgentStoreContract, RefusesToSaveOverAChangeItsCallerDidNotSee) {
  Agent agent = make_agent("contested");
  Agent stale = agent;
  agent.name = "First";
  ASSERT_TRUE(run(agents().save(mine(), agent)).has_value());
  stale.name = "Second";
  EXPECT_EQ(code_of_error(run(agents().save(mine(), stale))), ErrorCode::conflict);
  EXPECT_EQ(run(agents().find(mine(), agent.id))->name, "First");
}

TEST_P(AgentStoreContract, PagesStayWholeWhileAgentsAreAdded) {
  for (int index = 0; index < 7; ++index)
    make_agent("page-" + std::to_string(index));
  std::vector<std::string> slugs;
  PageRequest page{.limit = 3, .cursor = {}};
  for (int pages = 0; pages < 10; ++pages) {
    const auto listed = run(agents().list(mine(), {}, page));
    ASSERT_TRUE(listed.has_value()) << listed.error().message;
    for (const Agent& agent : listed->items)
      slugs.push_back(agent.slug);
    make_agent("late-" + std::to_string(pages));
    if (listed->next_cursor.empty()) break;
    page.cursor = listed->next_cursor;
  }
  EXPECT_EQ(slugs, (std::vector<std::string>{"page-6", "page-5", "page-4", "page-3", "page-2",
                                             "page-1", "page-0"}));
}

TEST_P(AgentStoreContract, GivesNoCursorWhenThePageIsExactlyFull) {
  make_agent("one");
  make_agent("two");
  const auto listed = run(agents().list(mine(), {}, {.limit = 2, .cursor = {}}));
  EXPECT_EQ(listed->items.size(), 2U);
  EXPECT_TRUE(listed->next_cursor.empty());
}

TEST_P(AgentStoreContract, RefusesACursorItDidNotMakeAndAPageWithoutEnd) {
  EXPECT_EQ(code_of_error(run(agents().list(mine(), {}, {.limit = 2, .cursor = "nonsense"}))),
            ErrorCode::invalid_argument);
  EXPECT_EQ(code_of_error(run(agents().list(mine(), {}, {.limit = 0, .cursor = {}}))),
            ErrorCode::invalid_argument);
}

TEST_P(AgentStoreContract, SearchesNameSlugAndDescriptionInAnyCase) {
  Agent agent = make_agent("dental");
  agent.name = "Reception";
  agent.description = "100% friendly";
  ASSERT_TRUE(run(agents().save(mine(), agent)).has_value());
  make_agent("other");
  const auto count = [&](const std::string& search) {
    return run(agents().list(mine(), {.search = search, .status = {}}, {}))->items.size();
  };
  EXPECT_EQ(count("RECEP"), 1U);
  EXPECT_EQ(count("dENt"), 1U);
  EXPECT_EQ(count("0% f"), 1U);
  EXPECT_EQ(count("%"), 1U);  // literally
  EXPECT_EQ(count("_"), 0U);  // likewise
  EXPECT_EQ(count("\\"), 0U);
  EXPECT_EQ(count("nobody"), 0U);
  EXPECT_EQ(count(""), 2U);
}

TEST_P(AgentStoreContract, FiltersByStatus) {
  Agent agent = make_agent("old");
  agent.status = AgentStatus::archived;
  ASSERT_TRUE(run(agents().save(mine(), agent)).has_value());
  make_agent("new");
  const auto listed =
      run(agents().list(mine(), {.search = {}, .status = AgentStatus::archived}, {}));
  ASSERT_EQ(listed->items.size(), 1U);
  EXPECT_EQ(listed->items[0].slug, "old");
}

TEST_P(AgentStoreContract, ARemovedAgentIsGone) {
  const Agent agent = make_agent("gone");
  ASSERT_TRUE(run(agents().remove(mine(), agent.id)).has_value());
  EXPECT_EQ(code_of_error(run(agents().find(mine(), agent.id))), ErrorCode::not_found);
  EXPECT_EQ(code_of_error(run(agents().remove(mine(), agent.id))), ErrorCode::not_found);
  EXPECT_EQ(code_of_error(run(agents().save(mine(), agent))), ErrorCode::not_found);
}

TEST_P(AgentStoreContract, TheServerItselfEditsNoAgents) {
  Agent agent = make_agent("protected");
  EXPECT_TRUE(run(agents().find(server(), agent.id)).has_value());
  EXPECT_EQ(code_of_error(run(agents().save(server(), agent))), ErrorCode::permission_denied);
  EXPECT_EQ(code_of_error(run(agents().remove(server(), agent.id))), ErrorCode::permission_denied);
  agent.id = AgentId{};
  agent.slug = "another";
  EXPECT_EQ(code_of_error(run(agents().create(server(), agent))), ErrorCode::permission_denied);
}

class ApiKeyStoreContract : public Contract {};
INSTANTIATE_TEST_SUITE_P(, ApiKeyStoreContract, testing::Values(Backend::memory, Backend::postgres),
                         backend_name);

std::string fresh_hash() {
  std::string hash;
  for (int part = 0; part < 2; ++part) {
    for (const std::uint8_t byte : fresh_id().bytes())
      hash.push_back(static_cast<char>(byte));
  }
  return hash;
}

TEST_P(ApiKeyStoreContract, FindsAKeyByItsHash) {
  const std::string hash = fresh_hash();
  const auto made =
      run(api_keys().ensure(mine().workspace, "dev", Role::operator_, "ak_1234", hash));
  ASSERT_TRUE(made.has_value()) << made.error().message;
  const auto found = run(api_keys().find_by_hash(hash));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->id, made->id);
  EXPECT_EQ(found->workspace, mine().workspace);
  EXPECT_EQ(found->role, Role::operator_);
  EXPECT_EQ(code_of_error(run(api_keys().find_by_hash(fresh_hash()))), ErrorCode::not_found);
}

TEST_P(ApiKeyStoreContract, EnsuresAKeyOnce) {
  const std::string hash = fresh_hash();
  const auto first = run(api_keys().ensure(mine().workspace, "dev", Role::owner, "ak_1234", hash));
  const auto second = run(api_keys().ensure(mine().workspace, "dev", Role::owner, "ak_1234", hash));
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->id, first->id);
  EXPECT_EQ(code_of_error(
                run(api_keys().ensure(theirs().workspace, "dev", Role::owner, "ak_1234", hash))),
            ErrorCode::already_exists);
}

}  // namespace
}  // namespace antiphon::store
