#include "testing/private_servers.h"

#include "core/check.h"

#include <fcntl.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace antiphon {

namespace fs = std::filesystem;

namespace {

constexpr int kPatienceMs = 60'000;
constexpr std::string_view kSuperuser = "cluster_superuser";

// Servers refuse to run as root; nullptr: we are somebody already.
const passwd* servant() {
  if (geteuid() != 0) return nullptr;
  const passwd* account = getpwnam("postgres");
  return account != nullptr ? account : getpwnam("nobody");
}

void hand_over(const fs::path& path) {
  if (const passwd* account = servant(); account != nullptr) {
    CHECK(chown(path.c_str(), account->pw_uid, account->pw_gid) == 0, "root may give files away");
  }
}

fs::path database_program(const std::string& name) {
  std::vector<fs::path> found;
  std::error_code error;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", error)) {
    const fs::path program = version.path() / "bin" / name;
    if (fs::exists(program, error)) found.push_back(program);
  }
  CHECK(!found.empty(), "PostgreSQL is installed (apt package postgresql)");
  return *std::ranges::max_element(found);
}

// Programs that read the repository run as ourselves: it may lie where nobody else can look.
enum class Account : std::uint8_t { ours, servants };

[[noreturn]] void become(const std::vector<char*>& arguments, int output, pid_t parent,
                         Account as) {
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  if (const passwd* account = servant(); account != nullptr && as == Account::servants) {
    if (chdir("/") != 0) _exit(126);
    if (setgid(account->pw_gid) != 0 || setuid(account->pw_uid) != 0) _exit(126);
  }
  // After the change of user, which would clear it. The parent may have died meanwhile.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(126);
  setpgid(0, 0);
  execvp(arguments.front(), arguments.data());
  _exit(127);
}

struct Child {
  pid_t process;
  int output;
};

Child spawn(const std::vector<std::string>& command, Account as) {
  int ends[2];
  CHECK(pipe2(ends, O_CLOEXEC) == 0, "a pipe can be made");
  std::vector<std::string> copies = command;
  std::vector<char*> arguments;
  for (std::string& argument : copies)
    arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  const pid_t parent = getpid();
  const pid_t process = fork();
  CHECK(process >= 0, "a process can be made");
  if (process == 0) become(arguments, ends[1], parent, as);
  close(ends[1]);
  return {process, ends[0]};
}

// Appends what comes; false at the end of the output.
bool read_more(int output, std::string& text) {
  pollfd waiting{output, POLLIN, 0};
  CHECK(poll(&waiting, 1, kPatienceMs) == 1, "a program we started says something within 60 s");
  char buffer[4096];
  const ssize_t got = read(output, buffer, sizeof buffer);
  if (got > 0) text.append(buffer, static_cast<std::size_t>(got));
  return got > 0;
}

int wait_for(pid_t process) {
  int status = 0;
  CHECK(waitpid(process, &status, 0) == process, "our child can be waited for");
  return status;
}

std::string run_as(Account as, const std::vector<std::string>& command) {
  const Child child = spawn(command, as);
  std::string text;
  while (read_more(child.output, text)) {
  }
  close(child.output);
  CHECK(wait_for(child.process) == 0, command.front() + " failed: " + text);
  return text;
}

}  // namespace

std::string run_program(const std::vector<std::string>& command) {
  return run_as(Account::ours, command);
}

PrivateServer::~PrivateServer() {
  if (is_running()) end(SIGKILL);
}

bool PrivateServer::start(const std::vector<std::string>& command, const std::string& ready_line) {
  CHECK(!is_running(), "a server is started once");
  const Child child = spawn(command, Account::servants);
  process_ = child.process;
  output_ = child.output;
  // Room for all it will ever say: nobody reads on.
  fcntl(output_, F_SETPIPE_SZ, 1 << 20);
  std::string text;
  while (text.find(ready_line) == std::string::npos) {
    if (read_more(output_, text)) continue;
    end(SIGKILL);
    return false;
  }
  return true;
}

void PrivateServer::send(int signal) const { ::kill(process_, signal); }

void PrivateServer::end(int signal) {
  if (!is_running()) return;
  ::kill(process_, signal);
  // A frozen server takes no other signal than SIGKILL; and it must not serve once more before that
  // one.
  ::kill(process_, SIGCONT);
  wait_for(process_);
  close(output_);
  process_ = 0;
  output_ = -1;
}

PrivatePostgres& PrivatePostgres::shared() {
  static PrivatePostgres postgres;
  return postgres;
}

PrivatePostgres::PrivatePostgres() : sockets_(folder_.path() / "s"), data_(folder_.path() / "d") {
  fs::create_directory(sockets_);
  fs::create_directory(data_);
  fs::permissions(folder_.path(), fs::perms(0711));
  for (const fs::path& path : {sockets_, data_}) {
    fs::permissions(path, fs::perms(0700));
    hand_over(path);
  }
  run_as(Account::servants,
         {database_program("initdb").string(), "-D", data_.string(), "-U", std::string(kSuperuser),
          "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"});
  restart();
  prepare_template();
}

PrivatePostgres::~PrivatePostgres() { server_.end(SIGINT); }

void PrivatePostgres::restart() {
  const std::vector<std::string> command{database_program("postgres").string(),
                                         "-D",
                                         data_.string(),
                                         "-k",
                                         sockets_.string(),
                                         "-c",
                                         "listen_addresses=",
                                         "-c",
                                         "fsync=off",
                                         "-c",
                                         "full_page_writes=off",
                                         "-c",
                                         "shared_buffers=32MB",
                                         "-c",
                                         "autovacuum=off",
                                         "-c",
                                         "max_connections=60",
                                         "-c",
                                         "log_min_messages=log",
                                         "-c",
                                         "timezone=UTC"};
  // After a kill -9 the old sessions may still hold the shared memory; they end on their own.
  for (int attempt = 0; attempt < 1'000; ++attempt) {
    if (server_.start(command, "ready to accept connections")) return;
  }
  CHECK(false, "PostgreSQL starts");
}

void PrivatePostgres::kill() { server_.end(SIGKILL); }

void PrivatePostgres::prepare_template() {
  const fs::path supabase = repository_root() / "supabase";
  const std::string superuser = superuser_url("postgres");
  const std::string psql = database_program("psql").string();
  run_program({psql, "-XqAt", "-v", "ON_ERROR_STOP=1", "-f",
               (supabase / "shim" / "cluster.sql").string(), superuser});
  std::vector<fs::path> files;
  for (const char* folder : {"shim", "migrations"}) {
    for (const auto& entry : fs::directory_iterator(supabase / folder)) {
      const std::string name = entry.path().filename().string();
      if (name.ends_with(".sql") && name.front() >= '0' && name.front() <= '9') {
        files.push_back(entry.path());
      }
    }
  }
  // 0000_… of the shim before 2026… of the migrations.
  std::ranges::sort(files, {}, &fs::path::filename);
  std::vector<std::string> command{psql, "-XqAt", "-v", "ON_ERROR_STOP=1"};
  for (const fs::path& file : files) {
    command.insert(command.end(), {"-c", "begin", "-f", file.string(), "-c", "commit"});
  }
  command.push_back(url("antiphon", "antiphon_owner"));
  run_program(command);
}

std::string PrivatePostgres::create_database() {
  const std::string name = "test_" + std::to_string(++databases_);
  sql("postgres",
      "create database " + name + " template antiphon owner antiphon_owner strategy file_copy");
  return name;
}

std::string PrivatePostgres::create_empty_database() {
  const std::string name = "test_" + std::to_string(++databases_);
  sql("postgres", "create database " + name + " owner antiphon_owner strategy file_copy");
  return name;
}

std::string PrivatePostgres::url(const std::string& database, const std::string& user) const {
  return "host=" + sockets_.string() + " user=" + user + " dbname=" + database;
}

std::string PrivatePostgres::superuser_url(const std::string& database) const {
  return url(database, std::string(kSuperuser));
}

std::string PrivatePostgres::sql(const std::string& database, const std::string& statements) const {
  return run_program({database_program("psql").string(), "-XqAt", "-v", "ON_ERROR_STOP=1", "-c",
                      statements, superuser_url(database)});
}

std::vector<pid_t> PrivatePostgres::backends(const std::string& database) const {
  const std::string printed =
      sql("postgres",
          "select pid from pg_stat_activity where usename = 'antiphon_app' and "
          "datname = '" +
              database + "' order by pid");
  std::vector<pid_t> processes;
  const char* position = printed.c_str();
  char* end = nullptr;
  for (long value = std::strtol(position, &end, 10); end != position;
       value = std::strtol(position, &end, 10)) {
    processes.push_back(static_cast<pid_t>(value));
    position = end;
  }
  return processes;
}

PrivateRedis::PrivateRedis() {
  hand_over(folder_.path());
  restart();
}

PrivateRedis::~PrivateRedis() { server_.end(SIGKILL); }

void PrivateRedis::kill() { server_.end(SIGKILL); }

void PrivateRedis::restart() {
  std::error_code error;
  fs::remove(socket(), error);
  CHECK(server_.start({"redis-server", "--port", "0", "--unixsocket", socket(), "--save", "",
                       "--appendonly", "no", "--dir", folder_.path().string()},
                      "eady to accept connections"),
        "Redis starts (apt package redis-server)");
}

}  // namespace antiphon
