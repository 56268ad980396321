#include "app/data_directory.h"

#include "core/task_group.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <optional>

namespace antiphon {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

fs::perms mode_of(const fs::path& path) { return fs::status(path).permissions() & fs::perms::mask; }

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A start that waits for the lock, on a clock that the test moves.
struct Waiting {
  Waiting(fs::path path, Duration patience) {
    group.spawn([](fs::path where, Clock& on, Duration most,
                   std::optional<Result<DataDirectory>>& into) -> Task<> {
      into.emplace(co_await DataDirectory::open_when_free(std::move(where), on, most));
    }(std::move(path), clock, patience, outcome));
    run_until_idle(loop);
  }
  void advance(Duration duration) {
    for (Duration passed{0}; passed < duration; passed += 25ms) {
      clock.advance(25ms);
      run_until_idle(loop);
    }
  }

  ManualClock clock;
  boost::asio::io_context loop;
  std::optional<Result<DataDirectory>> outcome;
  TaskGroup group{loop.get_executor()};
};

class DataDirectoryTest : public testing::Test {
 protected:
  fs::path path() const { return folder_.path() / "data"; }
  DataDirectory opened() {
    auto data = DataDirectory::open(path());
    EXPECT_TRUE(data.has_value()) << data.error().message;
    return std::move(*data);
  }

  TemporaryFolder folder_;
  SystemRandom random_;
};

TEST_F(DataDirectoryTest, IsMadeForItsOwnerAlone) {
  const DataDirectory data = opened();
  EXPECT_EQ(data.path(), path());
  EXPECT_EQ(mode_of(path()), geteuid() == 0 ? fs::perms(0711) : fs::perms(0700));
  EXPECT_EQ(text_of(path() / "lock"), std::to_string(getpid()) + "\n");
}

TEST_F(DataDirectoryTest, ASecondProcessIsRefusedInOneLineThatNamesTheFirst) {
  const DataDirectory first = opened();
  const auto second = DataDirectory::open(path());
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::conflict);
  EXPECT_EQ(second.error().message, path().string() + " is in use by process " +
                                        std::to_string(getpid()) +
                                        "; stop it or choose another --data-dir");
}

TEST_F(DataDirectoryTest, IsFreeAgainWhenItsHolderGoes) {
  {
    const DataDirectory first = opened();
  }
  EXPECT_TRUE(DataDirectory::open(path()).has_value());
}

TEST_F(DataDirectoryTest, AHolderThatIsOnItsWayOutIsWaitedFor) {
  std::optional<DataDirectory> first = opened();
  Waiting waiting(path(), 2s);
  waiting.advance(1'500ms);
  EXPECT_FALSE(waiting.outcome);
  first.reset();
  waiting.advance(100ms);
  ASSERT_TRUE(waiting.outcome);
  EXPECT_TRUE(waiting.outcome->has_value());
}

TEST_F(DataDirectoryTest, AHolderThatStaysIsNamedWhenPatienceEnds) {
  const DataDirectory first = opened();
  Waiting waiting(path(), 2s);
  waiting.advance(1'950ms);
  EXPECT_FALSE(waiting.outcome);
  waiting.advance(100ms);
  ASSERT_TRUE(waiting.outcome);
  ASSERT_FALSE(waiting.outcome->has_value());
  EXPECT_NE(waiting.outcome->error().message.find("is in use by process "), std::string::npos);
}

TEST_F(DataDirectoryTest, OnlyALockIsWaitedFor) {
  std::ofstream(folder_.path() / "file") << "not a folder";
  Waiting waiting(folder_.path() / "file" / "data", 2s);
  ASSERT_TRUE(waiting.outcome);
  EXPECT_FALSE(waiting.outcome->has_value());
}

TEST_F(DataDirectoryTest, AFolderThatCannotBeMadeIsNamed) {
  std::ofstream(folder_.path() / "file") << "not a folder";
  const auto data = DataDirectory::open(folder_.path() / "file" / "data");
  ASSERT_FALSE(data.has_value());
  EXPECT_EQ(data.error().message, "creating the data directory " +
                                      (folder_.path() / "file" / "data").string() +
                                      ": Not a directory");
}

TEST_F(DataDirectoryTest, AReadOnlyFolderIsSaid) {
  if (geteuid() == 0) GTEST_SKIP() << "root writes everywhere";
  fs::create_directory(path());
  fs::permissions(path(), fs::perms(0500));
  const auto data = DataDirectory::open(path());
  fs::permissions(path(), fs::perms(0700));
  ASSERT_FALSE(data.has_value());
  EXPECT_EQ(data.error().code, ErrorCode::permission_denied);
}

TEST_F(DataDirectoryTest, SecretsAreMadeOnceAndKept) {
  DataDirectory data = opened();
  const auto first = data.secrets(random_);
  ASSERT_TRUE(first.has_value()) << first.error().message;
  EXPECT_NE(first->ticket_key, TicketKey{});
  EXPECT_EQ(mode_of(path() / "secrets.json"), fs::perms(0600));
  const auto second = data.secrets(random_);
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->ticket_key, first->ticket_key);
}

TEST_F(DataDirectoryTest, TheApiKeyIsMadeOnceAndKept) {
  DataDirectory data = opened();
  const auto first = data.development_api_key(random_);
  ASSERT_TRUE(first.has_value()) << first.error().message;
  EXPECT_EQ(text_of(path() / "api-key"), first->text.reveal() + "\n");
  EXPECT_EQ(mode_of(path() / "api-key"), fs::perms(0600));
  const auto second = data.development_api_key(random_);
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->text, first->text);
  EXPECT_EQ(second->hash, first->hash);
}

TEST_F(DataDirectoryTest, ASecretThatOthersCanReadIsRefusedWithTheRemedy) {
  DataDirectory data = opened();
  ASSERT_TRUE(data.secrets(random_).has_value());
  for (const int mode : {0640, 0604, 0620, 0601}) {
    fs::permissions(path() / "secrets.json", fs::perms(static_cast<unsigned>(mode)));
    const auto secrets = data.secrets(random_);
    ASSERT_FALSE(secrets.has_value()) << mode;
    EXPECT_EQ(secrets.error().code, ErrorCode::permission_denied);
    EXPECT_NE(secrets.error().message.find("run: chmod 600 "), std::string::npos);
  }
}

TEST_F(DataDirectoryTest, ADamagedSecretIsNeverReplacedSilently) {
  DataDirectory data = opened();
  for (const std::string text :
       {"", "{", "[]", "{}", "{\"ticket_key\":7}", "{\"ticket_key\":\"c2hvcnQ\"}"}) {
    ASSERT_TRUE(write_private_file(path() / "secrets.json", text).has_value());
    const auto secrets = data.secrets(random_);
    ASSERT_FALSE(secrets.has_value()) << text;
    EXPECT_EQ(secrets.error().code, ErrorCode::corrupt);
    EXPECT_EQ(text_of(path() / "secrets.json"), text);
  }
  ASSERT_TRUE(write_private_file(path() / "api-key", "antiphon_short\n").has_value());
  EXPECT_EQ(data.development_api_key(random_).error().code, ErrorCode::corrupt);
}

TEST_F(DataDirectoryTest, AStartThatWasKilledWhileWritingIsNoObstacle) {
  DataDirectory data = opened();
  std::ofstream(path() / "secrets.json.new") << "{\"ticket";
  EXPECT_TRUE(data.secrets(random_).has_value());
  EXPECT_FALSE(fs::exists(path() / "secrets.json.new"));
}

TEST(DefaultDataDirectory, FollowsTheEnvironment) {
  std::map<std::string, std::string> variables{{"HOME", "/ada"}};
  const EnvironmentLookup lookup = [&](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
  EXPECT_EQ(default_data_directory(lookup, false).value(), "/ada/.local/share/antiphon");
  EXPECT_EQ(default_data_directory(lookup, true).value(), "/var/lib/antiphon");
  variables["XDG_DATA_HOME"] = "/data";
  EXPECT_EQ(default_data_directory(lookup, false).value(), "/data/antiphon");
  variables = {{"XDG_DATA_HOME", "relative"}};
  EXPECT_FALSE(default_data_directory(lookup, false).has_value());
}

}  // namespace
}  // namespace antiphon
