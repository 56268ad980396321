// The way to PostgreSQL: units of statements over a few pipelined connections that mend themselves.
//
//   Pool pool(executor, clock, random, log, metrics, {.url = "postgres://..."});
//   pool.start();
//   auto rows = co_await pool.run(principal, {{"select ... where id = $1", {text(id)}}});
//   co_await pool.stop();
//
// A unit is one transaction in one round trip. It begins with begin_work() for its Principal, so no
// statement runs without one, and what it sets ends with the transaction, also after an error.
// Limits  waiting_max units wait for a place; more are refused (resource_exhausted). A unit waits
//         and runs for `timeout` at most; then its caller is answered, the server is asked to
//         cancel (pg_cancel_backend over a connection of its own: PQcancel would block this
//         thread), and a server that ignores that loses the connection.
// Errors  sqlstate.h. unavailable: no connection, or it was lost while the unit was under way:
//         whether it took effect is unknown and it is not sent again, unless it is Repeatable.
//         timeout, cancelled: likewise unknown. permission_denied: the principal does not belong to
//         the workspace it names.
// Thread  one executor; a pool for each loop. stop() ends before the pool is destroyed.
#pragma once

#include "core/clock.h"
#include "core/log.h"
#include "core/metrics.h"
#include "core/random.h"
#include "core/result.h"
#include "core/task_group.h"
#include "domain/principal.h"
#include "store/postgres/connection.h"
#include "store/postgres/session.h"
#include "store/postgres/sql.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace antiphon::store {

struct PoolConfig {
  std::string url;
  std::size_t connections = 4;
  std::size_t in_flight_max = 64;  // per connection
  std::size_t waiting_max = 1'024;
  std::size_t leases_max = 2;
  Duration timeout = std::chrono::seconds(5);             // of a unit that names none
  Duration statement_timeout = std::chrono::seconds(30);  // the server's own limit
  Duration connect_timeout = std::chrono::seconds(5);
  Duration cancel_grace = std::chrono::seconds(2);
  Duration backoff_min = std::chrono::milliseconds(50);
  Duration backoff_max = std::chrono::seconds(3);
  Duration slow = std::chrono::seconds(1);  // a unit that takes longer is logged
};

struct UnitOptions {
  std::optional<Duration> timeout;
  Repeatable repeatable = Repeatable::no;  // reads, and writes that change nothing the second time
};

enum class PoolState : std::uint8_t { starting, up, degraded, down, stopped };
[[nodiscard]] std::string_view name_of(PoolState state);

struct PoolHealth {
  PoolState state = PoolState::starting;
  std::size_t connections_up = 0;
  std::size_t connections = 0;
  std::size_t in_flight = 0;
  std::size_t waiting = 0;
  std::string last_error;  // why the last attempt to connect failed; empty while up
};

class Lease;

class Pool {
 public:
  Pool(Executor executor, Clock& clock, Random& random, Log& log, Metrics& metrics,
       PoolConfig config);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  void start();
  // Finishes what is under way (at most `timeout`), then closes. Waiting units: unavailable.
  Task<> stop();

  // The rows of each statement, in order.
  Task<Result<std::vector<Rows>>> run(Principal principal, std::vector<Statement> statements,
                                      UnitOptions options = {});
  // A session of its own inside a transaction of the principal, for what is no unit. At most
  // leases_max at once.
  Task<Result<Lease>> lease(Principal principal);
  // True when the pool is up (one connection or more) before the deadline.
  Task<bool> wait_until_up(Timepoint deadline);

  [[nodiscard]] PoolHealth health() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;  // shared with callers that are cancelled while they wait
};

// Gives its place back when it goes; a transaction that was not committed is undone.
class Lease {
 public:
  Lease(std::unique_ptr<Session> session, std::shared_ptr<void> place)
      : session_(std::move(session)), place_(std::move(place)) {}
  [[nodiscard]] Session& session() { return *session_; }
  Task<Result<>> commit(Timepoint deadline);

 private:
  std::unique_ptr<Session> session_;
  std::shared_ptr<void> place_;  // shared with nobody; counts this lease
};

}  // namespace antiphon::store
