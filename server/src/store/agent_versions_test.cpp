// Versions of agents on a real PostgreSQL.
#include "store/postgres/agent_versions.h"

#include "store/postgres/pool_fixture_test.h"
#include "store/postgres/stores.h"

#include <gtest/gtest.h>

namespace antiphon::store {
namespace {

const UserId kOwner{*Uuid::parse("00000000-0000-4000-8000-0000000000e1")};

class AgentVersionStoreTest : public testing::Test {
 protected:
  AgentVersionStoreTest() {
    const std::string user = "'" + kOwner.to_string() + "'";
    std::string sql = "insert into auth.users (id) values (" + user + ");";
    for (const WorkspaceId workspace : {db_.workspace, db_.other_workspace}) {
      sql += "insert into public.workspace_members (workspace_id, user_id, role) values ('" +
             workspace.to_string() + "', " + user + ", 'owner');";
    }
    PrivatePostgres::shared().sql(db_.database, sql);
    db_.start();
    Agent agent;
    agent.slug = "front-desk";
    agent.name = "Front desk";
    agent_ = run(stores_.agents().create(owner(), agent)).value();
  }

  template <class T>
  T run(Task<T> task) {
    return antiphon::run(db_.loop, std::move(task));
  }
  [[nodiscard]] Principal owner() const { return of(db_.workspace); }
  [[nodiscard]] Principal stranger() const { return of(db_.other_workspace); }
  [[nodiscard]] static Principal of(WorkspaceId workspace) {
    return {PrincipalKind::user, kOwner.uuid(), workspace, Role::owner, "test"};
  }
  Result<AgentVersionStore::Published> publish(const std::string& greeting,
                                               std::optional<std::int64_t> revision = {}) {
    AgentVersion version;
    version.id = AgentVersionId(Uuid::make_random(db_.random));
    version.agent = agent_.id;
    version.configuration.greeting = Text<0, 500>::make(greeting).value();
    version.note = "Says " + greeting;
    return run(versions_->publish(owner(), version, revision));
  }
  void talk(AgentVersionId version, const std::string& reason, int seconds, int days_ago = 0) {
    PrivatePostgres::shared().sql(
        db_.database,
        "insert into public.conversations (workspace_id, agent_id, agent_version_id, channel, mode,"
        " status, ended_reason, started_at, ended_at) values ('" +
            db_.workspace.to_string() + "', '" + agent_.id.to_string() + "', '" +
            version.to_string() + "', 'web', 'voice', 'ended', '" + reason +
            "', now() - interval '" + std::to_string(days_ago) + " days', now() - interval '" +
            std::to_string(days_ago) + " days' + interval '" + std::to_string(seconds) +
            " seconds')");
  }
  template <class T>
  static ErrorCode code_of(const Result<T>& result) {
    return result ? ErrorCode::internal : result.error().code;
  }

  TestPool db_{PrivatePostgres::shared(), {.connections = 2}};
  PostgresStores stores_{*db_.pool, db_.log};
  std::unique_ptr<AgentVersionStore> versions_ = make_postgres_agent_versions(*db_.pool);
  Agent agent_;
};

TEST_F(AgentVersionStoreTest, NumbersVersionsAndLetsTheAgentRunOnTheLast) {
  const auto first = publish("One");
  ASSERT_TRUE(first) << first.error().message;
  const auto second = publish("Two");
  ASSERT_TRUE(second);
  EXPECT_EQ(first->version.number, 1);
  EXPECT_EQ(second->version.number, 2);
  const Agent now = run(stores_.agents().find(owner(), agent_.id)).value();
  EXPECT_EQ(now.published_version, second->version.id);
  EXPECT_EQ(now.revision, second->revision);
  const auto read = run(versions_->find_number(owner(), agent_.id, 1));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->configuration.greeting.value(), "One");
  EXPECT_EQ(read->note, "Says One");
  EXPECT_EQ(read->created_by, "user:" + kOwner.to_string());
  EXPECT_EQ(run(versions_->find(owner(), second->version.id))->number, 2);
}

TEST_F(AgentVersionStoreTest, PublishesNothingOverAChangeThatWasNotSeen) {
  EXPECT_EQ(code_of(publish("One", agent_.revision + 1)), ErrorCode::conflict);
  EXPECT_EQ(code_of(run(versions_->find_number(owner(), agent_.id, 1))), ErrorCode::not_found);
  EXPECT_FALSE(run(stores_.agents().find(owner(), agent_.id))->published_version);
  EXPECT_TRUE(publish("One", agent_.revision));
}

TEST_F(AgentVersionStoreTest, HidesVersionsFromOtherWorkspaces) {
  const auto first = publish("One");
  ASSERT_TRUE(first);
  EXPECT_EQ(code_of(run(versions_->find(stranger(), first->version.id))), ErrorCode::not_found);
  EXPECT_EQ(code_of(run(versions_->find_number(stranger(), agent_.id, 1))), ErrorCode::not_found);
  EXPECT_EQ(code_of(run(versions_->list(stranger(), agent_.id, {}))), ErrorCode::not_found);
  AgentVersion theirs;
  theirs.id = AgentVersionId(Uuid::make_random(db_.random));
  theirs.agent = agent_.id;
  EXPECT_EQ(code_of(run(versions_->publish(stranger(), theirs, std::nullopt))),
            ErrorCode::not_found);
}

TEST_F(AgentVersionStoreTest, ListsNewestFirstPageByPageWithFiguresOfThirtyDays) {
  const auto first = publish("One");
  const auto second = publish("Two");
  ASSERT_TRUE(first && second);
  talk(first->version.id, "caller_hung_up", 10);
  talk(first->version.id, "caller_hung_up", 20);
  talk(first->version.id, "handed_over", 60);
  talk(first->version.id, "failure", 1, 31);
  const auto page = run(versions_->list(owner(), agent_.id, {.limit = 1, .cursor = {}}));
  ASSERT_TRUE(page) << page.error().message;
  ASSERT_EQ(page->items.size(), 1U);
  EXPECT_EQ(page->items[0].number, 2);
  EXPECT_EQ(page->items[0].figures.conversations, 0);
  EXPECT_EQ(page->items[0].figures.duration_median, std::nullopt);
  const auto rest =
      run(versions_->list(owner(), agent_.id, {.limit = 1, .cursor = page->next_cursor}));
  ASSERT_TRUE(rest);
  ASSERT_EQ(rest->items.size(), 1U);
  EXPECT_EQ(rest->next_cursor, "");
  const VersionFigures& figures = rest->items[0].figures;
  EXPECT_EQ(figures.conversations, 3);
  EXPECT_EQ(figures.duration_median, Milliseconds(20'000));
  EXPECT_EQ(figures.outcomes, (std::vector<VersionOutcome>{{EndReason::caller_hung_up, 2},
                                                           {EndReason::handed_over, 1}}));
}

TEST_F(AgentVersionStoreTest, KeepsACanaryUntilTheNextPublication) {
  const auto first = publish("One");
  ASSERT_TRUE(first && publish("Two"));
  const Canary wanted{first->version.id, 25};
  const auto revision = run(versions_->set_canary(owner(), agent_.id, wanted));
  ASSERT_TRUE(revision) << revision.error().message;
  const Agent now = run(stores_.agents().find(owner(), agent_.id)).value();
  EXPECT_EQ(now.revision, *revision);
  ASSERT_TRUE(run(stores_.agents().save(owner(), now)));
  EXPECT_EQ(run(versions_->canary_of(owner(), agent_.id)).value(), wanted);
  EXPECT_EQ(code_of(run(versions_->canary_of(stranger(), agent_.id))), ErrorCode::not_found);
  EXPECT_EQ(code_of(run(versions_->set_canary(stranger(), agent_.id, std::nullopt))),
            ErrorCode::not_found);
  ASSERT_TRUE(publish("Three"));
  EXPECT_EQ(run(versions_->canary_of(owner(), agent_.id)).value(), std::nullopt);
}

TEST_F(AgentVersionStoreTest, WritesEachPublicationIntoTheAuditLog) {
  ASSERT_TRUE(publish("One"));
  const std::string written = PrivatePostgres::shared().sql(
      db_.database, "select count(*) from public.audit_log where workspace_id = '" +
                        db_.workspace.to_string() +
                        "' and object_kind = 'agent_versions' and action = 'insert'");
  EXPECT_EQ(written.substr(0, 1), "1");
}

}  // namespace
}  // namespace antiphon::store
