#include "service/workspace_purge.h"

#include "service/fake_secrets_test.h"
#include "service/fake_stores_test.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace antiphon {
namespace {

// Notes what was asked of it, in order.
class FakePurge final : public PurgeStore {
 public:
  explicit FakePurge(std::vector<std::string>& steps) : steps_(steps) {}
  Task<Result<std::vector<WorkspaceId>>> due(std::chrono::days) override {
    co_return std::vector<WorkspaceId>{};
  }
  Task<Result<bool>> begin(Principal principal, std::chrono::days grace) override {
    EXPECT_EQ(principal.kind, PrincipalKind::worker);
    EXPECT_EQ(grace, std::chrono::days(40));
    steps_.emplace_back("keys");
    co_return is_due;
  }
  Task<Result<std::size_t>> remove_conversations(Principal, std::size_t most) override {
    steps_.emplace_back("conversations");
    const std::size_t removed = std::min(most, conversations);
    conversations -= removed;
    co_return removed;
  }
  Task<Result<bool>> finish(Principal) override {
    steps_.emplace_back("workspace");
    co_return true;
  }

  bool is_due = true;
  std::size_t conversations = 0;

 private:
  std::vector<std::string>& steps_;
};

class WorkspacePurgeTest : public testing::Test {
 protected:
  Result<> purge() {
    LeasedJob job;
    job.workspace = workspace_;
    return run(loop_, purge_.run(std::move(job)));
  }

  boost::asio::io_context loop_{1};
  ManualClock clock_;
  Log log_{clock_, 2, LogLevel::error};
  SystemRandom random_;
  FakeWorkspaceKeys key_store_;
  const MasterKeys master_{SecretKey::make_random(random_)};
  KeyRing ring_{key_store_, clock_, random_,
                [this]() -> Result<std::optional<MasterKeys>> { return master_; }};
  SealingKeys sealing_{ring_, random_};
  std::vector<std::string> steps_;
  std::optional<Error> refusal_;
  FakePurge store_{steps_};
  const WorkspaceId workspace_{test_uuid(1)};
  WorkspacePurge purge_{{store_,
                         ring_,
                         sealing_,
                         loop_.get_executor(),
                         log_,
                         std::chrono::days(40),
                         {[this](WorkspaceId) -> Result<> {
                           steps_.emplace_back("files");
                           if (refusal_) return std::unexpected(*refusal_);
                           return {};
                         }}}};
};

TEST_F(WorkspacePurgeTest, ShredsTheKeysThenRemovesFilesAndRows) {
  store_.conversations = WorkspacePurge::kBatch + 1;
  ASSERT_TRUE(run(loop_, sealing_.prepare(workspace_)));
  ASSERT_TRUE(purge());
  EXPECT_EQ(steps_, (std::vector<std::string>{"keys", "files", "conversations", "conversations",
                                              "workspace"}));
  EXPECT_TRUE(key_store_.keys.empty());
  const SealedPlace place{"recordings", "key", workspace_.uuid(), Uuid{}};
  EXPECT_FALSE(sealing_.seal("text", place));
}

TEST_F(WorkspacePurgeTest, LeavesAWorkspaceAloneThatWasRestored) {
  store_.is_due = false;
  ASSERT_TRUE(run(loop_, sealing_.prepare(workspace_)));
  ASSERT_TRUE(purge());
  EXPECT_EQ(steps_, std::vector<std::string>{"keys"});
  EXPECT_FALSE(key_store_.keys.empty());
}

TEST_F(WorkspacePurgeTest, KeepsTheRowsUntilTheFilesAreGone) {
  refusal_ = Error{ErrorCode::unavailable, "the disk is away"};
  const auto refused = purge();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  EXPECT_EQ(steps_, (std::vector<std::string>{"keys", "files"}));
  refusal_.reset();
  steps_.clear();
  EXPECT_TRUE(purge());
  EXPECT_EQ(steps_.back(), "workspace");
}

}  // namespace
}  // namespace antiphon
