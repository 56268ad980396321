#include "service/secret_service.h"

#include "crypto/hash.h"
#include "service/fake_secrets_test.h"
#include "service/fake_stores_test.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <gtest/gtest.h>

#include <span>

namespace antiphon {
namespace {

using std::chrono::seconds;

class SecretServiceTest : public testing::Test {
 protected:
  KeyRing::LoadMasterKeys from_file() {
    return [this]() -> Result<std::optional<MasterKeys>> {
      ++loads_;
      return masters_;
    };
  }
  Result<PutSecret> put(const std::string& name, const std::string& value,
                        std::uint8_t workspace = 1) {
    return run(loop_, secrets_.put(test_principal(workspace), name, SecretKind::tool_secret,
                                   Sensitive<std::string>(value)));
  }
  Result<Sensitive<std::string>> open(const std::string& name, std::uint8_t workspace = 1,
                                      SecretKind kind = SecretKind::tool_secret) {
    return run(loop_, secrets_.open(test_principal(workspace), kind, name));
  }
  // A new key in front of the old one, as a rotation's first step leaves the file.
  void add_master() { masters_->put_in_front(SecretKey::make_random(random_)); }
  [[nodiscard]] KeyId current() const { return key_id_of(masters_->current()); }

  boost::asio::io_context loop_{1};
  ManualClock clock_;
  SeededRandom random_{Seed{11}};
  std::optional<MasterKeys> masters_{MasterKeys(SecretKey::make_random(random_))};
  int loads_ = 0;
  FakeWorkspaceKeys key_store_;
  FakeSecrets store_;
  KeyRing keys_{key_store_, clock_, random_, from_file()};
  SecretService secrets_{store_, keys_, random_};
};

TEST_F(SecretServiceTest, OpensWhatWasPutAndShowsItsLastFourCharacters) {
  const auto made = put("stripe", "sk_live_abcdefgh1234");
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_TRUE(made->is_new);
  EXPECT_EQ(made->facts.hint, "1234");
  EXPECT_EQ(open("stripe")->reveal(), "sk_live_abcdefgh1234");
  EXPECT_EQ(store_.secrets.begin()->second.sealed.find("sk_live"), std::string::npos);
}

TEST_F(SecretServiceTest, ShowsNothingOfAShortValueOrOneThatIsNoPlainText) {
  EXPECT_EQ(put("eleven", "12345678901")->facts.hint, std::nullopt);
  EXPECT_EQ(put("twelve", "123456789012")->facts.hint, "9012");
  EXPECT_EQ(put("accents", "123456789012\xc3\xa9\xc3\xa9")->facts.hint, std::nullopt);
}

TEST_F(SecretServiceTest, ReplacesAValueUnderItsName) {
  ASSERT_TRUE(put("stripe", "one"));
  const auto again = put("stripe", "two");
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->is_new);
  EXPECT_EQ(again->facts.revision, 2);
  EXPECT_EQ(open("stripe")->reveal(), "two");
}

TEST_F(SecretServiceTest, RefusesAnEmptyAndAnEndlessValue) {
  EXPECT_EQ(put("a", "").error().code, ErrorCode::invalid_argument);
  EXPECT_TRUE(put("a", std::string(8'192, 'x')));
  EXPECT_EQ(put("a", std::string(8'193, 'x')).error().fields.front().pointer, "/value");
}

TEST_F(SecretServiceTest, OpensOnlyForItsWorkspaceAndKind) {
  ASSERT_TRUE(put("stripe", "value"));
  EXPECT_EQ(open("stripe", 2).error().code, ErrorCode::not_found);
  EXPECT_EQ(open("stripe", 1, SecretKind::sip_password).error().code, ErrorCode::not_found);
}

TEST_F(SecretServiceTest, ASealedValueThatWasMovedDoesNotOpen) {
  ASSERT_TRUE(put("one", "first"));
  ASSERT_TRUE(put("two", "second"));
  ASSERT_TRUE(put("one", "theirs", 2));
  const WorkspaceId mine(test_uuid(1));
  const WorkspaceId theirs(test_uuid(2));
  const auto original = store_.secrets;
  std::swap(store_.secrets[{mine, "one"}].sealed, store_.secrets[{mine, "two"}].sealed);
  EXPECT_EQ(open("one").error().code, ErrorCode::corrupt);
  store_.secrets = original;
  // The whole row under another name, or with another kind.
  store_.secrets[{mine, "one"}] = original.at({mine, "two"});
  store_.secrets[{mine, "one"}].facts.name = "one";
  EXPECT_EQ(open("one").error().code, ErrorCode::corrupt);
  store_.secrets = original;
  store_.secrets[{mine, "one"}].facts.kind = SecretKind::provider_key;
  EXPECT_EQ(open("one", 1, SecretKind::provider_key).error().code, ErrorCode::corrupt);
  store_.secrets = original;
  store_.secrets[{theirs, "one"}].sealed = original.at({mine, "one"}).sealed;
  EXPECT_EQ(open("one", 2).error().code, ErrorCode::corrupt);
}

TEST_F(SecretServiceTest, AWorkspacesKeyIsMadeOnceAndRememberedForTenSeconds) {
  ASSERT_TRUE(put("a", "x"));
  ASSERT_TRUE(put("b", "x"));
  EXPECT_EQ(key_store_.keys.size(), 1u);
  const int before = key_store_.lists;
  ASSERT_TRUE(open("a"));
  EXPECT_EQ(key_store_.lists, before);
  clock_.advance(seconds(11));
  ASSERT_TRUE(open("a"));
  EXPECT_EQ(key_store_.lists, before + 1);
}

TEST_F(SecretServiceTest, AShreddedKeyTakesEverythingItSealedWithIt) {
  ASSERT_TRUE(put("mine", "x"));
  ASSERT_TRUE(put("theirs", "y", 2));
  ASSERT_TRUE(run(loop_, keys_.shred(WorkspaceId(test_uuid(1)))));
  const auto gone = open("mine");
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, ErrorCode::not_found);
  EXPECT_EQ(gone.error().message,
            "the key of the workspace is gone: what it sealed cannot be read any more");
  EXPECT_EQ(open("theirs", 2)->reveal(), "y");
  // A new key opens nothing of the old one.
  ASSERT_TRUE(put("new", "z"));
  EXPECT_EQ(open("mine").error().code, ErrorCode::corrupt);
}

TEST_F(SecretServiceTest, RotationRewrapsEveryKeyAndLeavesWhatTheySealed) {
  for (std::uint8_t workspace = 1; workspace <= 5; ++workspace)
    ASSERT_TRUE(put("a", "of " + std::to_string(workspace), workspace));
  const auto sealed = store_.secrets.begin()->second.sealed;
  const KeyId old = current();
  add_master();
  KeyRing rotating(key_store_, clock_, random_, from_file());
  std::vector<std::uint64_t> left;
  const auto report =
      run(loop_, rotating.rotate([&](const RotationProgress& now) { left.push_back(now.left); }));
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->rewrapped, 5u);
  EXPECT_EQ(left, (std::vector<std::uint64_t>{5, 0}));
  masters_->drop(old);
  EXPECT_EQ(store_.secrets.begin()->second.sealed, sealed);
  // The server that runs meanwhile reads its key file again where it meets an unknown key.
  clock_.advance(seconds(11));
  EXPECT_EQ(open("a", 3)->reveal(), "of 3");
}

TEST_F(SecretServiceTest, ARotationThatWasCutOffGoesOnAndBothKeysOpenMeanwhile) {
  for (std::uint8_t workspace = 1; workspace <= 5; ++workspace)
    ASSERT_TRUE(put("a", "x", workspace));
  add_master();
  key_store_.rewraps_left = 2;
  KeyRing first(key_store_, clock_, random_, from_file());
  EXPECT_EQ(run(loop_, first.rotate({})).error().code, ErrorCode::unavailable);
  clock_.advance(seconds(11));
  for (std::uint8_t workspace = 1; workspace <= 5; ++workspace)
    EXPECT_TRUE(open("a", workspace));
  key_store_.rewraps_left = 100;
  KeyRing second(key_store_, clock_, random_, from_file());
  const auto report = run(loop_, second.rotate({}));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->rewrapped, 3u);
  EXPECT_EQ(report->left, 0u);
}

TEST_F(SecretServiceTest, ARotationThatChangesNothingSaysSoInsteadOfGoingRound) {
  ASSERT_TRUE(put("a", "x"));
  add_master();
  key_store_.is_stuck = true;
  KeyRing rotating(key_store_, clock_, random_, from_file());
  const auto report = run(loop_, rotating.rotate({}));
  ASSERT_FALSE(report);
  EXPECT_EQ(
      report.error().message,
      "1 workspace keys were not wrapped anew; another rotation may be running; run it again");
}

TEST_F(SecretServiceTest, AServerThatRunsWrapsNewKeysWithTheMasterKeyOfItsFile) {
  ASSERT_TRUE(put("a", "x"));
  const KeyId old = current();
  add_master();
  masters_->drop(old);
  ASSERT_TRUE(put("a", "y", 2));
  const WorkspaceId second(test_uuid(2));
  const std::string id = key_store_.keys.at({second, 1}).master_key_id;
  EXPECT_EQ(to_hex(std::as_bytes(std::span(id))), to_text(current()));
  clock_.advance(seconds(11));
  EXPECT_EQ(open("a", 2)->reveal(), "y");
}

TEST_F(SecretServiceTest, TheStartIsRefusedWhereAMasterKeyIsMissing) {
  EXPECT_TRUE(run(loop_, keys_.check()));
  ASSERT_TRUE(put("a", "x"));
  EXPECT_TRUE(run(loop_, keys_.check()));
  const std::string id = to_text(current());
  const std::string message =
      "the database holds 1 workspace keys that the master key " + id +
      " opens, and it was not given; set it in ANTIPHON_MASTER_KEY_FILE or ANTIPHON_MASTER_KEY";
  masters_.reset();
  KeyRing without(key_store_, clock_, random_, from_file());
  EXPECT_EQ(run(loop_, without.check()).error().message, message);
  masters_.emplace(SecretKey::make_random(random_));
  KeyRing other(key_store_, clock_, random_, from_file());
  const auto refused = run(loop_, other.check());
  EXPECT_EQ(refused.error().code, ErrorCode::wrong_state);
  EXPECT_EQ(refused.error().message, message);
}

TEST_F(SecretServiceTest, WithoutAMasterKeyNothingIsSealed) {
  masters_.reset();
  const auto refused = put("a", "x");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::wrong_state);
  EXPECT_EQ(refused.error().message,
            "the server has no master key; set ANTIPHON_MASTER_KEY_FILE or ANTIPHON_MASTER_KEY "
            "and start it again");
  EXPECT_TRUE(key_store_.keys.empty());
}

}  // namespace
}  // namespace antiphon
