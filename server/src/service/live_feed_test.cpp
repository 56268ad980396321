// What is shown to those who watch, with a bus and without one.
#include "service/live_feed.h"

#include "service/live_journal.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

WorkspaceId workspace(int number) {
  return WorkspaceId(*Uuid::parse("00000000-0000-4000-8000-00000000000" + std::to_string(number)));
}

AgentId agent(int number) { return AgentId(workspace(number).uuid()); }

// Redis as a test sees it: it gives ids, tells at once, and can be away.
class FakeBus final : public EventBus {
 public:
  void listen(OnEvent on_event) override { on_event_ = std::move(on_event); }
  Task<Result<>> publish(LiveEvent event) override {
    if (is_away) co_return failure(ErrorCode::unavailable, "away");
    event.id = std::to_string(++count_) + "-0";
    kept.push_back(event);
    if (!is_deaf) on_event_(event);
    co_return Result<>{};
  }
  Task<Result<EventHistory>> history(WorkspaceId, std::string after) override {
    if (is_away) co_return failure(ErrorCode::unavailable, "away");
    EventHistory history{.events = {}, .is_complete = true};
    for (const auto& event : kept) {
      if (LiveEventId::parse(event.id) > LiveEventId::parse(after)) history.events.push_back(event);
    }
    co_return history;
  }
  void reconnect() { on_event_(std::nullopt); }

  bool is_away = false;
  bool is_deaf = false;  // messages are lost on the way
  std::vector<LiveEvent> kept;

 private:
  OnEvent on_event_;
  int count_ = 1'000;
};

class LiveFeedTest : public testing::Test {
 protected:
  ~LiveFeedTest() override { run(loop_, feed_->stop()); }
  void make(EventBus* bus = nullptr) {
    feed_ = std::make_unique<LiveFeed>(loop_.get_executor(), clock_, log_, metrics_, bus);
    feed_->start();
  }
  void publish(std::string what, WorkspaceId of = workspace(1), AgentId by = agent(1)) {
    feed_->publish(
        {.id = {}, .workspace = of, .conversation = {}, .agent = by, .event = std::move(what)});
    run_until_idle(loop_);
  }
  std::unique_ptr<LiveFeed::Watch> watch(LiveFilter filter = {}) {
    return feed_->watch(workspace(1), filter,
                        [this](const LiveEvent& event) { shown_.push_back(event.event); });
  }

  boost::asio::io_context loop_;
  ManualClock clock_;
  Log log_{clock_, -1, LogLevel::error};
  Metrics metrics_;
  std::unique_ptr<LiveFeed> feed_;
  std::vector<std::string> shown_;
  using Shown = std::vector<std::string>;
};

TEST_F(LiveFeedTest, ShowsAWorkspaceItsOwnEventsOnly) {
  make();
  const auto watching = watch();
  publish("mine");
  publish("theirs", workspace(2));
  EXPECT_EQ(shown_, (Shown{"mine"}));
}

TEST_F(LiveFeedTest, ShowsWhatTheFilterTakes) {
  make();
  const auto watching = watch({.agent = agent(2)});
  publish("one", workspace(1), agent(1));
  publish("two", workspace(1), agent(2));
  EXPECT_EQ(shown_, (Shown{"two"}));
}

TEST_F(LiveFeedTest, GivesRisingIdsAlsoWithinOneMillisecond) {
  make();
  publish("a");
  publish("b");
  const auto history = run(loop_, feed_->history(workspace(1), "0-0"));
  ASSERT_EQ(history.events.size(), 2u);
  EXPECT_EQ(history.events[0].id, "1767603600000-0");
  EXPECT_EQ(history.events[1].id, "1767603600000-1");
}

TEST_F(LiveFeedTest, GoesOnWhereAListenerLeft) {
  make();
  const std::string start = feed_->latest(workspace(1));
  publish("a");
  const std::string after = feed_->latest(workspace(1));
  clock_.advance(1s);
  publish("b");
  const auto history = run(loop_, feed_->history(workspace(1), after));
  EXPECT_TRUE(history.is_complete);
  ASSERT_EQ(history.events.size(), 1u);
  EXPECT_EQ(history.events[0].event, "b");
  EXPECT_TRUE(run(loop_, feed_->history(workspace(1), start)).is_complete);
  EXPECT_FALSE(run(loop_, feed_->history(workspace(1), "5-0")).is_complete)
      << "what was before this process is not known";
}

TEST_F(LiveFeedTest, SaysThatItsHistoryEnds) {
  make();
  publish("first");
  const std::string after = feed_->latest(workspace(1));
  for (std::size_t i = 0; i <= kEventHistoryMax; ++i)
    feed_->publish({.workspace = workspace(1), .event = "more"});
  run_until_idle(loop_);
  const auto history = run(loop_, feed_->history(workspace(1), after));
  EXPECT_FALSE(history.is_complete);
  EXPECT_EQ(history.events.size(), kEventHistoryMax);
}

TEST_F(LiveFeedTest, ShowsWhatComesBackFromTheBusOnce) {
  FakeBus bus;
  make(&bus);
  const auto watching = watch();
  publish("a");
  bus.reconnect();
  run_until_idle(loop_);
  EXPECT_EQ(shown_, (Shown{"a"}));
}

TEST_F(LiveFeedTest, ShowsWhatTheBusLostOnTheWayWhenItIsBack) {
  FakeBus bus;
  make(&bus);
  const auto watching = watch();
  publish("a");
  bus.is_deaf = true;
  publish("lost");
  bus.is_deaf = false;
  bus.reconnect();
  run_until_idle(loop_);
  publish("b");
  EXPECT_EQ(shown_, (Shown{"a", "lost", "b"}));
}

TEST_F(LiveFeedTest, ShowsItsOwnEventsWhileTheBusIsAway) {
  FakeBus bus;
  make(&bus);
  const auto watching = watch();
  bus.is_away = true;
  publish("alone");
  EXPECT_EQ(shown_, (Shown{"alone"}));
  const auto history = run(loop_, feed_->history(workspace(1), "0-0"));
  EXPECT_FALSE(history.is_complete);
  EXPECT_EQ(history.events.size(), 1u);
}

TEST_F(LiveFeedTest, DropsTheOldestOfAFloodAndCountsThem) {
  make();
  const auto watching = watch();
  run_until_idle(loop_);
  for (std::size_t i = 0; i < LiveFeed::kWaitingMax + 5; ++i)
    feed_->publish({.workspace = workspace(1), .event = std::to_string(i)});
  run_until_idle(loop_);
  ASSERT_EQ(shown_.size(), LiveFeed::kWaitingMax);
  EXPECT_EQ(shown_.front(), "5");
  EXPECT_EQ(metrics_.counter("live_events_dropped_total", "").value(), 5u);
}

class SilentJournal final : public ConversationJournal {
 public:
  void record(JournalEntry) override { ++count; }
  int count = 0;
};

TEST_F(LiveFeedTest, TellsWhatIsJournalledAndJournalsIt) {
  make();
  SilentJournal kept;
  LiveJournal journal(kept, *feed_);
  const auto watching = watch();
  Message message;
  message.ordinal = 3;
  message.said = "a \"quoted\" word";
  message.heard = "a";
  journal.record({workspace(1), {}, {}, message, agent(1)});
  journal.record({workspace(1),
                  {},
                  {},
                  ConversationEvent{1, "reply.ended", 20ms, R"({"heard":"hi"})"},
                  agent(1)});
  journal.record({workspace(1), {}, {}, ConversationEvent{2, "recording.paused", 40ms, "{}"}});
  journal.record(
      {workspace(1), {}, {}, JournalEntry::Ended{ConversationStatus::ended, EndReason::idle, {}}});
  run_until_idle(loop_);
  EXPECT_EQ(kept.count, 4);
  EXPECT_EQ(shown_, (Shown{R"({"type":"conversation.message","ordinal":3,"speaker":"caller",)"
                           R"("said":"a \"quoted\" word","heard":"a","interrupted":false})",
                           R"({"type":"reply.ended","at_ms":20,"heard":"hi"})",
                           R"({"type":"recording.paused","at_ms":40})",
                           R"({"type":"conversation.ended","status":"ended","reason":"idle"})"}));
}

TEST(LiveEventId, ReadsWhatItWrites) {
  EXPECT_EQ(LiveEventId::parse("17-3"), (LiveEventId{17, 3}));
  EXPECT_LT(LiveEventId::parse("9-10"), LiveEventId::parse("10-9"));
  for (const std::string_view bad :
       {"", "17", "-1", "17-", "x-1", "1-1-1", "99999999999999999999-1"})
    EXPECT_FALSE(LiveEventId::parse(bad)) << bad;
}

}  // namespace
}  // namespace antiphon
