#include "store/postgres/migrator.h"

#include "store/postgres/session.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>

namespace antiphon::store {

namespace fs = std::filesystem;

namespace {

// Any number that nobody else uses: "antiphon" in ASCII.
constexpr std::string_view kLock = "select pg_advisory_lock(7020947413925196142)";

// The first of the files that stand in for Supabase; all of them sort before every migration.
constexpr std::string_view kShim = "0000_supabase_shim.sql";

struct File {
  std::string name;
  std::string sql;
};

Result<std::string> read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return failure(ErrorCode::not_found, "cannot read " + path.filename().string());
  return std::string{std::istreambuf_iterator<char>(file), {}};
}

// The numbered files of a folder, by name.
Result<std::vector<File>> read_files(const fs::path& folder) {
  std::error_code error;
  std::vector<File> files;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    const bool numbered = !name.empty() && name.front() >= '0' && name.front() <= '9';
    if (!numbered || !name.ends_with(".sql")) continue;
    auto sql = read_file(entry.path());
    if (!sql) return std::unexpected(sql.error());
    files.push_back({name, std::move(*sql)});
  }
  std::ranges::sort(files, {}, &File::name);
  if (error || files.empty()) {
    return failure(ErrorCode::not_found, "there are no migrations in " + folder.string());
  }
  return files;
}

class Migrator {
 public:
  Migrator(Clock& clock, Log& log, MigratorOptions options)
      : clock_(clock), log_(log), options_(std::move(options)) {}

  Task<Result<MigrationReport>> run() {
    auto files = read_files(options_.directory / "shim");
    if (!files) co_return std::unexpected(files.error());
    const auto migrations = read_files(options_.directory / "migrations");
    if (!migrations) co_return std::unexpected(migrations.error());
    const auto shims = static_cast<std::ptrdiff_t>(files->size());
    files->insert(files->end(), migrations->begin(), migrations->end());
    // The statement timeout would end a long migration half-way; file_timeout bounds it.
    auto session = co_await Session::open(
        clock_, {.url = options_.url, .statement_timeout = Duration::zero()});
    if (!session) co_return std::unexpected(session.error());
    session_ = std::move(*session);
    auto done = co_await lock();
    if (done) done = co_await make_ledger();
    if (done) done = co_await read_ledger();
    if (done) {
      auto shim = co_await needs_shim();
      if (!shim) co_return std::unexpected(shim.error());
      if (!*shim) files->erase(files->begin(), files->begin() + shims);
      done = co_await check_ledger(*files);
    }
    for (const File& file : *files) {
      if (done) done = co_await apply(file);
    }
    if (done && options_.seed) done = co_await seed();
    if (!done) co_return std::unexpected(done.error());
    log_.info("database.migrated",
              {{"applied", report_.applied.size()}, {"present", report_.present}});
    co_return std::move(report_);
  }

 private:
  [[nodiscard]] Timepoint soon() const { return clock_.now() + std::chrono::seconds(30); }

  Task<Result<>> lock() {
    const auto wait = to_milliseconds(options_.lock_timeout);
    // The server's own timeout: a client that gives up would leave its request in the queue.
    auto set = co_await session_->script(
        "set client_min_messages = warning; set lock_timeout = " + std::to_string(wait.count()),
        soon());
    if (!set) co_return set;
    auto locked = co_await session_->query(
        {kLock, {}}, clock_.now() + options_.lock_timeout + std::chrono::seconds(5));
    if (!locked && session_->error().sqlstate == "55P03") {
      co_return failure(ErrorCode::timeout,
                        "another process is migrating this database and did not finish in time");
    }
    if (!locked) co_return std::unexpected(locked.error());
    co_return co_await session_->script("set lock_timeout = '30s'", soon());
  }

  Task<Result<>> make_ledger() {
    co_return co_await session_->script(
        "create schema if not exists app_migrations;"
        "create table if not exists app_migrations.applied ("
        "  name text primary key,"
        "  sha256 text not null,"
        "  applied_at timestamptz not null default now())",
        soon());
  }

  // A project of Supabase has what the shim stands in for. Once applied, it satisfies its own
  // condition: the ledger is asked first, so that an edited shim is noticed like any other file.
  Task<Result<bool>> needs_shim() {
    auto theirs = co_await session_->query(
        {"select from pg_tables where schemaname = 'auth' and tablename = 'users'"
         " and tableowner = 'supabase_auth_admin'",
         {}},
        soon());
    if (!theirs) co_return std::unexpected(theirs.error());
    co_return theirs->empty() || ledger_.contains(std::string(kShim));
  }

  Task<Result<>> read_ledger() {
    auto rows = co_await session_->query(
        {"select name, sha256 from app_migrations.applied order by name", {}}, soon());
    if (!rows) co_return std::unexpected(rows.error());
    for (std::size_t row = 0; row < rows->size(); ++row) {
      ledger_[rows->string(row, 0)] = rows->string(row, 1);
    }
    co_return Result<>{};
  }

  Task<Result<>> check_ledger(const std::vector<File>& files) {
    for (const auto& [name, sum] : ledger_) {
      if (std::ranges::find(files, name, &File::name) == files.end()) {
        co_return failure(ErrorCode::conflict,
                          "the database has " + name +
                              ", which this version does not know; run the version that made it");
      }
    }
    for (const File& file : files) {
      auto sum = co_await sum_of(file);
      if (!sum) co_return std::unexpected(sum.error());
      sums_[file.name] = *sum;
      const auto known = ledger_.find(file.name);
      if (known != ledger_.end() && known->second != *sum) {
        co_return failure(ErrorCode::conflict,
                          file.name +
                              " was edited after it was applied; restore it and put the "
                              "change into a new file");
      }
    }
    co_return Result<>{};
  }

  Task<Result<std::string>> sum_of(const File& file) {
    auto rows = co_await session_->query(
        {"select encode(sha256($1::bytea), 'hex')", {bytes(file.sql)}}, soon());
    if (!rows) co_return std::unexpected(rows.error());
    co_return rows->string(0, 0);
  }

  Task<Result<>> apply(const File& file) {
    if (ledger_.contains(file.name)) {
      ++report_.present;
      co_return Result<>{};
    }
    auto done = co_await in_transaction(file.name, file.sql, sums_[file.name]);
    if (!done) co_return done;
    report_.applied.push_back(file.name);
    report_.shim_applied = report_.shim_applied || file.name == kShim;
    log_.info("database.migration_applied", {{"file", file.name}});
    if (options_.applied) options_.applied(file.name);
    co_return Result<>{};
  }

  Task<Result<>> seed() {
    auto sql = read_file(options_.directory / "seed.sql");
    if (!sql) co_return std::unexpected(sql.error());
    report_.seeded = true;
    co_return co_await in_transaction("seed.sql", *sql, std::nullopt);
  }

  Task<Result<>> in_transaction(const std::string& name, const std::string& sql,
                                std::optional<std::string> sum) {
    if (auto begun = co_await session_->script("begin", soon()); !begun) co_return begun;
    auto done = co_await session_->script(sql, clock_.now() + options_.file_timeout);
    if (!done) co_return explain(name, sql, done.error());
    if (!session_->in_transaction()) {
      co_return failure(ErrorCode::invalid_argument,
                        name + " ends the transaction it runs in; take its commit out");
    }
    if (sum) {
      auto noted = co_await session_->query(
          {"insert into app_migrations.applied (name, sha256) values ($1, $2)",
           {text(name), text(*sum)}},
          soon());
      if (!noted) co_return std::unexpected(noted.error());
    }
    co_return co_await session_->script("commit", soon());
  }

  Result<> explain(const std::string& name, const std::string& sql, Error error) const {
    const DatabaseError& said = session_->error();
    std::string message = name;
    if (said.position > 0) {
      const auto end =
          sql.begin() + static_cast<std::ptrdiff_t>(std::min(said.position, sql.size()));
      message += ", line " + std::to_string(1 + std::count(sql.begin(), end, '\n'));
    }
    message += ": " + (said.message.empty() ? error.message : said.message);
    return failure(error.code, std::move(message));
  }

  Clock& clock_;
  Log& log_;
  const MigratorOptions options_;
  std::unique_ptr<Session> session_;
  std::map<std::string, std::string> ledger_;
  std::map<std::string, std::string> sums_;
  MigrationReport report_;
};

// The statements of a file that holds no strings with semicolons; comments have lines of their own.
std::vector<std::string> split_statements(const std::string& sql) {
  std::string plain;
  for (std::size_t begin = 0; begin < sql.size();) {
    const std::size_t end = std::min(sql.find('\n', begin), sql.size());
    if (sql.compare(begin, 2, "--") != 0) plain.append(sql, begin, end - begin).push_back('\n');
    begin = end + 1;
  }
  std::vector<std::string> statements;
  for (std::size_t begin = 0; begin < plain.size();) {
    const std::size_t end = std::min(plain.find(';', begin), plain.size());
    std::string statement = plain.substr(begin, end - begin);
    if (statement.find_first_not_of(" \n\t") != std::string::npos) {
      statements.push_back(std::move(statement));
    }
    begin = end + 1;
  }
  return statements;
}

}  // namespace

Task<Result<MigrationReport>> migrate(Clock& clock, Log& log, MigratorOptions options) {
  Migrator migrator(clock, log, std::move(options));
  co_return co_await migrator.run();
}

Task<Result<>> prepare_cluster(Clock& clock, std::string superuser_url, fs::path directory) {
  auto sql = read_file(directory / "shim" / "cluster.sql");
  if (!sql) co_return std::unexpected(sql.error());
  auto session = co_await Session::open(clock, {.url = std::move(superuser_url)});
  if (!session) co_return std::unexpected(session.error());
  for (std::string& statement : split_statements(*sql)) {
    auto done =
        co_await (*session)->script(std::move(statement), clock.now() + std::chrono::seconds(30));
    const std::string& state = (*session)->error().sqlstate;
    const bool exists = state == "42710" || state == "42P04";  // duplicate role, duplicate database
    if (!done && !exists) co_return done;
  }
  co_return Result<>{};
}

Result<fs::path> find_schema_directory(const fs::path& program) {
  std::error_code error;
  const fs::path shared = program.parent_path() / ".." / "share" / "antiphon" / "supabase";
  if (fs::exists(shared / "migrations", error)) return shared.lexically_normal();
  for (fs::path folder = program.parent_path(); folder != folder.parent_path();
       folder = folder.parent_path()) {
    if (fs::exists(folder / "supabase" / "migrations", error)) return folder / "supabase";
  }
  return failure(ErrorCode::not_found, "the database's schema (supabase/migrations) was not found");
}

}  // namespace antiphon::store
