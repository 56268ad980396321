#include "store/postgres/link.h"
#include "store/postgres/pool_impl.h"

#include <algorithm>

namespace antiphon::store {

void Pool::Impl::start() {
  if (started_) return;
  started_ = true;
  for (std::size_t index = 0; index < config_.connections; ++index) {
    slots_.emplace_back(executor_);
    connecting_.spawn(keep_up(slots_.back()));
  }
}

Task<> Pool::Impl::keep_up(Slot& slot) {
  int failures = 0;
  while (!co_await is_cancelled()) {
    auto connected = co_await connect(slot);
    if (connected) {
      failures = 0;
      while (slot.connection) {
        if (!co_await slot.lost.wait()) co_return;
      }
    } else {
      ++failures;
      note_failure(connected.error());
    }
    // After a loss, too: a server that just restarted is not met by everybody at once.
    auto waited = co_await clock_.sleep_for(backoff_after(failures));
    if (!waited) co_return;
  }
}

Task<Result<>> Pool::Impl::connect(Slot& slot) {
  auto session = co_await open_session();
  if (!session) co_return std::unexpected(session.error());
  const std::int32_t backend = (*session)->backend();
  slot.connection = std::make_shared<Connection>((*session)->release(), backend, *this);
  slot.connection->open();
  if (std::exchange(failed_since_up_, false)) log_.info("database.back");
  last_error_.clear();
  metrics_.connects.add();
  for (auto& waiter : up_waiters_)
    waiter.notify();
  pump();
  co_return Result<>{};
}

Task<Result<std::unique_ptr<Session>>> Pool::Impl::open_session() {
  co_return co_await Session::open(clock_, {.url = config_.url,
                                            .connect_timeout = config_.connect_timeout,
                                            .statement_timeout = config_.statement_timeout});
}

// Doubles up to the maximum; half of it is chance, so that many servers do not knock together.
Duration Pool::Impl::backoff_after(int failures) {
  const int doublings = std::clamp(failures - 1, 0, 16);
  const Duration whole =
      std::min(config_.backoff_max, config_.backoff_min * (Duration::rep{1} << doublings));
  const auto half = static_cast<std::uint64_t>(whole.count() / 2);
  return Duration(static_cast<std::int64_t>(half + random_.below(half + 1)));
}

void Pool::Impl::note_failure(const Error& error) {
  if (error.code == ErrorCode::cancelled) return;
  metrics_.connect_failures.add();
  last_error_ = error.message;
  if (connections_up() > 0) return;
  if (!std::exchange(failed_since_up_, true)) log_.error("database.away", {{"error", error}});
  fail_waiting(ErrorCode::unavailable, "the database is away");
}

Task<bool> Pool::Impl::wait_until_up(Timepoint deadline) {
  const auto keep = shared_from_this();
  const auto entry = up_waiters_.emplace(up_waiters_.end(), executor_);
  const auto wait = [](Impl& impl, detail::Wakeup& wakeup) -> Task<Result<>> {
    while (impl.connections_up() == 0) {
      if (!co_await wakeup.wait()) co_return failure(ErrorCode::cancelled, "cancelled");
    }
    co_return Result<>{};
  };
  const auto waited = co_await with_deadline(clock_, deadline, wait(*this, *entry));
  up_waiters_.erase(entry);
  co_return waited.has_value();
}

Task<> Pool::Impl::stop() {
  const auto keep = shared_from_this();
  if (stopping_ || !started_) co_return;
  stopping_ = true;
  fail_waiting(ErrorCode::unavailable, "the server is stopping");
  connecting_.cancel();
  co_await connecting_.join();
  const auto drain = [](Impl& impl) -> Task<Result<>> {
    for (Slot& slot : impl.slots_) {
      while (slot.connection && slot.connection->in_flight() > 0) {
        if (!co_await slot.lost.wait()) break;
      }
    }
    co_return Result<>{};
  };
  const auto drained = co_await with_deadline(clock_, clock_.now() + config_.timeout, drain(*this));
  if (!drained) log_.warning("database.stopped_with_units_under_way");
  for (Slot& slot : slots_) {
    if (!slot.connection) continue;
    const std::shared_ptr<Connection> connection = slot.connection;
    // Tells the last callers, then closes.
    if (connection->in_flight() > 0) connection->drop();
    connection->close();
    slot.connection.reset();
  }
  deadlines_.cancel();
  cancelling_.cancel();
  co_await deadlines_.join();
  co_await cancelling_.join();
  update_gauges();
}

}  // namespace antiphon::store
