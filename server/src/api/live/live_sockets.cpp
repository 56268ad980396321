#include "api/live/live_sockets.h"

#include "api/live/live_documents.h"
#include "domain/scopes.h"
#include "json/json.h"
#include "net/websocket.h"

#include <deque>
#include <map>
#include <utility>
#include <vector>

namespace antiphon {

namespace {

constexpr std::string_view kScope = "conversations:read";
// While it waits for its history; more than that and it is told of a gap.
constexpr std::size_t kPendingMax = 1'000;
// A full queue is told what it missed when it has run down to this.
constexpr std::size_t kLowBytes = 256 * 1024;

WebSocketLimits limits() {
  WebSocketLimits limits;
  limits.message_bytes_max = 1'024;
  limits.fragments_max = 4;
  limits.incoming_messages_max = 4;
  limits.outgoing_messages_max = 512;
  limits.outgoing_bytes_max = 1024 * 1024;
  return limits;
}

// Written by hand: the event is JSON already. A test reads it back into LiveEventNotice.
std::string text_of(const LiveEvent& event) {
  std::string text = R"({"type":"live.event","id":")" + event.id + '"';
  if (event.conversation != ConversationId{}) {
    text += R"(,"conversation":")" + event.conversation.to_string() + '"';
  }
  if (event.agent != AgentId{}) text += R"(,"agent":")" + event.agent.to_string() + '"';
  text += R"(,"event":)" + event.event + '}';
  return text;
}

Result<LiveFilter> filter_of(const Request& request) {
  LiveFilter filter;
  const auto read = [&](std::string_view name) -> Result<std::optional<Uuid>> {
    const auto text = request.parameter(name);
    if (!text) return std::optional<Uuid>{};
    const auto id = Uuid::parse(*text);
    if (!id) {
      return failure(ErrorCode::invalid_argument,
                     "the parameter " + std::string(name) + " is not a UUID");
    }
    return std::optional(*id);
  };
  const auto agent = read("agent");
  if (!agent) return std::unexpected(agent.error());
  const auto conversation = read("conversation");
  if (!conversation) return std::unexpected(conversation.error());
  if (*agent) filter.agent = AgentId(**agent);
  if (*conversation) filter.conversation = ConversationId(**conversation);
  if (request.parameter("after") && !LiveEventId::parse(*request.parameter("after"))) {
    return failure(ErrorCode::invalid_argument, "the parameter after is not the id of an event");
  }
  return filter;
}

}  // namespace

struct LiveSockets::Admission {
  Principal principal;
  std::optional<Credentials> token;   // of a person; a session may end before its socket
  Timepoint ends = Timepoint::max();  // of a ticket's socket
};

struct LiveSockets::Listener {
  Listener(WebSocket wire, Admission admitted)
      : socket(std::move(wire)), admission(std::move(admitted)) {}

  WebSocket socket;
  Admission admission;
  std::string last;          // the event it was sent last
  std::uint64_t missed = 0;  // since then
  bool is_replaying = true;
  bool is_ending = false;
  std::deque<std::pair<std::string, std::string>> pending;  // came during the replay
};

LiveSockets::LiveSockets(const Executor& executor, LiveParts parts)
    : parts_(std::move(parts)), background_(executor), closing_(executor) {}

LiveSockets::~LiveSockets() = default;

void LiveSockets::start() {
  background_.spawn(beat());
  background_.spawn(recheck());
}

Task<> LiveSockets::stop() {
  background_.cancel();
  co_await background_.join();
  const auto all = listeners_;
  for (const auto& listener : all)
    end(listener, kCloseGoingAway, "the server stops");
  co_await closing_.join();
}

std::pair<std::string, WallTime> LiveSockets::issue(const Principal& principal) const {
  const WallTime expires =
      std::chrono::floor<std::chrono::seconds>(parts_.clock.wall()) + kTicketLife;
  return {parts_.sign({principal.workspace, principal.id}, expires), expires};
}

Task<Result<LiveSockets::Admission>> LiveSockets::admit(const Request& request) {
  Admission admission;
  Principal& principal = admission.principal;
  if (const auto ticket = request.parameter("ticket")) {
    const auto claims = parts_.verify(*ticket);
    if (!claims) co_return std::unexpected(claims.error());
    principal.id = claims->subject;
    principal.workspace = claims->workspace;
    admission.ends = parts_.clock.now() + kTicketSocketLife;
  } else {
    Credentials credentials = credentials_of(request, {});
    auto known = co_await parts_.authenticate(credentials);
    if (!known) co_return std::unexpected(std::move(known.error()));
    principal = std::move(*known);
    if (principal.kind == PrincipalKind::user) admission.token = std::move(credentials);
  }
  // A ticket may be a minute old, and what is known of a key a second.
  const auto rights = co_await parts_.rights.rights_of(
      std::vector<RightsHolder>(1, {principal.workspace, principal.id}));
  if (!rights) co_return std::unexpected(rights.error());
  if (!rights->front()) {
    co_return failure(ErrorCode::unauthenticated, "who asks here has no rights any longer");
  }
  principal.kind = rights->front()->kind;
  principal.role = rights->front()->role;
  principal.scopes = rights->front()->scopes;
  if (!holds(principal, kScope)) {
    co_return failure(ErrorCode::permission_denied, "this takes the scope " + std::string(kScope));
  }
  co_return admission;
}

Task<> LiveSockets::handle(Request request, ResponseWriter& writer) {
  auto filter = filter_of(request);
  // A request that is no handshake is told so (426) before anybody asks who sent it.
  if (!filter && request.wants_websocket()) {
    static_cast<void>(co_await writer.send(problem_response(filter.error())));
    co_return;
  }
  std::optional<Result<Admission>> admission;
  if (request.wants_websocket()) {
    admission = co_await admit(request);
    if (!*admission) {
      static_cast<void>(co_await writer.send(problem_response(admission->error())));
      co_return;
    }
  }
  auto socket = co_await accept_websocket(request, writer, {.limits = limits()});
  if (!socket || !admission || !filter) co_return;
  const auto listener = std::make_shared<Listener>(std::move(*socket), std::move(**admission));
  const WorkspaceId workspace = listener->admission.principal.workspace;
  filter->jobs = holds(listener->admission.principal, "jobs:read");
  const auto watch = parts_.feed.watch(
      workspace, *filter, [this, &self = *listener](const LiveEvent& event) { show(self, event); });
  listeners_.insert(listener);
  std::string after(request.parameter("after").value_or(""));
  co_await replay(listener, *filter, std::move(after));
  while (!listener->is_ending) {
    const auto message = co_await listener->socket.receive();
    if (!message) break;
    end(listener, kClosePolicy, "this socket is for listening");
  }
  listeners_.erase(listener);
}

// First what was asked for, then what came meanwhile, then what comes.
Task<> LiveSockets::replay(std::shared_ptr<Listener> listener, LiveFilter filter,
                           std::string after) {
  const WorkspaceId workspace = listener->admission.principal.workspace;
  Listener& to = *listener;
  to.last = after.empty() ? parts_.feed.latest(workspace) : after;
  to.socket.try_send_text(to_json(LiveNotice(LiveReadyNotice{to.last})));
  if (!after.empty()) {
    const auto history = co_await parts_.feed.history(workspace, std::move(after));
    if (!history.is_complete) {
      to.socket.try_send_text(to_json(LiveNotice(LiveGapNotice{to.last, std::nullopt})));
    }
    for (const LiveEvent& event : history.events) {
      if (filter.takes(event)) deliver(to, event.id, text_of(event));
    }
  }
  to.is_replaying = false;
  for (auto& [id, text] : std::exchange(to.pending, {})) {
    if (LiveEventId::parse(id) > LiveEventId::parse(to.last)) deliver(to, id, std::move(text));
  }
}

const std::string& LiveSockets::notice_of(const LiveEvent& event) {
  if (event.id != notice_id_ || event.workspace != notice_workspace_) {
    notice_ = text_of(event);
    notice_id_ = event.id;
    notice_workspace_ = event.workspace;
  }
  return notice_;
}

void LiveSockets::show(Listener& listener, const LiveEvent& event) {
  if (listener.is_ending) return;
  if (!listener.is_replaying) return deliver(listener, event.id, notice_of(event));
  if (listener.pending.size() >= kPendingMax) {
    ++listener.missed;
    return;
  }
  listener.pending.emplace_back(event.id, notice_of(event));
}

void LiveSockets::deliver(Listener& listener, const std::string& id, std::string text) {
  if (listener.missed > 0 && listener.socket.outgoing_bytes() < kLowBytes) {
    const LiveGapNotice gap{listener.last, static_cast<std::int64_t>(listener.missed)};
    if (listener.socket.try_send_text(to_json(LiveNotice(gap)))) listener.missed = 0;
  }
  if (listener.missed == 0 && listener.socket.try_send_text(std::move(text))) {
    listener.last = id;
  } else {
    ++listener.missed;
  }
}

void LiveSockets::end(const std::shared_ptr<Listener>& listener, std::uint16_t code,
                      std::string_view why) {
  if (std::exchange(listener->is_ending, true)) return;
  closing_.spawn(
      [](std::shared_ptr<Listener> self, std::uint16_t with, std::string reason) -> Task<> {
        co_await self->socket.close(with, std::move(reason));
      }(listener, code, std::string(why)));
}

Task<> LiveSockets::beat() {
  while (co_await parts_.clock.sleep_for(kHeartbeat)) {
    const std::string text = to_json(LiveNotice(LiveHeartbeatNotice{parts_.clock.wall()}));
    for (const auto& listener : listeners_) {
      if (listener->missed < kMissedMax) listener->socket.try_send_text(text);
    }
  }
}

Task<> LiveSockets::recheck() {
  while (co_await parts_.clock.sleep_for(kRecheck)) {
    end_overdue();
    co_await recheck_rights();
    co_await recheck_tokens();
  }
}

void LiveSockets::end_overdue() {
  const auto all = listeners_;
  for (const auto& listener : all) {
    if (listener->missed >= kMissedMax) {
      end(listener, kCloseTryAgain, "too slow");
    } else if (listener->admission.ends <= parts_.clock.now()) {
      end(listener, kCloseUnauthenticated, "ask for a new ticket");
    }
  }
}

// One question for all listeners, and each of them once, however many sockets it opened. A store
// that is away takes nobody's rights.
Task<> LiveSockets::recheck_rights() {
  std::map<RightsHolder, std::vector<std::shared_ptr<Listener>>> listening;
  for (const auto& listener : listeners_) {
    const Principal& principal = listener->admission.principal;
    if (listener->is_ending) continue;
    listening[{principal.workspace, principal.id}].push_back(listener);
  }
  auto next = listening.begin();
  while (next != listening.end()) {
    auto judged = next;
    std::vector<RightsHolder> holders;
    for (; next != listening.end() && holders.size() < RightsStore::kHoldersMax; ++next)
      holders.push_back(next->first);
    const auto rights = co_await parts_.rights.rights_of(std::move(holders));
    if (!rights) co_return;
    for (const auto& now : *rights) {
      for (const auto& listener : judged->second) {
        const Principal& admitted = listener->admission.principal;
        if (!now) {
          const bool is_key = admitted.kind == PrincipalKind::api_key;
          end(listener, is_key ? kCloseUnauthenticated : kCloseForbidden, "no longer allowed");
        } else if (!covers(now->role, admitted.role) || now->scopes != admitted.scopes) {
          end(listener, kCloseForbidden, "your role has changed");
        }
      }
      ++judged;
    }
  }
}

Task<> LiveSockets::recheck_tokens() {
  const auto all = listeners_;
  std::map<std::string, bool> has_ended;  // by the token
  for (const auto& listener : all) {
    const auto& token = listener->admission.token;
    if (!token || listener->is_ending) continue;
    auto known = has_ended.find(token->authorization);
    if (known == has_ended.end()) {
      const auto principal = co_await parts_.authenticate(*token);
      const bool ended = !principal && principal.error().code == ErrorCode::unauthenticated;
      known = has_ended.emplace(token->authorization, ended).first;
    }
    if (known->second) end(listener, kCloseUnauthenticated, "the session has ended");
  }
}

void add_live_routes(Router& router, LiveSockets& sockets) {
  router.add(PageRoute{"/api/live",
                       [&sockets](Request request, ResponseWriter& writer) {
                         return sockets.handle(std::move(request), writer);
                       },
                       Upgrade::allowed});
  router.add({.operation = {.method = "POST",
                            .path = "/api/live/tickets",
                            .id = "live.ticket",
                            .summary = "A ticket with which a browser opens /api/live.",
                            .tag = "conversations",
                            .scope = kScope,
                            .responses = {{.status = 201,
                                           .description = "The ticket; it opens one or more "
                                                          "sockets within a minute.",
                                           .shape = &shape_of<LiveTicketOutput>()}}},
              .answer = [&sockets](ApiCall call) -> Task<Result<Response>> {
                const auto [ticket, expires] = sockets.issue(call.principal);
                co_return json_response(
                    201, to_json(LiveTicketOutput{"/api/live?ticket=" + ticket, ticket, expires}));
              }});
}

}  // namespace antiphon
