// Live events: the feed, its way through Redis, the sockets; wired together.
//
// Thread  the API loop; journal() any.
#pragma once

#include "api/live/live_sockets.h"
#include "crypto/ticket.h"
#include "service/access_service.h"
#include "service/live_feed.h"
#include "service/live_journal.h"
#include "store/postgres/rights.h"
#include "store/redis/event_stream.h"

#include <memory>

namespace antiphon {

class ServerLive {
 public:
  struct Parts {
    Executor executor;
    Clock& clock;
    Log& log;
    Metrics& metrics;
    ConversationJournal& journal;
    const TicketSigner& tickets;
    AccessService& access;
    store::Pool& pool;
    store::RedisClient* redis;  // null: this process alone
  };
  explicit ServerLive(const Parts& parts);

  // What the engine and the services record into.
  [[nodiscard]] ConversationJournal& journal() { return journal_; }
  [[nodiscard]] LiveFeed& feed() { return feed_; }
  void add_routes(Router& router) { add_live_routes(router, sockets_); }
  void start();
  // Before the HTTP server stops.
  Task<> stop_sockets();
  // After the last conversation has ended.
  Task<> stop();

 private:
  store::PostgresRights rights_;
  std::unique_ptr<store::RedisEventBus> bus_;
  LiveFeed feed_;
  LiveJournal journal_;
  LiveSockets sockets_;
};

}  // namespace antiphon
