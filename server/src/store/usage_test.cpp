// Usage on a real PostgreSQL: written once, however often it is sent.
#include "store/journal/spooling_journal.h"
#include "store/postgres/pool_fixture_test.h"
#include "store/postgres/stores.h"

#include <gtest/gtest.h>

namespace antiphon::store {
namespace {

using namespace std::chrono_literals;

const WallTime kStart{std::chrono::microseconds(1'767'603'600'123'456)};  // 2026-01-05 09:00 UTC
const ConversationId kCall{*Uuid::parse("00000000-0000-4000-8000-0000000000c1")};
const AgentId kAgent{*Uuid::parse("00000000-0000-4000-8000-0000000000d1")};

JournalEntry used(WorkspaceId workspace, std::int64_t sequence, std::int64_t quantity,
                  const std::string& kind = "input_tokens") {
  JournalEntry entry{workspace, kCall, kStart, {}, kAgent};
  entry.what = ConversationEvent{
      sequence, "usage", 1s * sequence,
      R"({"used":")" + kind + R"(","provider":"openai","model":"small","agent":")" +
          kAgent.to_string() + R"(","quantity":)" + std::to_string(quantity) + "}"};
  return entry;
}

// Does what it is asked, and loses the answer: the server is killed before it hears of it.
class AnswerLost final : public ConversationStore {
 public:
  explicit AnswerLost(ConversationStore& next) : next_(next) {}
  Task<Result<Conversation>> create(Principal principal, Conversation conversation) override {
    return next_.create(std::move(principal), std::move(conversation));
  }
  Task<Result<ConversationRecord>> find(Principal principal, ConversationId id) override {
    return next_.find(std::move(principal), id);
  }
  Task<Result<Page<Conversation>>> list(Principal principal, ConversationFilter filter,
                                        PageRequest page) override {
    return next_.list(std::move(principal), filter, std::move(page));
  }
  Task<Result<>> apply(std::vector<JournalEntry> entries) override {
    auto applied = co_await next_.apply(std::move(entries));
    EXPECT_TRUE(applied) << applied.error().message;
    ++applications;
    co_return failure(ErrorCode::unavailable, "the answer was lost");
  }
  int applications = 0;

 private:
  ConversationStore& next_;
};

class UsageTest : public testing::Test {
 protected:
  UsageTest() { db_.start(); }

  std::string value(const std::string& sql) { return db_.value(sql); }
  Result<> apply(std::vector<JournalEntry> entries) {
    return antiphon::run(db_.loop, stores_.conversations().apply(std::move(entries)));
  }
  // What a journal that was abandoned still has in hand comes to its end.
  void settle() {
    int steps = 0;
    db_.advance_until([&] { return ++steps > 20; }, 50ms);
  }
  static constexpr const char* kSum = "select coalesce(sum(quantity), 0) from public.usage_records";
  static constexpr const char* kDays = "select coalesce(sum(quantity), 0) from public.usage_days";

  TestPool db_{PrivatePostgres::shared(), {.connections = 2}};
  PostgresStores stores_{*db_.pool, db_.log};
};

TEST_F(UsageTest, CountsARecordOnceHoweverOftenItIsWritten) {
  const auto first = used(db_.workspace, 1, 100);
  const auto second = used(db_.workspace, 2, 30);
  ASSERT_TRUE(apply({first, second}));
  ASSERT_TRUE(apply({first}));
  ASSERT_TRUE(apply({second, used(db_.workspace, 3, 7), first}));
  EXPECT_EQ(value(kSum), "137");
  EXPECT_EQ(value(kDays), "137");
  EXPECT_EQ(value("select count(*) from public.usage_days"), "1");
  EXPECT_EQ(value("select day::text from public.usage_days"), "2026-01-05");
}

TEST_F(UsageTest, CountsWhatTheSameBatchHoldsTwiceOnce) {
  ASSERT_TRUE(apply({used(db_.workspace, 1, 100), used(db_.workspace, 1, 100)}));
  EXPECT_EQ(value(kSum), "100");
  EXPECT_EQ(value(kDays), "100");
}

TEST_F(UsageTest, NeedsNoConversation) {
  ASSERT_TRUE(apply({used(db_.workspace, 1, 100)}));
  EXPECT_EQ(value("select count(*) from public.conversations"), "0");
  EXPECT_EQ(value(kSum), "100");
}

TEST_F(UsageTest, ShowsAWorkspaceItsOwn) {
  ASSERT_TRUE(apply({used(db_.workspace, 1, 100), used(db_.other_workspace, 1, 5)}));
  EXPECT_EQ(value(kSum), "100");
  EXPECT_EQ(value(kDays), "100");
}

TEST_F(UsageTest, IsAddedUpOnceThroughAKillAndAReplay) {
  TemporaryFolder folder;
  const SpoolOptions options{folder.path() / "journal"};
  AnswerLost lost(stores_.conversations());
  {
    SpoolingJournal journal({lost, db_.clock, db_.metrics, db_.log}, db_.loop.get_executor(),
                            options);
    ASSERT_TRUE(journal.start());
    for (std::int64_t sequence = 1; sequence <= 40; ++sequence) {
      journal.record(used(db_.workspace, sequence, 10));
      journal.record(used(db_.workspace, sequence, 3, "replies"));
    }
    db_.advance_until([&] { return lost.applications >= 2 && journal.spooled_bytes() > 0; }, 50ms);
    journal.abandon();
    settle();
  }
  SpoolingJournal journal({stores_.conversations(), db_.clock, db_.metrics, db_.log},
                          db_.loop.get_executor(), options);
  ASSERT_TRUE(journal.start());
  db_.advance_until([&] { return journal.idle(); }, 50ms);
  EXPECT_EQ(value(kSum), "520");
  EXPECT_EQ(value(kDays), "520");
  EXPECT_EQ(value("select quantity from public.usage_days where kind = 'replies'"), "120");
  journal.abandon();
  settle();
}

}  // namespace
}  // namespace antiphon::store
