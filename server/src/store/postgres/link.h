// One libpq connection and the waiting on its socket. Private to this folder.
//
// connect() never blocks: names are resolved first, in Asio's resolver thread, and handed to libpq
// as addresses (PQconnectStart alone would call getaddrinfo on our loop). A unix socket needs no
// resolving.
// Errors  unavailable with the SQLSTATE-free reason; the caller sets the deadline.
// Thread  the executor it was connected on.
#pragma once

#include "core/result.h"
#include "core/task.h"
#include "core/task_group.h"

#include <functional>
#include <memory>
#include <string>

struct pg_conn;

namespace antiphon::store {

enum class Readiness : std::uint8_t { readable, writable };

class Link {
 public:
  static Task<Result<std::unique_ptr<Link>>> connect(std::string url);
  ~Link();
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  [[nodiscard]] pg_conn* handle() const { return handle_; }
  // False: cancelled, or the socket is gone.
  Task<bool> wait(Readiness readiness);
  // The same without a coroutine; `then` is called at most once.
  void on(Readiness readiness, std::move_only_function<void(bool)> then);
  // Closes the socket; waits in progress end with false.
  void close();

 private:
  struct Socket;
  explicit Link(pg_conn* handle);

  static Task<Result<>> finish_connecting(Link& link);

  pg_conn* handle_;
  std::unique_ptr<Socket> socket_;
};

}  // namespace antiphon::store
