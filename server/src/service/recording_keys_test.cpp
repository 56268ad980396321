#include "service/recording_keys.h"

#include "core/run_on.h"
#include "service/fake_secrets_test.h"
#include "service/fake_stores_test.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <boost/asio/thread_pool.hpp>
#include <gtest/gtest.h>

namespace antiphon {
namespace {

class RecordingKeysTest : public testing::Test {
 protected:
  ~RecordingKeysTest() override { run(loop_, recordings_.join()); }

  void start() {
    ASSERT_TRUE(run(loop_, ring_.check()));
    recordings_.start();
  }
  // As the thread that recovers asks.
  Result<Sensitive<std::string>> open(WorkspaceId workspace, ConversationId id,
                                      const std::string& sealed) {
    return run(loop_, run_on(threads_.get_executor(),
                             [=, this] { return recordings_.open(workspace, id, sealed); }));
  }

  boost::asio::io_context loop_{1};
  boost::asio::thread_pool threads_{1};
  ManualClock clock_;
  SystemRandom random_;
  FakeWorkspaceKeys store_;
  std::optional<MasterKeys> master_{MasterKeys(SecretKey::make_random(random_))};
  KeyRing ring_{store_, clock_, random_,
                [this]() -> Result<std::optional<MasterKeys>> { return master_; }};
  SealingKeys keys_{ring_, random_};
  RecordingKeys recordings_{loop_.get_executor(), ring_, keys_, random_};
  const WorkspaceId workspace_{test_uuid(1)};
  const ConversationId conversation_{test_uuid(2)};
};

TEST_F(RecordingKeysTest, OpensWhatItMade) {
  start();
  ASSERT_TRUE(run(loop_, keys_.prepare(workspace_)));
  const auto made = recordings_.make(workspace_, conversation_);
  ASSERT_TRUE(made && *made);
  EXPECT_EQ((*made)->key.reveal().size(), SecretKey::kSize);
  EXPECT_EQ((*made)->sealed_key.find((*made)->key.reveal()), std::string::npos);
  const auto opened = open(workspace_, conversation_, (*made)->sealed_key);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->reveal(), (*made)->key.reveal());
}

TEST_F(RecordingKeysTest, OpensNothingForAnotherRecordingOrWorkspace) {
  start();
  ASSERT_TRUE(run(loop_, keys_.prepare(workspace_)));
  const WorkspaceId other{test_uuid(3)};
  ASSERT_TRUE(run(loop_, keys_.prepare(other)));
  const auto made = recordings_.make(workspace_, conversation_);
  ASSERT_TRUE(made && *made);
  const auto moved = open(workspace_, ConversationId(test_uuid(9)), (*made)->sealed_key);
  EXPECT_EQ(moved.error().code, ErrorCode::corrupt);
  const auto foreign = open(other, conversation_, (*made)->sealed_key);
  EXPECT_EQ(foreign.error().code, ErrorCode::corrupt);
}

TEST_F(RecordingKeysTest, OpensAfterTheMasterKeyWasRotated) {
  start();
  ASSERT_TRUE(run(loop_, keys_.prepare(workspace_)));
  const auto made = recordings_.make(workspace_, conversation_);
  ASSERT_TRUE(made && *made);
  const KeyId old = key_id_of(master_->current());
  master_->put_in_front(SecretKey::make_random(random_));
  KeyRing rotating(store_, clock_, random_,
                   [this]() -> Result<std::optional<MasterKeys>> { return master_; });
  ASSERT_TRUE(run(loop_, rotating.rotate({})));
  master_->drop(old);
  clock_.advance(KeyRing::kMemory);
  const auto opened = open(workspace_, conversation_, (*made)->sealed_key);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->reveal(), (*made)->key.reveal());
}

TEST_F(RecordingKeysTest, SealsWhileTheStoreIsAwayAndNotWithoutAKeyOfTheWorkspace) {
  start();
  const auto refused = recordings_.make(workspace_, conversation_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  ASSERT_TRUE(run(loop_, keys_.prepare(workspace_)));
  clock_.advance(10 * KeyRing::kMemory);
  const int before = store_.lists;
  EXPECT_TRUE(recordings_.make(workspace_, conversation_));
  EXPECT_EQ(store_.lists, before);
}

TEST_F(RecordingKeysTest, OpensNothingOnceTheWorkspaceWasShredded) {
  start();
  ASSERT_TRUE(run(loop_, keys_.prepare(workspace_)));
  const auto made = recordings_.make(workspace_, conversation_);
  ASSERT_TRUE(made && *made);
  ASSERT_TRUE(run(loop_, ring_.shred(workspace_)));
  const auto gone = open(workspace_, conversation_, (*made)->sealed_key);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, ErrorCode::not_found);
}

TEST_F(RecordingKeysTest, SealsNothingWithoutAMasterKey) {
  master_.reset();
  start();
  const auto made = recordings_.make(workspace_, conversation_);
  ASSERT_TRUE(made);
  EXPECT_FALSE(*made);
}

TEST_F(RecordingKeysTest, GivesUpWhenTheServerStops) {
  start();
  recordings_.stop();
  const auto refused = open(workspace_, conversation_, "whatever");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace antiphon
