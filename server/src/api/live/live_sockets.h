// The socket /api/live: docs/reference/live-events.md.
//
// Who holds conversations:read in a workspace is shown its events: with a ticket in the query
// (browsers cannot send headers with a socket) or with Authorization. A key that is revoked and a
// role that is taken away end the socket within two seconds, a ticket's socket ends after
// kTicketSocketLife.
// Limits  a listener's queue: 512 messages, 1 MB; while it is full, events are counted, not kept,
//         and the listener is told the count (live.gap). kMissedMax of them end it.
// Errors  before the upgrade, as problems: 401, 403, 422, 426. Afterwards by the code of the close:
//         1001 the server stops, 1008 the listener spoke, 1013 too slow, 4401 no longer signed in,
//         4403 no longer allowed.
// Thread  the API loop.
#pragma once

#include "api/router.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/task_group.h"
#include "domain/principal.h"
#include "net/http.h"
#include "ports/rights_store.h"
#include "service/access_service.h"
#include "service/live_feed.h"

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>

namespace antiphon {

inline constexpr std::uint16_t kCloseUnauthenticated = 4401;
inline constexpr std::uint16_t kCloseForbidden = 4403;

// What a ticket says: who asked for it, for which workspace.
struct LiveTicket {
  WorkspaceId workspace;
  Uuid subject;
};

struct LiveParts {
  LiveFeed& feed;
  std::function<std::string(const LiveTicket& ticket, WallTime expires)> sign;
  std::function<Result<LiveTicket>(std::string_view text)> verify;
  // The principal of a workspace's member.
  std::function<Task<Result<Principal>>(Credentials credentials)> authenticate;
  RightsStore& rights;
  Clock& clock;
  Log& log;
};

class LiveSockets {
 public:
  static constexpr std::chrono::seconds kTicketLife{60};
  static constexpr std::chrono::minutes kTicketSocketLife{10};
  static constexpr std::chrono::seconds kHeartbeat{15};
  static constexpr std::chrono::milliseconds kRecheck{500};
  static constexpr std::uint64_t kMissedMax = 10'000;

  LiveSockets(const Executor& executor, LiveParts parts);
  LiveSockets(const LiveSockets&) = delete;
  LiveSockets& operator=(const LiveSockets&) = delete;
  ~LiveSockets();

  void start();
  // Tells every listener to go; before HttpServer::stop().
  Task<> stop();

  Task<> handle(Request request, ResponseWriter& writer);
  // {ticket, when it ends}. The principal holds conversations:read: the router has seen to it.
  [[nodiscard]] std::pair<std::string, WallTime> issue(const Principal& principal) const;

 private:
  struct Listener;
  struct Admission;

  Task<Result<Admission>> admit(const Request& request);
  [[nodiscard]] const std::string& notice_of(const LiveEvent& event);
  Task<> replay(std::shared_ptr<Listener> listener, LiveFilter filter, std::string after);
  void show(Listener& listener, const LiveEvent& event);
  void deliver(Listener& listener, const std::string& id, std::string text);
  void end(const std::shared_ptr<Listener>& listener, std::uint16_t code, std::string_view why);
  Task<> beat();
  Task<> recheck();
  void end_overdue();
  Task<> recheck_rights();
  Task<> recheck_tokens();

  LiveParts parts_;
  // The message of the event that was shown last: it is made once for all its listeners.
  std::string notice_;
  std::string notice_id_;
  WorkspaceId notice_workspace_;
  std::set<std::shared_ptr<Listener>> listeners_;
  TaskGroup background_;
  TaskGroup closing_;
};

// /api/live and POST /api/live/tickets. `sockets` outlives the router.
void add_live_routes(Router& router, LiveSockets& sockets);

}  // namespace antiphon
