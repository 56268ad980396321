// One connection in libpq's pipeline mode. A unit is N statements and one Sync: one implicit
// transaction, one round trip; many units are under way at once and end in the order in which they
// were sent. Private to this folder.
//
// Each distinct statement is prepared once per connection, inside the unit that first needs it. Its
// name is never used again: after a failed or skipped PREPARE the next unit prepares under a new
// one.
// Limits  the pool's: kInFlightMax units.
// Thread  one executor.
#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "domain/principal.h"
#include "store/postgres/sql.h"
#include "store/postgres/sqlstate.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace antiphon::store {

class Link;

enum class Repeatable : std::uint8_t { no, yes };

struct Unit {
  std::vector<Statement> statements;  // the first says on whose behalf
  bool claims_workspace = false;
  Repeatable repeatable = Repeatable::no;
  Timepoint submitted;
  Timepoint deadline;
  std::string why;
  int attempts = 0;
  std::move_only_function<void(Result<std::vector<Rows>>)>
      done;  // empty once the caller was answered

  void settle(Result<std::vector<Rows>> outcome);
};

using UnitPointer =
    std::shared_ptr<Unit>;  // shared by the queue it is in and its caller's cancellation

struct UnitOutcome {
  std::optional<DatabaseError> error;
  std::vector<Rows> rows;  // one for each statement, when there is no error
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // Called from the loop, never from inside send().
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void unit_finished(Connection& connection, UnitPointer unit, UnitOutcome outcome) = 0;
    // With the units whose fate is unknown; the connection is closed.
    virtual void connection_lost(Connection& connection, std::deque<UnitPointer> units) = 0;
  };

  Connection(std::unique_ptr<Link> link, std::int32_t backend, Owner& owner);
  ~Connection();

  void open();
  // The owner hears of a failure through connection_lost, later.
  void send(UnitPointer unit);
  // Gives up: everything under way is lost.
  void drop();
  // Says goodbye without telling the owner.
  void close();

  [[nodiscard]] std::size_t in_flight() const { return units_.size(); }
  [[nodiscard]] const std::deque<UnitPointer>& units() const { return units_; }
  [[nodiscard]] std::int32_t backend() const { return backend_; }

 private:
  enum class Step : std::uint8_t { prepare, execute };
  struct Sent {
    std::vector<std::pair<Step, std::string_view>> steps;
    std::size_t next = 0;
    UnitOutcome outcome;
  };

  [[nodiscard]] bool put(const Statement& statement, Sent& sent);
  void arm_read();
  void flush();
  void drain();
  void finish_front();
  void take(pg_result* result);
  void forget_if_preparing();
  void fail();

  std::unique_ptr<Link> link_;
  std::int32_t backend_;
  Owner* owner_;
  std::deque<UnitPointer> units_;
  std::deque<Sent> sent_;  // beside units_
  std::unordered_map<std::string_view, std::string> prepared_;
  std::uint64_t names_ = 0;
  bool writing_ = false;
  bool ending_ = false;  // the server said that it ends this session
};

}  // namespace antiphon::store
