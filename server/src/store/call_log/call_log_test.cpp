#include "core/system_clock.h"
#include "store/call_log/call_log_file.h"
#include "store/call_log/disk_call_logs.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace antiphon {
namespace {

namespace fs = std::filesystem;

class CallLogTest : public testing::Test {
 protected:
  CallLogTest() {
    plan_.conversation.id = ConversationId(*Uuid::parse("00000000-0000-4000-8000-0000000000c1"));
    plan_.conversation.metadata = R"({"order":7})";
    plan_.conversation.started_at = WallTime(std::chrono::seconds(1'767'603'600));
    plan_.configuration.greeting = *Text<0, 500>::make("Good morning.");
    plan_.configuration.turn.profile = TurnProfile::patient;
    plan_.opening = {TurnProfile::fast, {ExpectedValue::digits, 4, 6}};
    plan_.knowledge_bases.emplace_back(*Uuid::parse("00000000-0000-4000-8000-0000000000b1"));
  }
  ~CallLogTest() override { fs::remove_all(folder_); }

  [[nodiscard]] fs::path file() const { return call_log_path(folder_, plan_.conversation); }
  [[nodiscard]] std::string bytes_of_file() const {
    std::ifstream in(file(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static std::span<const std::byte> bytes(std::string_view text) {
    return std::as_bytes(std::span(text));
  }

  fs::path folder_ =
      fs::path(testing::TempDir()) /
      (std::string("call_logs_") + testing::UnitTest::GetInstance()->current_test_info()->name());
  SystemClock clock_;
  Log log_{clock_, 2, LogLevel::error};
  Metrics metrics_;
  SessionPlan plan_;
};

TEST_F(CallLogTest, KeepsThePlanOfTheCallAndEveryByte) {
  DiskCallLogs logs({log_, metrics_}, {folder_});
  {
    const auto sink = logs.open(plan_);
    EXPECT_TRUE(sink->append(bytes("one ")));
    logs.step();
    EXPECT_TRUE(sink->append(bytes("two")));
  }
  logs.step();
  const auto stored = read_call_log(file());
  ASSERT_TRUE(stored) << stored.error().message;
  EXPECT_EQ(stored->plan.conversation.id, plan_.conversation.id);
  EXPECT_EQ(stored->plan.conversation.metadata, plan_.conversation.metadata);
  EXPECT_EQ(stored->plan.conversation.started_at, plan_.conversation.started_at);
  EXPECT_EQ(stored->plan.configuration, plan_.configuration);
  EXPECT_EQ(stored->plan.opening, plan_.opening);
  EXPECT_EQ(stored->plan.knowledge_bases, plan_.knowledge_bases);
  EXPECT_TRUE(std::ranges::equal(stored->log, bytes("one two")));
  EXPECT_EQ(fs::status(file()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(CallLogTest, EndsInFrontOfWhatAKillOrADiskDamaged) {
  DiskCallLogs logs({log_, metrics_}, {folder_});
  const auto sink = logs.open(plan_);
  EXPECT_TRUE(sink->append(bytes("first")));
  logs.step();
  EXPECT_TRUE(sink->append(bytes("second")));
  logs.step();
  std::string whole = bytes_of_file();
  const auto cut = parse_call_log(std::string_view(whole).substr(0, whole.size() - 1));
  ASSERT_TRUE(cut);
  EXPECT_TRUE(std::ranges::equal(cut->log, bytes("first")));
  whole.back() = 'X';
  const auto damaged = parse_call_log(whole);
  ASSERT_TRUE(damaged);
  EXPECT_TRUE(std::ranges::equal(damaged->log, bytes("first")));
}

TEST_F(CallLogTest, RefusesWhatIsNoLogAndSaysSo) {
  EXPECT_EQ(parse_call_log("").error().code, ErrorCode::corrupt);
  EXPECT_EQ(parse_call_log("RIFF....WAVE").error().code, ErrorCode::corrupt);
  EXPECT_EQ(parse_call_log("ANTIPHON CALL LOG 1\n").error().message,
            "the log does not say what the call was");
  EXPECT_EQ(read_call_log(folder_ / "none").error().code, ErrorCode::not_found);
}

TEST_F(CallLogTest, EndsWhenTheWriterFallsBehindAndKeepsWhatCameBefore) {
  DiskCallLogs logs({log_, metrics_}, {folder_});
  const auto sink = logs.open(plan_);
  const std::string much(kCallLogPieceMax, 'a');
  std::size_t taken = 0;
  while (sink->append(bytes(much)))
    ++taken;
  EXPECT_EQ(taken, DiskCallLogs::kRoom / kCallLogPieceMax);
  logs.step();
  EXPECT_FALSE(sink->append(bytes("more")));
  const auto stored = read_call_log(file());
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->log.size(), taken * kCallLogPieceMax);
}

TEST_F(CallLogTest, EndsTheLogAndNotTheCallWhereTheDiskRefuses) {
  fs::create_directories(folder_);
  std::ofstream(folder_ / plan_.conversation.workspace.to_string()) << "a file in the way";
  DiskCallLogs logs({log_, metrics_}, {folder_});
  const auto sink = logs.open(plan_);
  EXPECT_TRUE(sink->append(bytes("first")));
  logs.step();
  EXPECT_FALSE(sink->append(bytes("second")));
}

TEST_F(CallLogTest, WritesWhatIsThereWhenItIsStopped) {
  DiskCallLogs logs({log_, metrics_}, {folder_});
  logs.start();
  const auto sink = logs.open(plan_);
  EXPECT_TRUE(sink->append(bytes("last words")));
  logs.stop();
  const auto stored = read_call_log(file());
  ASSERT_TRUE(stored);
  EXPECT_TRUE(std::ranges::equal(stored->log, bytes("last words")));
  EXPECT_EQ(logs.open(plan_), nullptr);
}

}  // namespace
}  // namespace antiphon
