#include "store/journal/spooling_journal.h"

#include "store/journal/entry_codec.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>

#include <array>
#include <fstream>
#include <set>
#include <thread>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

// A database that comes and goes. Keeps what it was given, and says whether order was kept.
class FlickeringStore final : public ConversationStore {
 public:
  explicit FlickeringStore(Clock& clock) : clock_(clock) {}

  Task<Result<Conversation>> create(Principal, Conversation conversation) override {
    co_return conversation;
  }
  Task<Result<ConversationRecord>> find(Principal, ConversationId) override {
    co_return failure(ErrorCode::not_found, "not kept here");
  }
  Task<Result<Page<Conversation>>> list(Principal, ConversationFilter, PageRequest) override {
    co_return Page<Conversation>{};
  }
  Task<Result<>> apply(std::vector<JournalEntry> entries) override {
    ++calls;
    largest = std::max(largest, entries.size());
    if (delay > Duration::zero()) {
      const auto waited = co_await clock_.sleep_for(delay);
      if (!waited) co_return std::unexpected(waited.error());
    }
    if (away) co_return failure(ErrorCode::unavailable, "the database is away");
    for (const JournalEntry& entry : entries) {
      const auto* event = std::get_if<ConversationEvent>(&entry.what);
      if (event != nullptr && event->kind == poison) {
        co_return failure(ErrorCode::invalid_argument, "this row breaks a rule");
      }
    }
    for (const JournalEntry& entry : entries)
      keep(entry);
    co_return Result<>{};
  }

  std::vector<std::int64_t> sequences;  // of events, as they first came
  std::set<std::int64_t> known;
  std::vector<std::string> messages;
  bool away = false;
  Duration delay{0};
  std::string poison = "poison";
  int calls = 0;
  std::size_t largest = 0;

 private:
  void keep(const JournalEntry& entry) {
    if (const auto* event = std::get_if<ConversationEvent>(&entry.what)) {
      if (known.insert(event->sequence).second) sequences.push_back(event->sequence);
    }
    if (const auto* message = std::get_if<Message>(&entry.what)) messages.push_back(message->said);
  }
  Clock& clock_;
};

JournalEntry event_entry(std::int64_t sequence, std::string kind = "reply.text") {
  JournalEntry entry;
  entry.what = ConversationEvent{sequence, std::move(kind), Milliseconds(sequence), "{}"};
  return entry;
}

JournalEntry message_entry(std::string said) {
  JournalEntry entry;
  Message message;
  message.said = std::move(said);
  entry.what = std::move(message);
  return entry;
}

class SpoolingJournalTest : public testing::Test {
 protected:
  SpoolingJournalTest() { open(); }
  ~SpoolingJournalTest() override { die(); }

  void open(std::uint64_t bytes_max = 1 << 20, std::vector<JournalFilter> filters = {}) {
    journal_ = std::make_unique<SpoolingJournal>(
        JournalServices{store_, clock_, metrics_, log_}, loop_.get_executor(),
        SpoolOptions{folder_.path() / "journal", bytes_max}, std::move(filters));
    ASSERT_TRUE(journal_->start());
  }
  // As kill -9 would: nothing is flushed, no stop is asked for.
  void die() {
    journal_->abandon();
    run_until_idle(loop_);
    journal_.reset();
  }
  void advance(Duration duration) {
    for (Duration passed{0}; passed < duration; passed += 10ms) {
      clock_.advance(10ms);
      run_until_idle(loop_);
    }
  }
  void record(std::int64_t from, std::int64_t to) {
    for (std::int64_t sequence = from; sequence <= to; ++sequence) {
      journal_->record(event_entry(sequence));
    }
  }
  static std::vector<std::int64_t> numbers(std::int64_t to) {
    std::vector<std::int64_t> expected;
    for (std::int64_t number = 1; number <= to; ++number)
      expected.push_back(number);
    return expected;
  }

  boost::asio::io_context loop_;
  ManualClock clock_;
  Metrics metrics_;
  int null_ = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  Log log_{clock_, null_, LogLevel::error};
  TemporaryFolder folder_;
  FlickeringStore store_{clock_};
  std::unique_ptr<SpoolingJournal> journal_;
};

TEST_F(SpoolingJournalTest, WritesInBatchesWithinAHundredMilliseconds) {
  record(1, 500);
  advance(200ms);
  EXPECT_EQ(store_.sequences, numbers(500));
  EXPECT_EQ(store_.largest, 200U);
  EXPECT_EQ(store_.calls, 3);
  EXPECT_EQ(journal_->spooled_bytes(), 0U);
  EXPECT_TRUE(journal_->idle());
}

TEST_F(SpoolingJournalTest, KeepsOrderThroughAnOutage) {
  record(1, 10);
  advance(100ms);
  store_.away = true;
  for (std::int64_t at = 11; at <= 300; ++at) {
    journal_->record(event_entry(at));
    advance(10ms);
  }
  EXPECT_EQ(store_.sequences.size(), 10U);
  EXPECT_GT(journal_->spooled_bytes(), 0U);
  store_.away = false;
  advance(6s);
  EXPECT_EQ(store_.sequences, numbers(300));
  EXPECT_EQ(journal_->spooled_bytes(), 0U);
}

TEST_F(SpoolingJournalTest, LosesNothingThatIsASecondOldWhenKilledDuringAnOutage) {
  store_.away = true;
  record(1, 50);
  advance(1s);
  die();
  store_.away = false;
  open();
  advance(1s);
  EXPECT_EQ(store_.sequences, numbers(50));
}

TEST_F(SpoolingJournalTest, LosesNothingThatIsASecondOldWhenKilledWhileTheStoreHangs) {
  store_.delay = 1h;
  record(1, 50);
  advance(500ms);
  record(51, 60);
  advance(500ms);
  die();
  store_.delay = 0ms;
  open();
  advance(1s);
  EXPECT_EQ(store_.sequences, numbers(60));
}

TEST_F(SpoolingJournalTest, WritesAheadWhenTheStoreIsSlowButWell) {
  store_.delay = 2s;
  record(1, 5);
  advance(1s);
  EXPECT_GT(journal_->spooled_bytes(), 0U);
  advance(10s);
  EXPECT_EQ(store_.sequences, numbers(5));
  EXPECT_EQ(journal_->spooled_bytes(), 0U);
}

TEST_F(SpoolingJournalTest, DropsOnlyTheEntryThatTheStoreRefusesForGood) {
  record(1, 3);
  journal_->record(event_entry(99, "poison"));
  record(4, 6);
  advance(1s);
  EXPECT_EQ(store_.sequences, numbers(6));
  EXPECT_NE(metrics_.render().find("journal_refused_total 1"), std::string::npos);
}

TEST_F(SpoolingJournalTest, DropsOldEventsAndNoMessageWhenTheSpoolIsFull) {
  die();
  open(50'000);
  store_.away = true;
  for (int at = 1; at <= 100; ++at) {
    journal_->record(message_entry("message " + std::to_string(at)));
    record(10 * at, 10 * at + 4);
    advance(10ms);
  }
  advance(1s);
  EXPECT_LE(journal_->spooled_bytes(), 50'000U);
  store_.away = false;
  advance(10s);
  EXPECT_EQ(store_.messages.size(), 100U);
  EXPECT_LT(store_.sequences.size(), 500U);
  EXPECT_EQ(store_.sequences.back(), 1004);
}

TEST_F(SpoolingJournalTest, HoldsInMemoryWhatAFullDiskHasNoRoomForAndKeepsOrder) {
  die();
  open(2'000);
  EXPECT_EQ(journal_->problem(), "");
  store_.away = true;
  record(1, 5);
  for (int at = 1; at <= 100; ++at) {
    journal_->record(message_entry(std::to_string(at)));
    advance(10ms);
  }
  advance(1s);
  EXPECT_LE(journal_->spooled_bytes(), 2'000U);
  EXPECT_THAT(journal_->problem(), testing::StartsWith("what is said waits in memory alone: "));
  EXPECT_FALSE(journal_->idle());
  store_.away = false;
  store_.delay = 50ms;
  for (int at = 101; at <= 150; ++at) {
    journal_->record(message_entry(std::to_string(at)));
    advance(100ms);
  }
  advance(10s);
  std::vector<std::string> expected;
  for (int at = 1; at <= 150; ++at)
    expected.push_back(std::to_string(at));
  EXPECT_EQ(store_.messages, expected);
  EXPECT_EQ(journal_->problem(), "");
  EXPECT_TRUE(journal_->idle());
}

TEST_F(SpoolingJournalTest, CountsWhatItHadToGiveUpAtItsEnd) {
  die();
  open(0);
  store_.away = true;
  for (int at = 1; at <= 3; ++at)
    journal_->record(message_entry("kept nowhere"));
  TaskGroup group(loop_.get_executor());
  group.spawn(journal_->stop(clock_.now() + 1s));
  advance(3s);
  EXPECT_EQ(group.size(), 0U);
  EXPECT_THAT(metrics_.render(), testing::HasSubstr(R"(journal_dropped_total{kind="message"} 3)"));
}

TEST_F(SpoolingJournalTest, SaysThatTheStoreIsAwayAndWhenItIsBack) {
  store_.away = true;
  record(1, 3);
  advance(1s);
  EXPECT_EQ(journal_->problem(), "what is said waits on the disk: the database is away");
  store_.away = false;
  advance(6s);
  EXPECT_EQ(journal_->problem(), "");
}

TEST_F(SpoolingJournalTest, AppliesItsFiltersBeforeAnythingIsWritten) {
  die();
  open(1 << 20, {[](JournalEntry& entry) {
         if (auto* message = std::get_if<Message>(&entry.what)) message->said = "[card number]";
       }});
  store_.away = true;
  journal_->record(message_entry("4111 1111 1111 1111"));
  advance(1s);
  std::ifstream file(folder_.path() / "journal" / "journal.spool");
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(bytes.find("4111"), std::string::npos);
  store_.away = false;
  advance(6s);
  EXPECT_EQ(store_.messages, std::vector<std::string>{"[card number]"});
}

TEST_F(SpoolingJournalTest, BoundsItsMemoryByDroppingEvents) {
  for (int at = 0; at < 3; ++at)
    journal_->record(message_entry("kept"));
  record(1, 12'000);
  advance(5s);
  EXPECT_EQ(store_.messages.size(), 3U);
  EXPECT_EQ(store_.sequences.back(), 12'000);
  EXPECT_EQ(store_.sequences.size(), 9'997U);
}

TEST_F(SpoolingJournalTest, TakesEntriesFromManyThreadsAtOnce) {
  constexpr std::int64_t kEach = 1'000;
  std::vector<std::thread> threads;
  for (std::int64_t number = 0; number < 4; ++number) {
    threads.emplace_back([this, number] {
      for (std::int64_t at = 0; at < kEach; ++at) {
        journal_->record(event_entry(number * kEach + at));
      }
    });
  }
  advance(500ms);
  for (std::thread& thread : threads)
    thread.join();
  advance(2s);
  ASSERT_EQ(store_.sequences.size(), 4'000U);
  // Each thread's own entries keep their order.
  std::array<std::int64_t, 4> last{-1, -1, -1, -1};
  for (const std::int64_t sequence : store_.sequences) {
    auto& of_thread = last.at(static_cast<std::size_t>(sequence / kEach));
    EXPECT_LT(of_thread, sequence);
    of_thread = sequence;
  }
}

TEST_F(SpoolingJournalTest, FlushesAndStopsInTime) {
  record(1, 20);
  bool flushed = false;
  bool stopped = false;
  TaskGroup group(loop_.get_executor());
  const auto work = [](SpoolingJournal& journal, Clock& clock, bool& flush_done,
                       bool& stop_done) -> Task<> {
    const auto outcome = co_await journal.flush(clock.now() + 1s);
    flush_done = outcome.has_value();
    co_await journal.stop(clock.now() + 1s);
    stop_done = true;
  };
  group.spawn(work(*journal_, clock_, flushed, stopped));
  advance(500ms);
  EXPECT_TRUE(flushed);
  EXPECT_TRUE(stopped);
  EXPECT_EQ(store_.sequences, numbers(20));
}

TEST_F(SpoolingJournalTest, LeavesInTheFileWhatTheStoreDoesNotTakeBeforeTheStop) {
  store_.away = true;
  record(1, 20);
  TaskGroup group(loop_.get_executor());
  group.spawn(journal_->stop(clock_.now() + 1s));
  advance(2s);
  store_.away = false;
  die();
  open();
  advance(1s);
  EXPECT_EQ(store_.sequences, numbers(20));
}

}  // namespace
}  // namespace antiphon
