#include "app/server_live.h"

namespace antiphon {

namespace {

Result<LiveTicket> verify(const TicketSigner& tickets, std::string_view text) {
  const auto claims = tickets.verify(text, TicketPurpose::live_events);
  if (!claims) return std::unexpected(claims.error());
  return LiveTicket{WorkspaceId(claims->workspace_id), claims->subject_id};
}

}  // namespace

ServerLive::ServerLive(const Parts& parts)
    : rights_(parts.pool),
      bus_(parts.redis == nullptr ? nullptr : std::make_unique<store::RedisEventBus>(*parts.redis)),
      feed_(parts.executor, parts.clock, parts.log, parts.metrics, bus_.get()),
      journal_(parts.journal, feed_),
      sockets_(parts.executor,
               {feed_,
                [&tickets = parts.tickets](const LiveTicket& ticket, WallTime expires) {
                  return tickets.issue({.purpose = TicketPurpose::live_events,
                                        .workspace_id = ticket.workspace.uuid(),
                                        .subject_id = ticket.subject,
                                        .expires = expires});
                },
                [&tickets = parts.tickets](std::string_view text) { return verify(tickets, text); },
                [&access = parts.access](Credentials credentials) {
                  return access.authenticate(std::move(credentials), Standing::member);
                },
                rights_, parts.clock, parts.log}) {}

void ServerLive::start() {
  feed_.start();
  sockets_.start();
}

Task<> ServerLive::stop_sockets() { return sockets_.stop(); }

Task<> ServerLive::stop() { return feed_.stop(); }

}  // namespace antiphon
