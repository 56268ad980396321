// A PostgreSQL and a Redis of this test program alone: on unix sockets in a temporary folder,
// without fsync, never as root (root starts them as `postgres` or `nobody`). They die with the
// program, also when it is killed.
//
//   PrivatePostgres& postgres = PrivatePostgres::shared();
//   std::string url = postgres.url(postgres.create_database());    // migrated, empty, of this test
//   alone
//
// A test that kills or freezes a server makes one of its own.
// Limits  CHECK fails when a server does not come up within 60 s, or a helper statement is refused.
// Thread  one.
#pragma once

#include "testing/run.h"

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

// A child process whose output is read until a line appears.
class PrivateServer {
 public:
  PrivateServer() = default;
  PrivateServer(const PrivateServer&) = delete;
  PrivateServer& operator=(const PrivateServer&) = delete;
  ~PrivateServer();

  // False when the program ended before the line came.
  [[nodiscard]] bool start(const std::vector<std::string>& command, const std::string& ready_line);
  // Sends `signal` and waits for the end.
  void end(int signal);
  void send(int signal) const;
  [[nodiscard]] bool is_running() const { return process_ > 0; }
  [[nodiscard]] pid_t process() const { return process_; }

 private:
  pid_t process_ = 0;
  int output_ = -1;
};

class PrivatePostgres {
 public:
  // Made when first asked for, kept until the program ends.
  static PrivatePostgres& shared();

  PrivatePostgres();
  ~PrivatePostgres();

  // A fresh copy of the migrated template.
  [[nodiscard]] std::string create_database();
  // A fresh database without anything in it, owned by antiphon_owner.
  [[nodiscard]] std::string create_empty_database();
  [[nodiscard]] std::string url(const std::string& database,
                                const std::string& user = "antiphon_app") const;
  [[nodiscard]] std::string superuser_url(const std::string& database) const;
  // Runs statements as the superuser; returns what psql prints, unaligned.
  std::string sql(const std::string& database, const std::string& statements) const;
  // The process ids of the server's sessions in this database.
  [[nodiscard]] std::vector<pid_t> backends(const std::string& database) const;

  // kill -9 of the server; every session ends.
  void kill();
  void restart();
  void send(int signal) const { server_.send(signal); }

 private:
  void prepare_template();

  TemporaryFolder folder_;
  std::filesystem::path sockets_;
  std::filesystem::path data_;
  PrivateServer server_;
  int databases_ = 0;
};

class PrivateRedis {
 public:
  PrivateRedis();
  ~PrivateRedis();

  [[nodiscard]] std::string socket() const { return (folder_.path() / "r").string(); }
  void kill();
  void restart();
  void send(int signal) const { server_.send(signal); }

 private:
  TemporaryFolder folder_;
  PrivateServer server_;
};

// Runs a program to its end and returns what it prints; CHECK fails when it fails.
std::string run_program(const std::vector<std::string>& command);

}  // namespace antiphon
