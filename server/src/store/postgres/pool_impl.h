// The state of a Pool. Private to pool*.cpp.
#pragma once

#include "core/mailbox.h"
#include "store/deadline_watch.h"
#include "store/postgres/metrics.h"
#include "store/postgres/pool.h"

#include <deque>
#include <list>

namespace antiphon::store {

class Pool::Impl final : public Connection::Owner, public std::enable_shared_from_this<Impl> {
 public:
  Impl(Executor executor, Clock& clock, Random& random, Log& log, Metrics& metrics,
       PoolConfig config);
  ~Impl() override;

  void start();
  Task<> stop();
  void submit(UnitPointer unit);
  // The caller was cancelled: it is answered now, the unit runs on.
  void abandon(const UnitPointer& unit);
  Task<Result<std::unique_ptr<Session>>> open_session();
  Task<bool> wait_until_up(Timepoint deadline);
  [[nodiscard]] PoolHealth health() const;
  [[nodiscard]] PoolState state() const;

  // Nothing when all places are taken.
  [[nodiscard]] std::shared_ptr<void> take_place();
  [[nodiscard]] Clock& clock() { return clock_; }
  [[nodiscard]] const PoolConfig& config() const { return config_; }

  void unit_finished(Connection& connection, UnitPointer unit, UnitOutcome outcome) override;
  void connection_lost(Connection& connection, std::deque<UnitPointer> units) override;

 private:
  struct Slot {
    explicit Slot(const Executor& executor) : lost(executor) {}
    std::shared_ptr<Connection> connection;  // shared with its own handlers on the loop
    detail::Wakeup lost;
    // While a cancel is under way: the unit it is meant for, and when our patience ends.
    UnitPointer cancelling;
    Timepoint drop_at;
  };

  // pool_connect.cpp: keeping connections up.
  Task<> keep_up(Slot& slot);
  Task<Result<>> connect(Slot& slot);
  [[nodiscard]] Duration backoff_after(int failures);
  void note_failure(const Error& error);

  // pool_deadlines.cpp: what happens when time is up.
  void expire(Timepoint now);
  void expire_in(Slot& slot, Timepoint now);
  [[nodiscard]] Timepoint next_deadline() const;
  void begin_cancel(Slot& slot);
  Task<> cancel_backend(std::int32_t backend);

  void pump();
  [[nodiscard]] Slot* pick();
  void answer(Unit& unit, Result<std::vector<Rows>> outcome);
  void answer_rows(Unit& unit, std::vector<Rows> rows);
  void refuse(UnitPointer unit, ErrorCode code, std::string message);
  void requeue(UnitPointer unit);
  void fail_waiting(ErrorCode code, std::string_view message);
  [[nodiscard]] Slot& slot_of(Connection& connection);
  [[nodiscard]] std::size_t in_flight() const;
  [[nodiscard]] std::size_t connections_up() const;
  void update_gauges();

  Executor executor_;
  Clock& clock_;
  Random& random_;
  Log& log_;
  PoolMetrics metrics_;
  const PoolConfig config_;
  std::list<Slot> slots_;
  std::deque<UnitPointer> waiting_;
  TaskGroup connecting_;
  DeadlineWatch deadlines_;
  TaskGroup cancelling_;
  std::list<detail::Wakeup> up_waiters_;
  std::string last_error_;
  std::size_t leases_ = 0;
  bool failed_since_up_ = false;
  bool started_ = false;
  bool stopping_ = false;
};

}  // namespace antiphon::store
