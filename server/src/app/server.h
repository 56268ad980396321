// The running server: loops, stores, services, engine, API and pages, made and ended in order.
//
//   Server server(context, config);
//   auto started = co_await server.start();     // listening; speech loads meanwhile
//   co_await server.stop();
//
// Order of the end: no new connections, calls end with their last words, the journal is flushed,
// the pools close.
// Thread  start(), stop(): the API loop, whose executor the context holds.
#pragma once

#include "app/auth_settings.h"
#include "app/server_edge.h"
#include "app/server_webrtc.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/metrics.h"
#include "core/random.h"
#include "core/result.h"
#include "core/task.h"
#include "core/task_group.h"
#include "crypto/api_key.h"
#include "crypto/ticket.h"
#include "net/outbound_guard.h"
#include "net/socket_address.h"
#include "service/key_ring.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace antiphon {

struct ServerConfig {
  SocketAddress listen;
  std::string database_url;
  bool owns_database = false;  // no other server uses it: every active call was this one's
  std::string redis_url;       // empty: none; what is live then lives in this process
  bool shares_redis = false;   // every server that uses the database uses this Redis too
  std::filesystem::path models;
  std::filesystem::path state;   // journal spool, model stamps
  std::filesystem::path studio;  // its built files; empty: pages that say how to build them
  bool call_logs = false;        // what enters each call is kept, to repeat it
  bool limits_requests = true;
  std::chrono::days purge_after{30};  // what was deleted goes for good; 14 at least
  std::size_t inference_threads = 2;
  std::size_t calls_max = 0;  // 0: as many as it can carry
  std::size_t media_workers = 1;
  TicketKey ticket_key{};
  KeyRing::LoadMasterKeys load_master_keys = [] {
    return Result<std::optional<MasterKeys>>(std::nullopt);
  };
  AuthSettings auth;
  EdgeConfig edge;
  WebRtcSettings webrtc;
  OutboundPolicy provider_policy;
  OutboundPolicy tool_policy;
  std::optional<Sha256> development_key;  // made an owner of the demo workspace
};

struct ServerContext {
  Executor executor;  // of the API loop
  Clock& clock;
  Random& random;
  Log& log;
  Metrics& metrics;
};

class Server {
 public:
  Server(const ServerContext& context, ServerConfig config);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  // `speech_ready` is called once, on the API loop, with what loading the models came to.
  Task<Result<>> start(std::function<void(const Result<>&)> speech_ready);
  [[nodiscard]] std::uint16_t port() const;
  // Reads the certificate's files again.
  void reload();
  // Of the certificate; "" without TLS.
  [[nodiscard]] std::string fingerprint() const;
  Task<> stop();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace antiphon
