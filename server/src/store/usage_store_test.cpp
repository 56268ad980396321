// Sums, costs, quotas and prices on a real PostgreSQL.
#include "store/postgres/pool_fixture_test.h"
#include "store/postgres/stores.h"
#include "store/postgres/usage.h"

#include <boost/describe/enum_to_string.hpp>
#include <gtest/gtest.h>

namespace antiphon::store {
namespace {

using namespace std::chrono_literals;

const AgentId kAgent{*Uuid::parse("00000000-0000-4000-8000-0000000000d1")};
const UserId kOwner{*Uuid::parse("00000000-0000-4000-8000-0000000000e1")};

std::chrono::year_month_day date(int year, unsigned month, unsigned day) {
  return std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day);
}

class UsageStoreTest : public testing::Test {
 protected:
  UsageStoreTest() {
    const std::string user = "'" + kOwner.to_string() + "'";
    PrivatePostgres::shared().sql(
        db_.database, "insert into auth.users (id) values (" + user +
                          "); insert into public.workspace_members (workspace_id, user_id, role)"
                          " values ('" +
                          db_.workspace.to_string() + "', " + user + ", 'owner')");
    db_.start();
  }

  template <class T>
  T run(Task<T> task) {
    return antiphon::run(db_.loop, std::move(task));
  }
  [[nodiscard]] Principal owner() const {
    return {PrincipalKind::user, kOwner.uuid(), db_.workspace, Role::owner, "test"};
  }
  // On a day counted from the first of January 2026.
  void use(int day, const std::string& kind, const std::string& model, int quantity) {
    const std::string date = "'2026-01-01'::date + " + std::to_string(day);
    PrivatePostgres::shared().sql(
        db_.database,
        "insert into public.usage_records (workspace_id, conversation_id, conversation_started_on,"
        " kind, provider, model, sequence, quantity, agent_id, occurred_at) values ('" +
            db_.workspace.to_string() + "', gen_random_uuid(), " + date + ", '" + kind +
            "', 'openai', '" + model + "', 1, " + std::to_string(quantity) + ", '" +
            kAgent.to_string() + "', now())");
  }
  std::vector<std::string> sums(UsageGrouping grouping) {
    const auto found = run(usage_.sum(owner(), {date(2026, 1, 1), date(2026, 1, 31), grouping}));
    EXPECT_TRUE(found) << found.error().message;
    std::vector<std::string> lines;
    for (const UsageSum& sum : found.value_or(std::vector<UsageSum>{})) {
      lines.push_back(sum.group + " " + boost::describe::enum_to_string(sum.kind, "") + " " +
                      std::to_string(sum.quantity) + " " + std::to_string(sum.cost_micros));
    }
    return lines;
  }
  Result<Conversation> start(ConversationMode mode = ConversationMode::voice) {
    Conversation conversation;
    conversation.mode = mode;
    return run(stores_.conversations().create(owner(), conversation));
  }

  TestPool db_{PrivatePostgres::shared(), {.connections = 2}};
  PostgresStores stores_{*db_.pool, db_.log};
  PostgresUsage usage_{*db_.pool};
};

TEST_F(UsageStoreTest, AddsUpByDayAgentProviderAndKind) {
  use(0, "replies", "small", 2);
  use(30, "replies", "large", 3);
  use(30, "input_tokens", "large", 500);
  use(31, "replies", "small", 100);  // February
  EXPECT_EQ(sums(UsageGrouping::day),
            (std::vector<std::string>{"2026-01-01 replies 2 0", "2026-01-31 input_tokens 500 0",
                                      "2026-01-31 replies 3 0"}));
  EXPECT_EQ(sums(UsageGrouping::provider),
            (std::vector<std::string>{"openai/large input_tokens 500 0", "openai/large replies 3 0",
                                      "openai/small replies 2 0"}));
  EXPECT_EQ(sums(UsageGrouping::kind),
            (std::vector<std::string>{"input_tokens input_tokens 500 0", "replies replies 5 0"}));
  EXPECT_EQ(sums(UsageGrouping::agent).front(), kAgent.to_string() + " input_tokens 500 0");
}

TEST_F(UsageStoreTest, CostsWhatThePriceOfTheDaySays) {
  use(0, "replies", "small", 2);
  use(30, "replies", "small", 2);
  const Price general{"openai", "", UsageKind::replies, date(2000, 1, 1), 100, 1};
  const Price later{"openai", "small", UsageKind::replies, date(2026, 1, 15), 7, 2};
  ASSERT_TRUE(run(usage_.set_prices(owner(), {general, later})));
  EXPECT_EQ(sums(UsageGrouping::day),
            (std::vector<std::string>{"2026-01-01 replies 2 200", "2026-01-31 replies 2 7"}));
  const auto prices = run(usage_.prices(owner()));
  ASSERT_TRUE(prices);
  ASSERT_EQ(prices->size(), 2U);
  EXPECT_EQ(prices->at(1).valid_from, date(2026, 1, 15));
  ASSERT_TRUE(run(usage_.set_prices(owner(), {})));
  EXPECT_TRUE(run(usage_.prices(owner()))->empty());
}

TEST_F(UsageStoreTest, RefusesTheConversationBeyondTheQuota) {
  ASSERT_TRUE(run(usage_.set_quotas(owner(), {.conversations_max = 2})));
  ASSERT_TRUE(start());
  ASSERT_TRUE(start(ConversationMode::text));
  const auto refused = start();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::resource_exhausted);
  ASSERT_EQ(refused.error().fields.size(), 1U);
  EXPECT_EQ(refused.error().fields[0].pointer, "quota_conversations");
  const auto state = run(usage_.quotas(owner()));
  ASSERT_TRUE(state);
  EXPECT_EQ(state->used.conversations, 2);
  EXPECT_EQ(state->quotas.conversations_max, 2);
  EXPECT_FALSE(state->quotas.minutes_max);
  ASSERT_TRUE(run(usage_.set_quotas(owner(), {})));
  EXPECT_TRUE(start());
}

TEST_F(UsageStoreTest, SaysHowLongACallMayLast) {
  auto left = run(usage_.time_left(owner()));
  ASSERT_TRUE(left);
  EXPECT_FALSE(left->has_value());
  ASSERT_TRUE(run(usage_.set_quotas(owner(), {.minutes_max = 3})));
  left = run(usage_.time_left(owner()));
  ASSERT_TRUE(left);
  EXPECT_EQ(*left, std::optional<std::chrono::milliseconds>(3min));
}

TEST_F(UsageStoreTest, LetsNoMachineChangeQuotas) {
  const auto refused = run(usage_.set_quotas(db_.server(db_.workspace), {.minutes_max = 3}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::permission_denied);
}

}  // namespace
}  // namespace antiphon::store
