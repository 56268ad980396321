#include "store/postgres/migrator.h"

#include "core/system_clock.h"
#include "store/postgres/session.h"
#include "testing/private_servers.h"

#include <gtest/gtest.h>

#include <fstream>

namespace antiphon::store {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

// A folder of migrations that the test writes, and an empty database.
struct TestMigration {
  TestMigration() {
    fs::create_directories(folder.path() / "migrations");
    fs::create_directories(folder.path() / "shim");
    write("shim/0000_supabase_shim.sql",
          "do $$ begin if not exists (select from pg_roles where rolname = 'supabase_auth_admin')"
          " then create role supabase_auth_admin; end if; end $$;"
          "grant supabase_auth_admin to current_user;"
          "create schema auth authorization supabase_auth_admin;"
          "create table auth.users (id uuid primary key);"
          "alter table auth.users owner to supabase_auth_admin;");
    write("migrations/1_first.sql", "create table first (n int);");
    write("migrations/2_second.sql", "create table second (n int); insert into second values (1);");
  }
  void write(const std::string& name, const std::string& sql) const {
    std::ofstream(folder.path() / name) << sql;
  }
  [[nodiscard]] std::string url() const { return postgres.url(database, "antiphon_owner"); }
  MigratorOptions options() const { return {.url = url(), .directory = folder.path()}; }
  Result<MigrationReport> migrate() { return migrate(options()); }
  Result<MigrationReport> migrate(MigratorOptions chosen) {
    return run(loop, store::migrate(clock, log, std::move(chosen)));
  }
  [[nodiscard]] std::string value(const std::string& sql) const {
    std::string printed = postgres.sql(database, sql);
    if (!printed.empty()) printed.pop_back();
    return printed;
  }

  PrivatePostgres& postgres = PrivatePostgres::shared();
  std::string database = postgres.create_empty_database();
  TemporaryFolder folder;
  boost::asio::io_context loop{1};
  SystemClock clock;
  Log log{clock, 2, LogLevel::error};
};

TEST(Migrator, AppliesEachFileOnce) {
  TestMigration test;
  const auto first = test.migrate();
  ASSERT_TRUE(first.has_value()) << first.error().message;
  EXPECT_EQ(first->applied,
            (std::vector<std::string>{"0000_supabase_shim.sql", "1_first.sql", "2_second.sql"}));
  EXPECT_TRUE(first->shim_applied);
  test.write("migrations/3_third.sql", "alter table first add m int;");
  const auto second = test.migrate();
  ASSERT_TRUE(second.has_value()) << second.error().message;
  EXPECT_EQ(second->applied, (std::vector<std::string>{"3_third.sql"}));
  EXPECT_EQ(second->present, 3U);
  EXPECT_EQ(test.value("select count(*) from second"), "1");
}

TEST(Migrator, RefusesAnEditedFileByName) {
  TestMigration test;
  ASSERT_TRUE(test.migrate());
  test.write("migrations/1_first.sql", "create table first (n bigint);");
  const auto refused = test.migrate();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_NE(refused.error().message.find("1_first.sql"), std::string::npos);
}

TEST(Migrator, RefusesADatabaseThatIsAheadOfTheProgram) {
  TestMigration test;
  ASSERT_TRUE(test.migrate());
  fs::remove(test.folder.path() / "migrations" / "2_second.sql");
  const auto refused = test.migrate();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_NE(refused.error().message.find("2_second.sql"), std::string::npos);
}

TEST(Migrator, LeavesTheShimOutWhereSupabaseIs) {
  TestMigration test;
  test.postgres.sql(test.database,
                    "create schema auth; create table auth.users (id uuid);"
                    "do $$ begin if not exists (select from pg_roles where rolname ="
                    " 'supabase_auth_admin') then create role supabase_auth_admin; end if; end $$;"
                    "alter table auth.users owner to supabase_auth_admin");
  const auto report = test.migrate();
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_FALSE(report->shim_applied);
  EXPECT_EQ(report->applied.front(), "1_first.sql");
}

TEST(Migrator, SaysWhichLineIsWrongAndKeepsNothingOfTheFile) {
  TestMigration test;
  test.write("migrations/2_second.sql", "create table second (n int);\n\nselect wrong;\n");
  const auto failed = test.migrate();
  ASSERT_FALSE(failed.has_value());
  EXPECT_NE(failed.error().message.find("2_second.sql, line 3"), std::string::npos)
      << failed.error().message;
  EXPECT_EQ(test.value("select to_regclass('first') is not null, to_regclass('second')"), "t|");
  test.write("migrations/2_second.sql", "create table second (n int);");
  const auto resumed = test.migrate();
  ASSERT_TRUE(resumed.has_value()) << resumed.error().message;
  EXPECT_EQ(resumed->applied, (std::vector<std::string>{"2_second.sql"}));
}

TEST(Migrator, RefusesAFileThatEndsItsTransaction) {
  TestMigration test;
  test.write("migrations/2_second.sql", "create table second (n int); commit;");
  const auto refused = test.migrate();
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message.find("2_second.sql"), std::string::npos);
}

TEST(Migrator, ResumesAfterItWasKilledInsideAFile) {
  TestMigration test;
  test.write("migrations/2_second.sql",
             "create table second (n int); select pg_terminate_backend(pg_backend_pid());");
  const auto killed = test.migrate();
  ASSERT_FALSE(killed.has_value());
  EXPECT_EQ(killed.error().code, ErrorCode::unavailable);
  EXPECT_EQ(test.value("select to_regclass('first') is not null, to_regclass('second')"), "t|");
  test.write("migrations/2_second.sql", "create table second (n int);");
  const auto resumed = test.migrate();
  ASSERT_TRUE(resumed.has_value()) << resumed.error().message;
  EXPECT_EQ(resumed->applied, (std::vector<std::string>{"2_second.sql"}));
}

TEST(Migrator, ResumesAfterItWasKilledBetweenFiles) {
  TestMigration test;
  MigratorOptions options = test.options();
  options.applied = [&](const std::string& file) {
    if (file != "1_first.sql") return;
    test.postgres.sql("postgres",
                      "select pg_terminate_backend(pid) from pg_stat_activity where "
                      "datname = '" +
                          test.database + "'");
  };
  const auto killed = test.migrate(options);
  ASSERT_FALSE(killed.has_value());
  EXPECT_EQ(killed.error().code, ErrorCode::unavailable);
  const auto resumed = test.migrate();
  ASSERT_TRUE(resumed.has_value()) << resumed.error().message;
  EXPECT_EQ(resumed->applied, (std::vector<std::string>{"2_second.sql"}));
  EXPECT_EQ(test.value("select count(*) from second"), "1");
}

TEST(Migrator, TwoAtOnceApplyEachFileOnce) {
  TestMigration test;
  std::vector<Result<MigrationReport>> reports;
  const auto one = [](TestMigration& world, std::vector<Result<MigrationReport>>& out) -> Task<> {
    out.push_back(co_await store::migrate(world.clock, world.log, world.options()));
  };
  const auto both = [&](TestMigration& world) -> Task<> {
    TaskGroup group(world.loop.get_executor());
    group.spawn(one(world, reports));
    group.spawn(one(world, reports));
    co_await group.join();
  };
  run(test.loop, both(test));
  ASSERT_EQ(reports.size(), 2U);
  ASSERT_TRUE(reports[0].has_value() && reports[1].has_value());
  EXPECT_EQ(reports[0]->applied.size() + reports[1]->applied.size(), 3U);
  EXPECT_EQ(test.value("select count(*) from second"), "1");
}

TEST(Migrator, DoesNotWaitForEverForAnotherOne) {
  TestMigration test;
  auto holder = run(test.loop, Session::open(test.clock, {.url = test.url()}));
  ASSERT_TRUE(run(test.loop, (*holder)->query({"select pg_advisory_lock(7020947413925196142)", {}},
                                              Timepoint::max())));
  MigratorOptions options = test.options();
  options.lock_timeout = milliseconds(50);
  const auto refused = test.migrate(options);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::timeout);
}

TEST(Migrator, MakesARealDatabaseAndSeedsItAnyNumberOfTimes) {
  TestMigration test;
  MigratorOptions options = test.options();
  options.directory = repository_root() / "supabase";
  options.seed = true;
  for (int round = 0; round < 2; ++round) {
    const auto report = test.migrate(options);
    ASSERT_TRUE(report.has_value()) << report.error().message;
    EXPECT_TRUE(report->seeded);
    EXPECT_EQ(report->applied.empty(), round == 1);
  }
  EXPECT_EQ(test.value("select slug from public.agents"), "front-desk");
}

TEST(Migrator, FindsTheSchemaOfTheRepositoryItWasBuiltIn) {
  const auto found = find_schema_directory(fs::read_symlink("/proc/self/exe"));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(*found, repository_root() / "supabase");
  EXPECT_FALSE(find_schema_directory("/nowhere/bin/antiphon").has_value());
}

}  // namespace
}  // namespace antiphon::store
