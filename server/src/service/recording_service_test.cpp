#include "service/recording_service.h"

#include "service/fake_host_test.h"
#include "service/fake_recordings_test.h"
#include "service/fake_secrets_test.h"
#include "service/fake_stores_test.h"
#include "service/recording_keys.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

using std::chrono::seconds;

class RecordingServiceTest : public testing::Test {
 protected:
  RecordingServiceTest() {
    recording_.workspace = WorkspaceId(test_uuid(1));
    recording_.conversation = ConversationId(test_uuid(9));
    recording_.sample_count = 16'000;
    archive_.sounds[recording_.conversation] = 16'000;
    service_.start();
    run_until_idle(loop_);
  }
  ~RecordingServiceTest() override { run(loop_, service_.stop(clock_.now())); }

  boost::asio::io_context loop_{1};
  ManualClock clock_;
  Log log_{clock_, 2, LogLevel::error};
  FakeRecordings store_;
  FakeArchive archive_;
  FakeConversations records_;
  FakeHost host_{loop_.get_executor()};
  RecordingService service_{
      loop_.get_executor(),
      {store_, archive_, records_, host_, loop_.get_executor(), clock_, log_}};
  Recording recording_;
};

TEST_F(RecordingServiceTest, ConfirmsWhatTheStoreHas) {
  service_.keep(recording_);
  run_until_idle(loop_);
  EXPECT_EQ(store_.recordings.size(), 1U);
  EXPECT_EQ(archive_.confirmed, (std::vector{recording_.conversation}));
}

TEST_F(RecordingServiceTest, UnlocksASealedRecordingWithItsOwnKeyAlone) {
  service_.keep(recording_);
  run_until_idle(loop_);
  FakeWorkspaceKeys keys;
  SystemRandom random;
  const MasterKeys master(SecretKey::make_random(random));
  KeyRing ring(keys, clock_, random, [&]() -> Result<std::optional<MasterKeys>> { return master; });
  const auto place = place_of_recording_key(recording_.workspace, recording_.conversation);
  archive_.sealed_key = *run(loop_, ring.seal("the key", place));
  RecordingService sealing{
      loop_.get_executor(),
      {store_, archive_, records_, host_, loop_.get_executor(), clock_, log_, &ring}};
  const auto opened = run(loop_, sealing.open(test_principal(), recording_.conversation));
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->reader->sample_count(), 16'000U);

  const auto without = run(loop_, service_.open(test_principal(), recording_.conversation));
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().code, ErrorCode::wrong_state);

  archive_.sealed_key = *run(
      loop_, ring.seal("the key",
                       place_of_recording_key(recording_.workspace, ConversationId(test_uuid(8)))));
  const auto moved = run(loop_, sealing.open(test_principal(), recording_.conversation));
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().code, ErrorCode::corrupt);
}

TEST_F(RecordingServiceTest, TriesAgainWhileTheStoreIsAway) {
  store_.refusal = Error{ErrorCode::unavailable, "the database is away"};
  service_.keep(recording_);
  run_until_idle(loop_);
  EXPECT_TRUE(archive_.confirmed.empty());
  store_.refusal.reset();
  clock_.advance(seconds(3));
  run_until_idle(loop_);
  EXPECT_EQ(archive_.confirmed.size(), 1U);
}

TEST_F(RecordingServiceTest, LeavesTheFileOfARefusedRecordingForTheNextStart) {
  store_.refusal = Error{ErrorCode::not_found, "there is no such conversation"};
  service_.keep(recording_);
  run_until_idle(loop_);
  clock_.advance(seconds(10));
  run_until_idle(loop_);
  EXPECT_EQ(store_.puts, 1);
  EXPECT_TRUE(archive_.confirmed.empty());
  EXPECT_TRUE(archive_.sounds.contains(recording_.conversation));
}

TEST_F(RecordingServiceTest, ErasesSoundAndKnowledge) {
  service_.keep(recording_);
  run_until_idle(loop_);
  const Principal owner{.kind = PrincipalKind::user, .workspace = WorkspaceId(test_uuid(1))};
  EXPECT_TRUE(run(loop_, service_.erase(owner, recording_.conversation)));
  EXPECT_TRUE(store_.recordings.empty());
  EXPECT_TRUE(archive_.sounds.empty());
  EXPECT_FALSE(run(loop_, service_.erase(owner, recording_.conversation)));
}

}  // namespace
}  // namespace antiphon
