#include "store/postgres/pool.h"

#include "core/check.h"
#include "domain/scopes.h"
#include "store/postgres/pool_impl.h"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace antiphon::store {

namespace asio = boost::asio;

namespace {

constexpr int kAttemptsMax = 3;

std::string_view kind_of(PrincipalKind kind) {
  switch (kind) {
    case PrincipalKind::user:
      return "user";
    case PrincipalKind::api_key:
      return "api_key";
    case PrincipalKind::worker:
      return "worker";
    case PrincipalKind::system:
      return "system";
  }
  CHECK(false, "the kinds of principal are a closed list");
}

Parameter text_or_null(const std::string& value) { return value.empty() ? null() : text(value); }

// A person's role goes along: the database looks again whether they still have it.
Statement begin_work(const Principal& principal) {
  const bool is_member =
      principal.kind == PrincipalKind::user && !principal.workspace.uuid().is_nil();
  return {"select public.begin_work($1::text, $2::uuid, $3::uuid, $4::text, $5::text, $6::text)",
          {text(std::string(kind_of(principal.kind))), optional_id(principal.id),
           optional_id(principal.workspace.uuid()),
           is_member ? text(std::string(name_of(principal.role))) : null(),
           text_or_null(principal.address), text_or_null(principal.request_id)}};
}

}  // namespace

std::string_view name_of(PoolState state) {
  switch (state) {
    case PoolState::starting:
      return "starting";
    case PoolState::up:
      return "up";
    case PoolState::degraded:
      return "degraded";
    case PoolState::down:
      return "down";
    case PoolState::stopped:
      return "stopped";
  }
  return "down";
}

Pool::Pool(Executor executor, Clock& clock, Random& random, Log& log, Metrics& metrics,
           PoolConfig config)
    : impl_(std::make_shared<Impl>(std::move(executor), clock, random, log, metrics,
                                   std::move(config))) {}

Pool::~Pool() = default;

void Pool::start() { impl_->start(); }
Task<> Pool::stop() { co_await impl_->stop(); }
PoolHealth Pool::health() const { return impl_->health(); }
Task<bool> Pool::wait_until_up(Timepoint deadline) {
  co_return co_await impl_->wait_until_up(deadline);
}

Task<Result<std::vector<Rows>>> Pool::run(Principal principal, std::vector<Statement> statements,
                                          UnitOptions options) {
  if (co_await is_cancelled()) co_return failure(ErrorCode::cancelled, "the caller was cancelled");
  const std::shared_ptr<Impl> impl = impl_;
  auto unit = std::make_shared<Unit>();
  unit->statements.reserve(statements.size() + 1);
  unit->statements.push_back(begin_work(principal));
  for (Statement& statement : statements)
    unit->statements.push_back(std::move(statement));
  unit->claims_workspace = !principal.workspace.uuid().is_nil();
  unit->repeatable = options.repeatable;
  unit->submitted = impl->clock().now();
  unit->deadline = unit->submitted + options.timeout.value_or(impl->config().timeout);
  unit->why = std::move(principal.why);
  auto token = asio::use_awaitable;
  co_return co_await asio::async_initiate<decltype(token), void(Result<std::vector<Rows>>)>(
      [&impl, &unit](auto handler) {
        auto slot = asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected()) {
          slot.assign([weak_impl = std::weak_ptr(impl),
                       weak = std::weak_ptr(unit)](asio::cancellation_type) {
            const auto pool = weak_impl.lock();
            const auto waiting = weak.lock();
            if (pool && waiting) pool->abandon(waiting);
          });
        }
        unit->done = [handler = std::move(handler),
                      slot](Result<std::vector<Rows>> outcome) mutable {
          if (slot.is_connected()) slot.clear();
          std::move(handler)(std::move(outcome));
        };
        impl->submit(unit);
      },
      token);
}

Task<Result<Lease>> Pool::lease(Principal principal) {
  const std::shared_ptr<Impl> impl = impl_;
  auto place = impl->take_place();
  if (!place) {
    co_return failure(ErrorCode::resource_exhausted, "all leases are taken; try again");
  }
  auto session = co_await impl->open_session();
  if (!session) co_return std::unexpected(session.error());
  const Timepoint deadline = impl->clock().now() + impl->config().timeout;
  if (auto begun = co_await (*session)->script("begin", deadline); !begun) {
    co_return std::unexpected(begun.error());
  }
  auto claim = co_await (*session)->query(begin_work(principal), deadline);
  if (!claim) co_return std::unexpected(claim.error());
  if (!principal.workspace.uuid().is_nil() && claim->is_null(0, 0)) {
    co_return failure(ErrorCode::permission_denied, "this principal is not in this workspace");
  }
  co_return Lease(std::move(*session), std::move(place));
}

Task<Result<>> Lease::commit(Timepoint deadline) {
  co_return co_await session_->script("commit", deadline);
}

Pool::Impl::Impl(Executor executor, Clock& clock, Random& random, Log& log, Metrics& metrics,
                 PoolConfig config)
    : executor_(executor),
      clock_(clock),
      random_(random),
      log_(log),
      metrics_(metrics),
      config_(std::move(config)),
      connecting_(executor),
      deadlines_(executor, clock,
                 [this](Timepoint now) {
                   expire(now);
                   return next_deadline();
                 }),
      cancelling_(executor) {
  CHECK(config_.connections > 0, "a pool has at least one connection");
}

Pool::Impl::~Impl() {
  for (Slot& slot : slots_) {
    if (slot.connection) slot.connection->close();
  }
}

void Pool::Impl::submit(UnitPointer unit) {
  if (stopping_ || !started_) {
    return refuse(std::move(unit), ErrorCode::unavailable, "the server is stopping");
  }
  if (state() == PoolState::down) {
    return refuse(std::move(unit), ErrorCode::unavailable, "the database is away");
  }
  if (waiting_.size() >= config_.waiting_max) {
    return refuse(std::move(unit), ErrorCode::resource_exhausted, "too many wait for the database");
  }
  deadlines_.watch(unit->deadline);
  waiting_.push_back(std::move(unit));
  pump();
}

// Not at once: the caller is still on its way into its wait.
void Pool::Impl::refuse(UnitPointer unit, ErrorCode code, std::string message) {
  asio::post(executor_,
             [self = shared_from_this(), unit = std::move(unit), code,
              message = std::move(message)] { self->answer(*unit, failure(code, message)); });
}

// Not at once: the signal that cancels must not be taken apart while it rings.
void Pool::Impl::abandon(const UnitPointer& unit) {
  std::erase(waiting_, unit);
  refuse(unit, ErrorCode::cancelled, "the caller was cancelled");
  update_gauges();
}

void Pool::Impl::pump() {
  while (!waiting_.empty()) {
    Slot* slot = pick();
    if (slot == nullptr) break;
    UnitPointer unit = std::move(waiting_.front());
    waiting_.pop_front();
    slot->connection->send(std::move(unit));
  }
  update_gauges();
}

// Head-of-line blocking is real: the connection with the least under way, and none that waits for a
// cancel.
Pool::Impl::Slot* Pool::Impl::pick() {
  Slot* best = nullptr;
  for (Slot& slot : slots_) {
    if (!slot.connection || slot.cancelling) continue;
    if (slot.connection->in_flight() >= config_.in_flight_max) continue;
    if (best == nullptr || slot.connection->in_flight() < best->connection->in_flight()) {
      best = &slot;
    }
  }
  return best;
}

void Pool::Impl::unit_finished(Connection& connection, UnitPointer unit, UnitOutcome outcome) {
  const std::shared_ptr<Impl> keep = shared_from_this();
  Slot& slot = slot_of(connection);
  if (slot.cancelling == unit) slot.cancelling.reset();
  const bool next_is_late =
      connection.in_flight() > 0 && connection.units().front()->deadline <= clock_.now();
  if (next_is_late && !slot.cancelling) begin_cancel(slot);
  if (!outcome.error) {
    answer_rows(*unit, std::move(outcome.rows));
  } else if (unit->done && is_worth_another_try(outcome.error->sqlstate) &&
             unit->attempts < kAttemptsMax && clock_.now() < unit->deadline) {
    metrics_.repeats.add();
    requeue(std::move(unit));
  } else {
    answer(*unit, std::unexpected(to_error(*outcome.error)));
  }
  if (stopping_ && connection.in_flight() == 0) slot.lost.notify();
  pump();
}

void Pool::Impl::connection_lost(Connection& connection, std::deque<UnitPointer> units) {
  const std::shared_ptr<Impl> keep = shared_from_this();
  Slot& slot = slot_of(connection);
  slot.cancelling.reset();
  slot.connection.reset();
  slot.lost.notify();
  metrics_.losses.add();
  log_.warning("database.connection_lost", {{"in_flight", units.size()}});
  for (UnitPointer& unit : units) {
    const bool again = unit->done && unit->repeatable == Repeatable::yes &&
                       unit->attempts < kAttemptsMax && !stopping_;
    if (again) {
      requeue(std::move(unit));
    } else {
      answer(*unit, failure(ErrorCode::unavailable,
                            "the connection to the database was lost; it may have taken effect"));
    }
  }
  pump();
}

void Pool::Impl::requeue(UnitPointer unit) {
  deadlines_.watch(unit->deadline);
  waiting_.push_front(std::move(unit));
}

void Pool::Impl::answer_rows(Unit& unit, std::vector<Rows> rows) {
  CHECK(rows.size() == unit.statements.size(), "each statement has its rows");
  if (unit.claims_workspace && rows.front().is_null(0, 0)) {
    return answer(unit,
                  failure(ErrorCode::permission_denied, "this principal is not in this workspace"));
  }
  rows.erase(rows.begin());
  answer(unit, std::move(rows));
}

void Pool::Impl::answer(Unit& unit, Result<std::vector<Rows>> outcome) {
  if (!unit.done) return;
  const Duration took = clock_.now() - unit.submitted;
  metrics_.units.add();
  metrics_.seconds.observe(std::chrono::duration<double>(took).count());
  if (!outcome) metrics_.failed(outcome.error().code);
  if (took > config_.slow) {
    log_.warning("database.slow_unit", {{"why", unit.why}, {"ms", to_milliseconds(took).count()}});
  }
  unit.settle(std::move(outcome));
}

void Pool::Impl::fail_waiting(ErrorCode code, std::string_view message) {
  const std::deque<UnitPointer> units = std::exchange(waiting_, {});
  for (const UnitPointer& unit : units)
    answer(*unit, failure(code, std::string(message)));
  update_gauges();
}

Pool::Impl::Slot& Pool::Impl::slot_of(Connection& connection) {
  for (Slot& slot : slots_) {
    if (slot.connection.get() == &connection) return slot;
  }
  CHECK(false, "a connection that reports is in its slot");
}

std::size_t Pool::Impl::in_flight() const {
  std::size_t count = 0;
  for (const Slot& slot : slots_) {
    if (slot.connection) count += slot.connection->in_flight();
  }
  return count;
}

std::size_t Pool::Impl::connections_up() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(slots_, [](const Slot& slot) { return slot.connection != nullptr; }));
}

void Pool::Impl::update_gauges() {
  metrics_.in_flight.set(static_cast<double>(in_flight()));
  metrics_.waiting.set(static_cast<double>(waiting_.size()));
  metrics_.connections.set(static_cast<double>(connections_up()));
}

PoolState Pool::Impl::state() const {
  if (stopping_) return PoolState::stopped;
  const std::size_t up = connections_up();
  if (up == config_.connections) return PoolState::up;
  if (up > 0) return PoolState::degraded;
  return failed_since_up_ ? PoolState::down : PoolState::starting;
}

PoolHealth Pool::Impl::health() const {
  return {.state = state(),
          .connections_up = connections_up(),
          .connections = config_.connections,
          .in_flight = in_flight(),
          .waiting = waiting_.size(),
          .last_error = last_error_};
}

std::shared_ptr<void> Pool::Impl::take_place() {
  if (leases_ >= config_.leases_max || stopping_) return nullptr;
  ++leases_;
  return {static_cast<void*>(this), [weak = weak_from_this()](void*) {
            if (const auto impl = weak.lock()) --impl->leases_;
          }};
}

}  // namespace antiphon::store
