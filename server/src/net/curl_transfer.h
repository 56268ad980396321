// libcurl's multi interface on an Asio executor, one request at a time. Inside net/ only: the
// outbound client is built on it, and alone decides where a request may go.
//
//   CurlLoop loop(executor, authorities);
//   CurlTransfer transfer(loop, plan);
//   co_await transfer.wait_head();  ...  co_await transfer.read();
//
// Limits  TransferPlan; connections: kConnectionsMax, of which kConnectionsIdleMax stay warm.
// Errors  unavailable (nobody listens, the connection broke), protocol_error (certificate, TLS,
//         HTTP, a content coding), too_large (head or decoded body), cancelled.
// Thread  one executor; a transfer goes before its loop.
#pragma once

#include "core/task_group.h"
#include "net/http.h"
#include "net/outbound_url.h"

#include <chrono>
#include <memory>
#include <string>

namespace antiphon {

inline constexpr long kConnectionsMax = 256;
inline constexpr long kConnectionsIdleMax = 32;

struct TransferPlan {
  Method method = Method::get;
  OutboundUrl url;
  IpAddress address;  // the one connection that is made goes here
  Headers headers;
  std::string body;
  std::size_t head_bytes_max = 0;
  std::size_t body_bytes_max = 0;  // decoded
  std::chrono::milliseconds connect_timeout{};
};

class CurlLoop {
 public:
  // `authorities` is a PEM file; empty: the system's store.
  CurlLoop(const Executor& executor, std::string authorities);
  CurlLoop(const CurlLoop&) = delete;
  CurlLoop& operator=(const CurlLoop&) = delete;
  ~CurlLoop();

  struct State;

 private:
  friend class CurlTransfer;
  std::unique_ptr<State> state_;
};

class CurlTransfer {
 public:
  CurlTransfer(CurlLoop& loop, TransferPlan plan);
  CurlTransfer(const CurlTransfer&) = delete;
  CurlTransfer& operator=(const CurlTransfer&) = delete;
  // Ends what still runs: a reset stream on HTTP/2, a closed connection on HTTP/1.1.
  ~CurlTransfer();

  // Returns when the final head has come.
  Task<Result<>> wait_head();
  [[nodiscard]] const Response& head() const;
  // What has come of the body; "" at its end. While nobody reads, the peer is held back.
  Task<Result<std::string>> read();
  // True when the request failed before any of it was sent: another address may be tried.
  [[nodiscard]] bool failed_to_connect() const;

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace antiphon
