#include "api/access_table.h"

#include <algorithm>
#include <array>

namespace antiphon {

namespace {

constexpr std::array kTable{
    AccessLine{"agents.list", "agents:read"},
    AccessLine{"agents.create", "agents:write"},
    AccessLine{"agents.get", "agents:read"},
    AccessLine{"agents.replace", "agents:write"},
    AccessLine{"agents.patch", "agents:write"},
    AccessLine{"agents.remove", "agents:write"},
    AccessLine{"agents.duplicate", "agents:write"},
    AccessLine{"versions.list", "agents:read"},
    AccessLine{"versions.get", "agents:read"},
    AccessLine{"versions.diff", "agents:read"},
    AccessLine{"versions.publish", "agents:write"},
    AccessLine{"versions.rollback", "agents:write"},
    AccessLine{"canary.start", "agents:write"},
    AccessLine{"canary.stop", "agents:write"},
    AccessLine{"providers.check", "agents:write"},
    AccessLine{"tools.list", "tools:read"},
    AccessLine{"tools.get", "tools:read"},
    AccessLine{"tools.put", "tools:write"},
    AccessLine{"tools.remove", "tools:write"},
    AccessLine{"documents.list", "knowledge:read"},
    AccessLine{"documents.create", "knowledge:write"},
    AccessLine{"documents.get", "knowledge:read"},
    AccessLine{"documents.replace", "knowledge:write"},
    AccessLine{"documents.remove", "knowledge:write"},
    AccessLine{"knowledge.ask", "knowledge:read"},
    AccessLine{"conversations.create", "conversations:write"},
    AccessLine{"conversations.list", "conversations:read"},
    AccessLine{"conversations.get", "conversations:read"},
    AccessLine{"conversations.end", "conversations:write"},
    AccessLine{"conversations.type", "conversations:write"},
    AccessLine{"recordings.listen", "conversations:read"},
    AccessLine{"recordings.get", "conversations:read"},
    AccessLine{"recordings.peaks", "conversations:read"},
    AccessLine{"recordings.pause", "conversations:write"},
    AccessLine{"recordings.resume", "conversations:write"},
    AccessLine{"workspaces.list", kAccountScope},
    AccessLine{"workspaces.create", kAccountScope},
    AccessLine{"workspaces.restore", kAccountScope},
    AccessLine{"workspace.get", "workspace:read"},
    AccessLine{"workspace.patch", "workspace:write"},
    AccessLine{"workspace.remove", "workspace:delete"},
    AccessLine{"members.list", "members:read"},
    AccessLine{"members.patch", "members:write"},
    AccessLine{"members.remove", "members:write"},
    AccessLine{"members.leave", "workspace:read"},
    AccessLine{"invitations.list", "members:write"},
    AccessLine{"invitations.create", "members:write"},
    AccessLine{"invitations.resend", "members:write"},
    AccessLine{"invitations.revoke", "members:write"},
    AccessLine{"invitations.accept", kAccountScope},
    AccessLine{"keys.list", "keys:read"},
    AccessLine{"keys.get", "keys:read"},
    AccessLine{"keys.create", "keys:write"},
    AccessLine{"keys.patch", "keys:write"},
    AccessLine{"keys.revoke", "keys:write"},
    AccessLine{"session.begin", ""},
    AccessLine{"session.get", kAccountScope},
    AccessLine{"session.end", kAccountScope},
    AccessLine{"session.switch", kAccountScope},
    AccessLine{"sessions.list", kAccountScope},
    AccessLine{"sessions.end_others", kAccountScope},
    AccessLine{"sessions.end", kAccountScope},
    AccessLine{"secrets.list", "secrets:read"},
    AccessLine{"secrets.get", "secrets:read"},
    AccessLine{"secrets.put", "secrets:write"},
    AccessLine{"secrets.remove", "secrets:write"},
    AccessLine{"audit.list", "audit:read"},
    AccessLine{"audit.export", "audit:read"},
    AccessLine{"audit.verify", "audit:read"},
    AccessLine{"live.ticket", "conversations:read"},
    AccessLine{"usage.sum", "usage:read"},
    AccessLine{"usage.limits", "usage:read"},
    AccessLine{"prices.list", "usage:read"},
    AccessLine{"prices.replace", "quotas:write"},
    AccessLine{"quotas.replace", "quotas:write"},
    AccessLine{"jobs.list", "jobs:read"},
    AccessLine{"jobs.retry", "jobs:write"},
    AccessLine{"widgets.get", "agents:read"},
    AccessLine{"widgets.replace", "agents:write"},
    AccessLine{"widgets.analytics", "usage:read"},
    AccessLine{"widget.session", ""},
    AccessLine{"widget.type", ""},
    AccessLine{"widget.history", ""},
    AccessLine{"widget.call", ""},
    AccessLine{"widget.rate", ""},
    AccessLine{"widget.count", ""},
    AccessLine{"system.health", ""},
    AccessLine{"system.readiness", ""},
};

constexpr bool is_sound() {
  for (std::size_t index = 0; index < kTable.size(); ++index) {
    const AccessLine& line = kTable[index];
    if (!line.scope.empty() && line.scope != kAccountScope && !is_scope(line.scope)) return false;
    for (std::size_t other = 0; other < index; ++other) {
      if (kTable[other].operation == line.operation) return false;
    }
  }
  return true;
}
static_assert(is_sound(), "every operation once, and every scope is one of domain/scopes.h");

}  // namespace

std::span<const AccessLine> access_table() { return kTable; }

std::optional<AccessLine> access_of(std::string_view operation) {
  const auto* const line = std::ranges::find(kTable, operation, &AccessLine::operation);
  if (line == kTable.end()) return std::nullopt;
  return *line;
}

}  // namespace antiphon
