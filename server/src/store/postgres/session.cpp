#include "store/postgres/session.h"

#include "core/task_group.h"
#include "store/postgres/link.h"

#include <libpq-fe.h>

#include <cstdlib>

namespace antiphon::store {

namespace {

struct ParameterLists {
  explicit ParameterLists(const std::vector<Parameter>& parameters) {
    for (const Parameter& parameter : parameters) {
      values.push_back(parameter.value ? parameter.value->c_str() : nullptr);
      lengths.push_back(parameter.value ? static_cast<int>(parameter.value->size()) : 0);
      formats.push_back(parameter.binary ? 1 : 0);
    }
  }
  std::vector<const char*> values;
  std::vector<int> lengths;
  std::vector<int> formats;
};

}  // namespace

Session::Session(Clock& clock, std::unique_ptr<Link> link)
    : clock_(clock), link_(std::move(link)) {}

Session::~Session() = default;

Task<Result<std::unique_ptr<Session>>> Session::open(Clock& clock, SessionOptions options) {
  const Timepoint deadline = clock.now() + options.connect_timeout;
  auto link = co_await with_deadline(clock, deadline, Link::connect(options.url));
  if (!link) co_return std::unexpected(link.error());
  std::unique_ptr<Session> session(new Session(clock, std::move(*link)));
  auto ready = co_await session->prepare_session(options.statement_timeout, deadline);
  if (!ready) co_return std::unexpected(ready.error());
  co_return session;
}

Task<Result<>> Session::prepare_session(Duration statement_timeout, Timepoint deadline) {
  // Not through the `options` of the connection string: session poolers refuse them.
  auto rows =
      co_await query({"select pg_backend_pid(), set_config('statement_timeout', $1, false), "
                      "set_config('client_encoding', 'UTF8', false)",
                      {text(std::to_string(to_milliseconds(statement_timeout).count()))}},
                     deadline);
  if (!rows) co_return std::unexpected(rows.error());
  backend_ = static_cast<std::int32_t>(rows->number(0, 0));
  co_return Result<>{};
}

Task<Result<Rows>> Session::query(Statement statement, Timepoint deadline) {
  if (!is_open()) co_return std::unexpected(lost().error());
  const ParameterLists lists(statement.parameters);
  const std::string sql(statement.sql);
  if (PQsendQueryParams(link_->handle(), sql.c_str(), static_cast<int>(lists.values.size()),
                        nullptr, lists.values.data(), lists.lengths.data(), lists.formats.data(),
                        statement.rows == RowFormat::binary ? 1 : 0) == 0) {
    co_return std::unexpected(lost().error());
  }
  Rows rows;
  auto done =
      co_await bounded(deadline, collect([&rows](pg_result* result) { rows = Rows(result); }));
  if (!done) co_return std::unexpected(done.error());
  co_return rows;
}

Task<Result<>> Session::script(std::string sql, Timepoint deadline) {
  if (!is_open()) co_return lost();
  if (PQsendQuery(link_->handle(), sql.c_str()) == 0) co_return lost();
  co_return co_await bounded(deadline, collect(PQclear));
}

Task<Result<std::int64_t>> Session::copy_in(std::string sql, std::string data, Timepoint deadline) {
  if (!is_open() || PQsendQuery(link_->handle(), sql.c_str()) == 0) {
    co_return std::unexpected(lost().error());
  }
  std::int64_t rows = 0;
  auto done = co_await bounded(deadline, send_copy(std::move(data), rows));
  if (!done) co_return std::unexpected(done.error());
  co_return rows;
}

Task<Result<>> Session::send_copy(std::string data, std::int64_t& rows) {
  bool begun = false;
  while (!begun) {
    if (auto sent = co_await flush(); !sent) co_return sent;
    while (PQisBusy(link_->handle()) != 0) {
      if (!co_await link_->wait(Readiness::readable)) co_return lost();
      if (PQconsumeInput(link_->handle()) == 0) co_return lost();
    }
    pg_result* result = PQgetResult(link_->handle());
    if (result == nullptr) co_return failure(ErrorCode::internal, "this was no copy from stdin");
    begun = PQresultStatus(result) == PGRES_COPY_IN;
    auto fine = check(result);
    PQclear(result);
    if (!fine) {
      auto rest = co_await collect(PQclear);
      co_return rest ? fine : rest;
    }
  }
  constexpr std::size_t kPiece = 64 * 1024;
  for (std::size_t offset = 0; offset < data.size(); offset += kPiece) {
    const int size = static_cast<int>(std::min(kPiece, data.size() - offset));
    // 0: the buffer is full; flushing makes room.
    while (PQputCopyData(link_->handle(), data.data() + offset, size) != 1) {
      if (auto sent = co_await flush(); !sent) co_return sent;
    }
  }
  while (PQputCopyEnd(link_->handle(), nullptr) != 1) {
    if (auto sent = co_await flush(); !sent) co_return sent;
  }
  co_return co_await collect([&rows](pg_result* result) { rows = Rows(result).affected(); });
}

Task<Result<std::optional<Notification>>> Session::next_notification(Timepoint deadline) {
  if (!is_open()) co_return std::unexpected(lost().error());
  std::optional<Notification> out;
  auto done = co_await with_deadline(clock_, deadline, wait_for_notification(out));
  if (done || done.error().code == ErrorCode::timeout) co_return out;
  co_return std::unexpected(done.error());
}

Task<Result<>> Session::wait_for_notification(std::optional<Notification>& out) {
  while (true) {
    if (PGnotify* notify = PQnotifies(link_->handle()); notify != nullptr) {
      out = Notification{notify->relname, notify->extra};
      PQfreemem(notify);
      co_return Result<>{};
    }
    if (!co_await link_->wait(Readiness::readable)) {
      co_return failure(ErrorCode::cancelled, "the wait was cancelled");
    }
    if (PQconsumeInput(link_->handle()) == 0) co_return lost();
  }
}

Task<Result<>> Session::bounded(Timepoint deadline, Task<Result<>> work) {
  auto done = co_await with_deadline(clock_, deadline, std::move(work));
  if (!done &&
      (done.error().code == ErrorCode::timeout || done.error().code == ErrorCode::cancelled) &&
      error_.sqlstate.empty()) {
    link_->close();
  }
  co_return done;
}

Task<Result<>> Session::flush() {
  while (true) {
    const int left = PQflush(link_->handle());
    if (left == 0) co_return Result<>{};
    if (left < 0) co_return lost();
    if (!co_await link_->wait(Readiness::writable)) co_return lost();
    // Both sides may have much to say: reading frees a server that waits for us to read.
    if (PQconsumeInput(link_->handle()) == 0) co_return lost();
  }
}

Task<Result<>> Session::collect(Sink sink) {
  error_ = {};
  if (auto sent = co_await flush(); !sent) co_return sent;
  Result<> outcome;
  while (true) {
    while (PQisBusy(link_->handle()) != 0) {
      if (!co_await link_->wait(Readiness::readable)) {
        if (co_await is_cancelled()) co_return failure(ErrorCode::cancelled, "cancelled");
        co_return lost();
      }
      if (PQconsumeInput(link_->handle()) == 0) co_return lost();
    }
    pg_result* result = PQgetResult(link_->handle());
    if (result == nullptr) co_return outcome;
    auto fine = check(result);
    if (!fine && outcome) outcome = fine;
    if (fine) {
      sink(result);
    } else {
      PQclear(result);
    }
    if (PQstatus(link_->handle()) == CONNECTION_BAD) co_return lost();
  }
}

Result<> Session::check(pg_result* result) {
  const ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_FATAL_ERROR && status != PGRES_BAD_RESPONSE) return {};
  const char* sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
  const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  const char* position = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
  error_ = {sqlstate == nullptr ? "08006" : sqlstate, constraint == nullptr ? "" : constraint,
            message == nullptr ? "" : message,
            position == nullptr ? 0 : std::strtoul(position, nullptr, 10)};
  return std::unexpected(to_error(error_));
}

Result<> Session::lost() {
  if (link_) link_->close();
  error_ = {"08006", {}, {}, 0};
  return std::unexpected(to_error(error_));
}

bool Session::in_transaction() const {
  return is_open() && PQtransactionStatus(link_->handle()) == PQTRANS_INTRANS;
}

bool Session::is_open() const { return link_ && link_->handle() != nullptr; }

std::unique_ptr<Link> Session::release() { return std::move(link_); }

}  // namespace antiphon::store
