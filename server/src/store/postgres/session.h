// One connection for one user: what does not fit into a unit. Migrations, COPY, LISTEN, cancelling.
//
// Each call has a deadline. After a timeout, a cancellation or a lost connection the session is
// broken: what the server still does is unknown, so the connection is closed and every later call
// answers unavailable.
// Errors  sqlstate.h; timeout; cancelled; unavailable.
// Thread  the executor it was opened on, one call at a time.
#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "core/task.h"
#include "store/postgres/sql.h"
#include "store/postgres/sqlstate.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace antiphon::store {

class Link;

struct SessionOptions {
  std::string url;
  Duration connect_timeout = std::chrono::seconds(5);
  Duration statement_timeout = std::chrono::seconds(30);  // the server's own limit; 0: none
};

struct Notification {
  std::string channel;
  std::string payload;
};

class Session {
 public:
  static Task<Result<std::unique_ptr<Session>>> open(Clock& clock, SessionOptions options);
  ~Session();

  Task<Result<Rows>> query(Statement statement, Timepoint deadline);
  // Any number of statements without parameters; their rows are dropped.
  Task<Result<>> script(std::string sql, Timepoint deadline);
  // `sql` is a `copy … from stdin`; yields how many rows went in.
  Task<Result<std::int64_t>> copy_in(std::string sql, std::string data, Timepoint deadline);
  // Waits for the next message of a channel that was listened to; nullopt at the deadline, and the
  // session lives.
  Task<Result<std::optional<Notification>>> next_notification(Timepoint deadline);

  [[nodiscard]] bool in_transaction() const;
  [[nodiscard]] bool is_open() const;
  [[nodiscard]] std::int32_t backend() const { return backend_; }
  // Of the last call that failed.
  [[nodiscard]] const DatabaseError& error() const { return error_; }
  // Gives the connection away; for Connection.
  [[nodiscard]] std::unique_ptr<Link> release();

 private:
  using Sink = std::function<void(pg_result*)>;

  Session(Clock& clock, std::unique_ptr<Link> link);
  Task<Result<>> prepare_session(Duration statement_timeout, Timepoint deadline);
  Task<Result<>> bounded(Timepoint deadline, Task<Result<>> work);
  Task<Result<>> collect(Sink sink);
  Task<Result<>> flush();
  Task<Result<>> send_copy(std::string data, std::int64_t& rows);
  Task<Result<>> wait_for_notification(std::optional<Notification>& out);
  [[nodiscard]] Result<> lost();
  [[nodiscard]] Result<> check(pg_result* result);

  Clock& clock_;
  std::unique_ptr<Link> link_;
  std::int32_t backend_ = 0;
  DatabaseError error_;
};

}  // namespace antiphon::store
