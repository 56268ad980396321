// Widgets on other people's websites: who may show one, and what its visitor may do.
//
//   auto begun = co_await widgets.begin(agent, page, {});       // a token for kSessionLife
//   auto visitor = co_await widgets.visitor(agent, page, token);
//   auto answer = co_await widgets.type(*visitor, {.text = "Are you open?"});
//
// A page is known by its origin, compared byte for byte. Nothing here trusts it for more than that:
// whoever is no browser writes any origin, so caps are by visitor, agent and address
// (service/visitor_limiter.h), and a visitor reaches only conversations that it began itself.
// Settings are remembered for kSettingsMemory: that long a widget that was switched off answers.
// Limits  kThreadMax conversations of a visitor are read back; kSeenMax messages are remembered, so
//         that one that is sent twice is answered once.
// Errors  permission_denied (origin, or no identity), unauthenticated (token, identity), not_found
//         (somebody else's conversation), already_exists (a message that was received before), and
//         those of ConversationService and the stores.
// Thread  the API loop.
#pragma once

#include "crypto/visitor_token.h"
#include "ports/secrets.h"
#include "ports/widget_store.h"
#include "service/conversation_service.h"
#include "service/short_memory.h"

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace antiphon {

// The page that asks, as its browser says.
struct WidgetPage {
  std::string origin;  // of the header Origin; empty: no browser, or a page that hides it
  std::string own;     // of this server's own pages, as the request reached it
};

struct WidgetVisit {
  std::string resume;         // of an earlier session of this browser, or empty
  std::string identity;       // who the visitor is to the page, or empty
  std::string identity_hash;  // hex of HMAC-SHA-256(secret, identity)
};

struct WidgetVisitor {
  AgentId agent;
  VisitorId id;
  Principal principal;
};

struct WidgetSession {
  std::string token;
  WallTime expires_at{};
  std::string resume;
  WidgetSettings settings;
};

struct WidgetText {
  std::optional<ConversationId> conversation;  // nothing: a new one
  Uuid message;                                // chosen by the widget, so that it may send again
  std::string text;
};

struct WidgetAnswer {
  ConversationId conversation;
  std::unique_ptr<TextReply> reply;
};

struct WidgetThread {
  std::vector<ConversationRecord> conversations;  // the oldest first
  std::optional<ConversationId> open;             // the typed one that takes the next message
};

class WidgetService {
 public:
  static constexpr std::chrono::minutes kSessionLife{10};
  static constexpr std::chrono::days kResumeLife{30};
  static constexpr std::chrono::seconds kSettingsMemory{5};
  static constexpr std::size_t kThreadMax = 5;
  static constexpr std::size_t kSeenMax = 4'096;

  struct Parts {
    WidgetStore& store;
    ConversationService& conversations;
    SecretVault& secrets;
    Clock& clock;
    Random& random;
    TicketKey key;
  };
  explicit WidgetService(const Parts& parts) : parts_(parts), signer_(parts.key, parts.clock) {}

  // Of an owner's own agent.
  Task<Result<WidgetSettings>> settings(Principal principal, AgentId agent);
  Task<Result<WidgetSettings>> set_settings(Principal principal, AgentId agent,
                                            WidgetSettings settings);
  Task<Result<std::vector<WidgetCount>>> counts(Principal principal, AgentId agent,
                                                WidgetDays days);

  // The page may show this agent. Errors: permission_denied, unavailable.
  Task<Result<>> admit(AgentId agent, WidgetPage page);
  Task<Result<WidgetSession>> begin(AgentId agent, WidgetPage page, WidgetVisit visit);
  // Whose token it is; issued for this agent to this page.
  [[nodiscard]] Result<WidgetVisitor> visitor(AgentId agent, const WidgetPage& page,
                                              std::string_view token) const;

  Task<Result<WidgetAnswer>> type(WidgetVisitor visitor, WidgetText text);
  Task<Result<WidgetThread>> thread(WidgetVisitor visitor);
  // A spoken conversation; its token opens the audio socket.
  Task<Result<OpenedConversation>> call(WidgetVisitor visitor);
  Task<Result<>> rate(WidgetVisitor visitor, ConversationId conversation, WidgetRating rating,
                      std::string comment);
  Task<Result<>> count(WidgetVisitor visitor, std::vector<WidgetEventKind> events);

 private:
  using Known = std::optional<FoundWidget>;

  Task<Result<Known>> find(AgentId agent);
  Task<Result<FoundWidget>> shown(AgentId agent, WidgetPage page);
  Task<Result<VisitorId>> recognize(AgentId agent, FoundWidget widget, WidgetPage page,
                                    WidgetVisit visit);
  Task<Result<OpenedConversation>> open(WidgetVisitor visitor, ConversationMode mode);
  // False when it was seen before.
  bool remember(VisitorId visitor, Uuid message);
  void forget(VisitorId visitor, Uuid message);

  Parts parts_;
  VisitorSigner signer_;
  ShortMemory<Known> known_;  // by the agent's id
  std::set<std::pair<VisitorId, Uuid>> seen_;
  std::deque<std::pair<VisitorId, Uuid>> seen_order_;
};

}  // namespace antiphon
