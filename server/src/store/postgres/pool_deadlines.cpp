#include "store/postgres/pool_impl.h"

#include <algorithm>

namespace antiphon::store {

Timepoint Pool::Impl::next_deadline() const {
  Timepoint next = Timepoint::max();
  for (const UnitPointer& unit : waiting_)
    next = std::min(next, unit->deadline);
  for (const Slot& slot : slots_) {
    if (slot.cancelling) next = std::min(next, slot.drop_at);
    if (!slot.connection) continue;
    for (const UnitPointer& unit : slot.connection->units()) {
      if (unit->deadline > clock_.now()) next = std::min(next, unit->deadline);
    }
  }
  return next;
}

void Pool::Impl::expire(Timepoint now) {
  std::vector<UnitPointer> late;
  std::erase_if(waiting_, [&](const UnitPointer& unit) {
    if (unit->deadline > now) return false;
    late.push_back(unit);
    return true;
  });
  for (const UnitPointer& unit : late) {
    answer(*unit, failure(ErrorCode::timeout, "no connection to the database was free in time"));
  }
  for (Slot& slot : slots_)
    expire_in(slot, now);
  update_gauges();
}

void Pool::Impl::expire_in(Slot& slot, Timepoint now) {
  if (!slot.connection || slot.connection->in_flight() == 0) return;
  if (slot.cancelling && slot.drop_at <= now) {
    metrics_.drops.add();
    log_.warning("database.connection_dropped", {{"reason", "a cancelled unit did not end"}});
    const std::shared_ptr<Connection> connection = slot.connection;
    return connection->drop();
  }
  const std::deque<UnitPointer> units = slot.connection->units();
  if (units.front()->deadline <= now && !slot.cancelling) begin_cancel(slot);
  for (const UnitPointer& unit : units) {
    if (unit->deadline <= now) {
      answer(*unit, failure(ErrorCode::timeout,
                            "the database did not answer in time; it may have taken effect"));
    }
  }
}

void Pool::Impl::begin_cancel(Slot& slot) {
  metrics_.cancels.add();
  slot.cancelling = slot.connection->units().front();
  slot.drop_at = clock_.now() + config_.cancel_grace;
  deadlines_.watch(slot.drop_at);
  cancelling_.spawn(cancel_backend(slot.connection->backend()));
}

// A cancel may arrive when the late unit has just ended and hit the one behind it: that one is
// undone (57014) and sent again, see is_worth_another_try().
Task<> Pool::Impl::cancel_backend(std::int32_t backend) {
  auto session =
      co_await Session::open(clock_, {.url = config_.url, .connect_timeout = config_.cancel_grace});
  if (!session) co_return;
  auto asked =
      co_await (*session)->query({"select pg_cancel_backend($1::integer)", {integer(backend)}},
                                 clock_.now() + config_.cancel_grace);
  if (!asked) log_.warning("database.cancel_failed", {{"error", asked.error()}});
}

}  // namespace antiphon::store
