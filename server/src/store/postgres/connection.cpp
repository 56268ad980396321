#include "store/postgres/connection.h"

#include "core/check.h"
#include "store/postgres/link.h"

#include <libpq-fe.h>

#include <array>
#include <utility>

namespace antiphon::store {

void Unit::settle(Result<std::vector<Rows>> outcome) {
  if (!done) return;
  std::exchange(done, nullptr)(std::move(outcome));
}

Connection::Connection(std::unique_ptr<Link> link, std::int32_t backend, Owner& owner)
    : link_(std::move(link)), backend_(backend), owner_(&owner) {}

Connection::~Connection() = default;

void Connection::open() {
  CHECK(PQenterPipelineMode(link_->handle()) == 1, "a fresh connection is idle");
  arm_read();
}

void Connection::send(UnitPointer unit) {
  Sent sent;
  bool fine = link_->handle() != nullptr;
  for (const Statement& statement : unit->statements)
    fine = fine && put(statement, sent);
  fine = fine && PQpipelineSync(link_->handle()) == 1;
  ++unit->attempts;
  units_.push_back(std::move(unit));
  sent_.push_back(std::move(sent));
  if (fine) {
    flush();
  } else if (link_->handle() != nullptr) {
    // The owner is in the middle of its own work: the read handler tells it, later.
    ending_ = true;
    PQflush(link_->handle());
    link_->on(Readiness::writable, [self = shared_from_this()](bool) { self->fail(); });
  }
}

bool Connection::put(const Statement& statement, Sent& sent) {
  pg_conn* handle = link_->handle();
  auto known = prepared_.find(statement.sql);
  if (known == prepared_.end()) {
    known = prepared_.emplace(statement.sql, "s" + std::to_string(names_++)).first;
    const std::string sql(statement.sql);
    if (PQsendPrepare(handle, known->second.c_str(), sql.c_str(), 0, nullptr) == 0) return false;
    sent.steps.emplace_back(Step::prepare, statement.sql);
  }
  constexpr std::size_t kParametersMax = 16;
  CHECK(statement.parameters.size() <= kParametersMax, "a statement takes at most 16 parameters");
  std::array<const char*, kParametersMax> values{};
  std::array<int, kParametersMax> lengths{};
  std::array<int, kParametersMax> formats{};
  for (std::size_t index = 0; index < statement.parameters.size(); ++index) {
    const Parameter& parameter = statement.parameters[index];
    values.at(index) = parameter.value ? parameter.value->c_str() : nullptr;
    lengths.at(index) = parameter.value ? static_cast<int>(parameter.value->size()) : 0;
    formats.at(index) = parameter.binary ? 1 : 0;
  }
  sent.steps.emplace_back(Step::execute, statement.sql);
  return PQsendQueryPrepared(handle, known->second.c_str(),
                             static_cast<int>(statement.parameters.size()), values.data(),
                             lengths.data(), formats.data(),
                             statement.rows == RowFormat::binary ? 1 : 0) == 1;
}

void Connection::flush() {
  if (writing_) return;
  const int left = PQflush(link_->handle());
  if (left <= 0) return;  // sent, or lost: then the socket becomes readable
  writing_ = true;
  link_->on(Readiness::writable, [self = shared_from_this()](bool ready) {
    self->writing_ = false;
    if (ready && self->link_->handle() != nullptr) self->flush();
  });
}

// Always armed, so that a connection lost in idleness is noticed at once.
void Connection::arm_read() {
  link_->on(Readiness::readable, [self = shared_from_this()](bool ready) {
    if (self->link_->handle() == nullptr) return;
    if (!ready) return self->fail();
    const bool alive = PQconsumeInput(self->link_->handle()) == 1;
    self->drain();
    if (self->link_->handle() == nullptr) return;
    if (!alive || self->ending_) return self->fail();
    self->flush();
    self->arm_read();
  });
}

void Connection::drain() {
  while (link_->handle() != nullptr && !units_.empty() && !ending_ &&
         PQisBusy(link_->handle()) == 0) {
    pg_result* result = PQgetResult(link_->handle());
    if (result == nullptr) {
      // The end of one statement; if nothing follows, the rest has not arrived yet.
      if (PQisBusy(link_->handle()) != 0 || PQstatus(link_->handle()) == CONNECTION_BAD) return;
      continue;
    }
    if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
      PQclear(result);
      finish_front();
    } else {
      take(result);
    }
  }
}

void Connection::take(pg_result* result) {
  Sent& sent = sent_.front();
  const ExecStatusType status = PQresultStatus(result);
  if (status == PGRES_FATAL_ERROR || status == PGRES_PIPELINE_ABORTED) {
    const char* sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char* constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
    const std::string state = sqlstate == nullptr ? "08006" : sqlstate;
    forget_if_preparing();
    if (status == PGRES_FATAL_ERROR && !sent.outcome.error) {
      sent.outcome.error = DatabaseError{state, constraint == nullptr ? "" : constraint, {}, 0};
      if (state == "0A000" || state == "26000") prepared_.clear();
      ending_ = ends_session(state);
    }
    PQclear(result);
  } else if (sent.next < sent.steps.size() && sent.steps[sent.next].first == Step::execute) {
    sent.outcome.rows.emplace_back(result);
  } else {
    PQclear(result);
  }
  ++sent.next;
}

// A PREPARE that failed or was skipped did not happen.
void Connection::forget_if_preparing() {
  const Sent& sent = sent_.front();
  if (sent.next < sent.steps.size() && sent.steps[sent.next].first == Step::prepare) {
    prepared_.erase(sent.steps[sent.next].second);
  }
}

void Connection::finish_front() {
  UnitPointer unit = std::move(units_.front());
  UnitOutcome outcome = std::move(sent_.front().outcome);
  units_.pop_front();
  sent_.pop_front();
  owner_->unit_finished(*this, std::move(unit), std::move(outcome));
}

void Connection::drop() { fail(); }

void Connection::fail() {
  if (link_->handle() == nullptr) return;
  const std::shared_ptr<Connection> keep = shared_from_this();
  link_->close();
  sent_.clear();
  owner_->connection_lost(*this, std::exchange(units_, {}));
}

void Connection::close() {
  link_->close();
  sent_.clear();
  units_.clear();
}

}  // namespace antiphon::store
