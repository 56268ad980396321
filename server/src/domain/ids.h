// Identities. Each is a UUID with a type of its own, so an agent's id never stands where a
// conversation's is due.
#pragma once

#include "core/uuid.h"

#include <compare>
#include <functional>
#include <string>

namespace antiphon {

template <class Tag>
class Id {
 public:
  constexpr Id() = default;
  explicit constexpr Id(Uuid uuid) : uuid_(uuid) {}

  [[nodiscard]] constexpr Uuid uuid() const { return uuid_; }
  [[nodiscard]] std::string to_string() const { return uuid_.to_string(); }
  auto operator<=>(const Id&) const = default;

 private:
  Uuid uuid_;
};

using WorkspaceId = Id<struct WorkspaceTag>;
using UserId = Id<struct UserTag>;
using ApiKeyId = Id<struct ApiKeyTag>;
using InvitationId = Id<struct InvitationTag>;
using AgentId = Id<struct AgentTag>;
using AgentVersionId = Id<struct AgentVersionTag>;
using KnowledgeBaseId = Id<struct KnowledgeBaseTag>;
using DocumentId = Id<struct DocumentTag>;
using ConversationId = Id<struct ConversationTag>;
using MessageId = Id<struct MessageTag>;
using GenerationId = Id<struct GenerationTag>;
using JobId = Id<struct JobTag>;

}  // namespace antiphon

template <class Tag>
struct std::hash<antiphon::Id<Tag>> {
  std::size_t operator()(const antiphon::Id<Tag>& id) const noexcept {
    return std::hash<antiphon::Uuid>{}(id.uuid());
  }
};
