#include "app/embedded_postgres.h"
#include "app/embedded_redis.h"
#include "app/embedded_services.h"
#include "core/system_clock.h"
#include "process/run_child.h"
#include "testing/run.h"

#include <gtest/gtest.h>

#include <sys/poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <utility>

namespace antiphon {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

// Everything one `antiphon up` has, on a folder that the test gives it.
struct Up {
  explicit Up(fs::path folder)
      : services({loop.get_executor(), launcher, clock, random,
                  [this](const ServiceEvent& event) { events.push_back(event); }},
                 config_for(std::move(folder))) {}
  ~Up() { run(loop, services.stop()); }

  static EmbeddedConfig config_for(fs::path folder) {
    EmbeddedConfig config;
    config.data_directory = std::move(folder);
    config.environment = [](const char*) { return std::nullopt; };
    return config;
  }

  [[nodiscard]] testing::AssertionResult start() {
    const auto started = run(loop, services.start());
    if (started) return testing::AssertionSuccess();
    return testing::AssertionFailure() << started.error().message;
  }

  // Runs the loop until the service has said this once more.
  [[nodiscard]] bool reaches(ServiceName service, ServiceState state) {
    while (true) {
      for (; seen < events.size(); ++seen) {
        if (events[seen].service == service && events[seen].state == state) return true;
      }
      loop.restart();
      if (loop.run_one_for(60s) == 0) return false;
    }
  }

  std::string tool(std::vector<std::string> arguments) {
    ChildRun job;
    job.options.arguments = std::move(arguments);
    const auto output = run(loop, run_child(launcher, clock, std::move(job)));
    if (!output) return output.error().message;
    return output->output + output->error;
  }
  std::string sql(const std::string& statement) {
    return tool({"/usr/bin/psql", services.database_owner_url(), "-XqAt", "-c", statement});
  }
  std::string redis(std::vector<std::string> command) {
    std::vector<std::string> arguments{"/usr/bin/redis-cli", "-s",
                                       services.redis_url().substr(std::string("unix://").size())};
    arguments.insert(arguments.end(), command.begin(), command.end());
    return tool(std::move(arguments));
  }

  boost::asio::io_context loop;
  SystemClock clock;
  SystemRandom random;
  Launcher launcher;
  std::vector<ServiceEvent> events;
  std::size_t seen = 0;
  EmbeddedServices services;
};

class SupervisorTest : public testing::Test {
 protected:
  SupervisorTest() {
    // The account that root hands over to must pass through.
    fs::permissions(folder_.path(), fs::perms(0711));
    fs::create_directory(data());
    fs::permissions(data(), fs::perms(geteuid() == 0 ? 0711 : 0700));
  }
  // Making a cluster takes most of a test's time; these tests start from a copy of one.
  static void SetUpTestSuite() {
    seed_ = new TemporaryFolder;
    fs::permissions(seed_->path(), fs::perms(geteuid() == 0 ? 0711 : 0700));
    Up up(seed_->path());
    ASSERT_TRUE(up.start());
  }
  static void TearDownTestSuite() { delete std::exchange(seed_, nullptr); }
  void copy_made_cluster() {
    Up up(data());
    EXPECT_EQ(up.tool({"/bin/cp", "-a", (seed_->path() / "postgres").string(), data().string()}),
              "");
  }
  fs::path data() const { return folder_.path() / "data"; }
  std::string log_of(const char* name) const {
    std::ifstream file(data() / "logs" / (std::string(name) + ".log"));
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static uid_t owner_of(pid_t pid) {
    struct stat status{};
    stat(("/proc/" + std::to_string(pid)).c_str(), &status);
    return status.st_uid;
  }

  TemporaryFolder folder_;
  static inline TemporaryFolder* seed_ = nullptr;
};

// Waits for the end of a process that is not our child.
bool ends(pid_t pid) {
  const Descriptor process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (!process.is_open()) return true;
  pollfd wait{process.number(), POLLIN, 0};
  return poll(&wait, 1, 60'000) == 1;
}

TEST_F(SupervisorTest, AnEmptyFolderBecomesADatabaseAndARedisThatOnlySocketsReach) {
  Up up(data());
  ASSERT_TRUE(up.start());
  EXPECT_EQ(up.sql("select current_user, rolsuper, rolcreaterole, rolbypassrls from pg_roles "
                   "where rolname = current_user"),
            "antiphon_owner|f|t|t\n");
  EXPECT_EQ(up.sql("select pg_get_userbyid(datdba) from pg_database where datname = 'antiphon'"),
            "antiphon_owner\n");
  EXPECT_EQ(up.sql("select extname || ' in ' || nspname from pg_extension e join pg_namespace n "
                   "on n.oid = extnamespace where extname like 'pg%' order by 1"),
            "pg_trgm in extensions\npgcrypto in extensions\n");
  EXPECT_EQ(up.sql("select setting from pg_settings where name = 'listen_addresses'"), "\n");
  EXPECT_EQ(up.sql("show server_encoding"), "UTF8\n");
  EXPECT_EQ(up.sql("show fsync"), "on\n");
  EXPECT_EQ(up.redis({"ping"}), "PONG\n");
  EXPECT_EQ(up.redis({"config", "get", "port"}), "port\n0\n");
  EXPECT_TRUE(up.services.database_url().starts_with("postgresql://antiphon_app@/antiphon?host=/"));
}

TEST_F(SupervisorTest, NothingRunsAsRootAndNothingIsOpenToOthers) {
  copy_made_cluster();
  Up up(data());
  ASSERT_TRUE(up.start());
  for (const ServiceName name : {ServiceName::postgres, ServiceName::redis}) {
    const auto pid = up.services.pid(name);
    ASSERT_TRUE(pid.has_value());
    EXPECT_NE(owner_of(*pid), 0U);
    if (geteuid() != 0) EXPECT_EQ(owner_of(*pid), geteuid());
  }
  for (const char* name : {"postgres", "postgres/cluster", "redis", "run", "logs"}) {
    EXPECT_EQ(fs::status(data() / name).permissions() & fs::perms::mask, fs::perms(0700)) << name;
  }
}

TEST_F(SupervisorTest, AWarmStartKeepsWhatWasThere) {
  copy_made_cluster();
  {
    Up up(data());
    ASSERT_TRUE(up.start());
    EXPECT_EQ(up.sql("create table t (x int); insert into t values (7)"), "");
    EXPECT_EQ(up.redis({"set", "key", "7"}), "OK\n");
    run(up.loop, up.services.stop());
    EXPECT_NE(log_of("postgres").find("database system is shut down"), std::string::npos);
    EXPECT_NE(log_of("redis").find("DB saved on disk"), std::string::npos);
  }
  Up up(data());
  ASSERT_TRUE(up.start());
  EXPECT_EQ(log_of("postgres").find("not properly shut down"), std::string::npos);
  EXPECT_EQ(up.sql("select x from t"), "7\n");
  EXPECT_EQ(up.redis({"get", "key"}), "7\n");
}

TEST_F(SupervisorTest, PostgresThatIsKilledIsBackWithItsData) {
  copy_made_cluster();
  Up up(data());
  ASSERT_TRUE(up.start());
  EXPECT_EQ(up.sql("create table t (x int); insert into t values (7)"), "");
  up.seen = up.events.size();
  const pid_t before = *up.services.pid(ServiceName::postgres);
  kill(before, SIGKILL);
  ASSERT_TRUE(up.reaches(ServiceName::postgres, ServiceState::died));
  ASSERT_TRUE(up.reaches(ServiceName::postgres, ServiceState::restarting));
  ASSERT_TRUE(up.reaches(ServiceName::postgres, ServiceState::ready));
  EXPECT_NE(up.services.pid(ServiceName::postgres), before);
  EXPECT_EQ(up.sql("select x from t"), "7\n");
}

TEST_F(SupervisorTest, RedisThatIsKilledIsBack) {
  copy_made_cluster();
  Up up(data());
  ASSERT_TRUE(up.start());
  up.seen = up.events.size();
  kill(*up.services.pid(ServiceName::redis), SIGKILL);
  ASSERT_TRUE(up.reaches(ServiceName::redis, ServiceState::ready));
  EXPECT_EQ(up.redis({"ping"}), "PONG\n");
}

// Runs `up` in a process of its own until it is killed; answers with the two process numbers.
std::array<pid_t, 2> up_elsewhere(const fs::path& folder, pid_t& supervisor) {
  std::array<int, 2> ends_of_pipe{};
  EXPECT_EQ(pipe(ends_of_pipe.data()), 0);
  supervisor = fork();
  if (supervisor == 0) {
    Up up(folder);
    std::array<pid_t, 2> pids{};
    if (up.start() && up.sql("create table t (x int); insert into t values (7)").empty()) {
      pids = {*up.services.pid(ServiceName::postgres), *up.services.pid(ServiceName::redis)};
    }
    if (write(ends_of_pipe[1], pids.data(), sizeof pids) < 0) _exit(1);
    pause();
    _exit(0);
  }
  close(ends_of_pipe[1]);
  std::array<pid_t, 2> pids{};
  EXPECT_EQ(read(ends_of_pipe[0], pids.data(), sizeof pids), static_cast<ssize_t>(sizeof pids));
  close(ends_of_pipe[0]);
  return pids;
}

TEST_F(SupervisorTest, WhenItIsKilledItsServersEndAndTheNextStartRecovers) {
  copy_made_cluster();
  pid_t supervisor = 0;
  const auto [postgres, redis] = up_elsewhere(data(), supervisor);
  ASSERT_GT(postgres, 0);
  kill(supervisor, SIGKILL);
  waitpid(supervisor, nullptr, 0);
  // At once, while the servers may still be on their way out.
  Up up(data());
  ASSERT_TRUE(up.start());
  EXPECT_TRUE(ends(postgres));
  EXPECT_TRUE(ends(redis));
  EXPECT_EQ(up.sql("select x from t"), "7\n");
  EXPECT_EQ(up.redis({"ping"}), "PONG\n");
}

TEST_F(SupervisorTest, WhenEverythingIsKilledAtOnceTheNextStartRecovers) {
  copy_made_cluster();
  pid_t supervisor = 0;
  const auto [postgres, redis] = up_elsewhere(data(), supervisor);
  ASSERT_GT(postgres, 0);
  for (const pid_t pid : {supervisor, postgres, redis})
    kill(pid, SIGKILL);
  waitpid(supervisor, nullptr, 0);
  Up up(data());
  ASSERT_TRUE(up.start());
  EXPECT_EQ(up.sql("select x from t"), "7\n");
}

TEST_F(SupervisorTest, AServerLeftBehindIsEndedFirst) {
  copy_made_cluster();
  Up up(data());
  const auto folders = prepare_embedded_folders(data(), [](const char*) { return std::nullopt; });
  const auto programs = find_postgres({"/usr/lib/postgresql"}, folders->cluster());
  const auto left =
      up.launcher.start(up.loop.get_executor(), postgres_recipe(*programs, *folders).options);
  ASSERT_TRUE(left.has_value());
  const auto recipe = postgres_recipe(*programs, *folders);
  while (!run(up.loop, recipe.is_ready(left->pid()))) {
    ASSERT_TRUE(run(up.loop, up.clock.sleep_for(1ms)).has_value());
  }
  ASSERT_TRUE(up.start());
  EXPECT_TRUE(ends(left->pid()));
  EXPECT_EQ(up.sql("select 1"), "1\n");
}

TEST_F(SupervisorTest, AStalePidFileWithTheNumberOfSomebodyElseIsNoObstacle) {
  copy_made_cluster();
  const fs::path file = data() / "postgres/cluster/postmaster.pid";
  // Our own number: it lives, and it is no postmaster.
  std::ofstream(file) << getpid() << "\n" << file.parent_path().string() << "\n";
  Up up(data());
  ASSERT_TRUE(up.start());
  EXPECT_EQ(up.sql("select 1"), "1\n");
}

TEST_F(SupervisorTest, AFirstStartThatWasKilledHalfWayIsMadeAgain) {
  copy_made_cluster();
  fs::remove(data() / "postgres/cluster/antiphon.ready");
  fs::remove(data() / "postgres/cluster/global/pg_control");
  Up up(data());
  ASSERT_TRUE(up.start());
  EXPECT_EQ(up.sql("select 1"), "1\n");
}

TEST_F(SupervisorTest, ALongPathPutsTheSocketsElsewhereAndFindsThemAgain) {
  const fs::path deep = data() / std::string(100, 'x');
  fs::create_directory(deep);
  fs::permissions(deep, fs::perms(geteuid() == 0 ? 0711 : 0700));
  copy_made_cluster();
  fs::rename(data() / "postgres", deep / "postgres");
  std::string first;
  {
    Up up(deep);
    ASSERT_TRUE(up.start());
    first = up.services.redis_url();
    EXPECT_TRUE(first.starts_with("unix:///tmp/antiphon-")) << first;
    EXPECT_EQ(up.sql("select 1"), "1\n");
  }
  {
    Up up(deep);
    ASSERT_TRUE(up.start());
    EXPECT_EQ(up.services.redis_url(), first);
  }
  fs::remove_all(fs::path(first.substr(std::string("unix://").size())).parent_path());
}

TEST_F(SupervisorTest, WhatIsGivenFromOutsideIsNotStarted) {
  EmbeddedConfig config = Up::config_for(data());
  config.with_postgres = false;
  Up up(data());
  EmbeddedServices services({up.loop.get_executor(), up.launcher, up.clock, up.random, {}}, config);
  ASSERT_TRUE(run(up.loop, services.start()).has_value());
  EXPECT_EQ(services.database_url(), "");
  EXPECT_FALSE(services.pid(ServiceName::postgres).has_value());
  EXPECT_TRUE(services.pid(ServiceName::redis).has_value());
  EXPECT_FALSE(fs::exists(data() / "postgres/cluster"));
  run(up.loop, services.stop());
}

std::string refusal(const EmbeddedConfig& config) {
  Up up(config.data_directory);
  EmbeddedServices services({up.loop.get_executor(), up.launcher, up.clock, up.random, {}}, config);
  const auto started = run(up.loop, services.start());
  EXPECT_FALSE(services.pid(ServiceName::postgres).has_value());
  EXPECT_FALSE(services.pid(ServiceName::redis).has_value());
  return started ? "started" : started.error().message;
}

TEST_F(SupervisorTest, AMissingPostgresIsOneLineWithTheRemedyAndRedisIsEndedAgain) {
  EmbeddedConfig config = Up::config_for(data());
  config.postgres_roots = {folder_.path() / "absent"};
  EXPECT_EQ(
      refusal(config),
      "PostgreSQL 15 is not installed; run: apt install postgresql-15, or set DATABASE_URL to "
      "a server of your own");
}

TEST_F(SupervisorTest, AMissingRedisIsOneLineWithTheRemedy) {
  EmbeddedConfig config = Up::config_for(data());
  config.with_postgres = false;
  config.redis_folders = {folder_.path()};
  EXPECT_EQ(
      refusal(config),
      "Redis is not installed; run: apt install redis-server, or set REDIS_URL to a server of "
      "your own");
}

TEST_F(SupervisorTest, AFullDiskIsOneLineBeforeAnythingIsWritten) {
  EmbeddedConfig config = Up::config_for(data());
  config.disk_least = ByteCount(std::size_t{1} << 60U);
  const std::string message = refusal(config);
  EXPECT_EQ(message.substr(0, 12), "the disk of ");
  EXPECT_NE(message.find("MiB free and PostgreSQL needs 1099511627776"), std::string::npos);
  EXPECT_TRUE(fs::is_empty(data()));
}

TEST_F(SupervisorTest, ABrokenConfigurationIsSaidInTheServersOwnWords) {
  copy_made_cluster();
  std::ofstream(data() / "postgres/cluster/postgresql.conf", std::ios::app)
      << "no_such_thing = 1\n";
  const std::string message = refusal(Up::config_for(data()));
  EXPECT_NE(message.find("postgres did not start (exit code 1): "), std::string::npos) << message;
  EXPECT_NE(message.find("contains errors"), std::string::npos) << message;
  EXPECT_EQ(message.find('\n'), std::string::npos);
}

TEST_F(SupervisorTest, AClusterOfAnotherVersionIsRefused) {
  fs::create_directories(data() / "postgres/cluster");
  std::ofstream(data() / "postgres/cluster/PG_VERSION") << "14\n";
  std::ofstream(data() / "postgres/cluster/antiphon.ready") << "\n";
  const auto programs = find_postgres({"/usr/lib/postgresql"}, data() / "postgres/cluster");
  ASSERT_FALSE(programs.has_value());
  EXPECT_EQ(programs.error().code, ErrorCode::unsupported);
  EXPECT_TRUE(programs.error().message.ends_with("run: apt install postgresql-14"));
}

TEST_F(SupervisorTest, AFolderThatTheAccountCannotReachIsNamed) {
  if (geteuid() != 0) GTEST_SKIP() << "only root hands over to another account";
  fs::permissions(folder_.path(), fs::perms(0700));
  EXPECT_NE(refusal(Up::config_for(data())).find("cannot pass through " + folder_.path().string()),
            std::string::npos);
}

}  // namespace
}  // namespace antiphon
