#include "service/widget_service.h"

#include "crypto/hash.h"

#include <algorithm>
#include <span>

namespace antiphon {

namespace {

Principal visitor_principal(WorkspaceId workspace, VisitorId visitor) {
  return {PrincipalKind::system, visitor.uuid(), workspace, Role::analyst, "widget visitor"};
}

bool shows(const WidgetSettings& settings, const WidgetPage& page) {
  if (page.origin.empty()) return false;
  if (settings.own_pages && page.origin == page.own) return true;
  return std::ranges::any_of(settings.allowed_origins,
                             [&](const auto& allowed) { return allowed.value() == page.origin; });
}

// The same person is the same visitor on each of their devices, and different ones for two agents.
VisitorId visitor_of(AgentId agent, const std::string& identity) {
  const Sha256 digest = sha256("widget identity\n" + agent.to_string() + "\n" + identity);
  return VisitorId(Uuid::from_bytes(std::span(digest).first<16>()));
}

bool is_signed(const std::string& secret, const WidgetVisit& visit) {
  const auto given = sha256_from_hex(visit.identity_hash);
  const Sha256 right =
      hmac_sha256(std::as_bytes(std::span(secret)), std::as_bytes(std::span(visit.identity)));
  return given && constant_time_equal(*given, right);
}

}  // namespace

Task<Result<WidgetSettings>> WidgetService::settings(Principal principal, AgentId agent) {
  co_return co_await parts_.store.settings(std::move(principal), agent);
}

Task<Result<WidgetSettings>> WidgetService::set_settings(Principal principal, AgentId agent,
                                                         WidgetSettings settings) {
  auto set = co_await parts_.store.set_settings(std::move(principal), agent, settings);
  if (!set) co_return std::unexpected(std::move(set.error()));
  known_.forget(agent.to_string());
  co_return settings;
}

Task<Result<std::vector<WidgetCount>>> WidgetService::counts(Principal principal, AgentId agent,
                                                             WidgetDays days) {
  // Somebody else's agent is none: an empty sum would say that it exists.
  auto settings = co_await parts_.store.settings(principal, agent);
  if (!settings) co_return std::unexpected(std::move(settings.error()));
  co_return co_await parts_.store.counts(std::move(principal), agent, days);
}

Task<Result<WidgetService::Known>> WidgetService::find(AgentId agent) {
  const std::string name = agent.to_string();
  if (const Known* known = known_.find(name, parts_.clock.now())) co_return *known;
  auto found = co_await parts_.store.find(agent);
  if (!found) co_return std::unexpected(std::move(found.error()));
  const Timepoint now = parts_.clock.now();
  known_.put(name, *found, now, now + kSettingsMemory);
  co_return std::move(*found);
}

// One answer for an agent that is not there, one that is switched off and a page that may not: a
// stranger learns nothing of other people's agents.
Task<Result<FoundWidget>> WidgetService::shown(AgentId agent, WidgetPage page) {
  auto found = co_await find(agent);
  if (!found) co_return std::unexpected(std::move(found.error()));
  if (!*found || !shows((*found)->settings, page)) {
    co_return failure(ErrorCode::permission_denied,
                      "this page may not show this agent; its owner switches the widget on and "
                      "lists the page's origin");
  }
  co_return std::move(**found);
}

Task<Result<>> WidgetService::admit(AgentId agent, WidgetPage page) {
  auto widget = co_await shown(agent, std::move(page));
  if (!widget) co_return std::unexpected(std::move(widget.error()));
  co_return Result<>{};
}

Task<Result<VisitorId>> WidgetService::recognize(AgentId agent, FoundWidget widget, WidgetPage page,
                                                 WidgetVisit visit) {
  if (!visit.identity.empty()) {
    auto secret = co_await parts_.secrets.open(visitor_principal(widget.workspace, {}),
                                               SecretKind::tool_secret,
                                               widget.settings.identity_secret.value());
    if (!secret && secret.error().code != ErrorCode::not_found)
      co_return std::unexpected(std::move(secret.error()));
    if (!secret || !is_signed(secret->reveal(), visit)) {
      co_return failure(ErrorCode::unauthenticated,
                        "the visitor's identity is not signed with this widget's secret");
    }
    co_return visitor_of(agent, visit.identity);
  }
  if (widget.settings.identity_required) {
    co_return failure(ErrorCode::permission_denied,
                      "this widget serves visitors that its page knows; the page signs their "
                      "identity");
  }
  const auto earlier = signer_.verify(visit.resume, VisitorPurpose::resume, page.origin);
  if (earlier && earlier->agent_id == agent.uuid() &&
      earlier->workspace_id == widget.workspace.uuid()) {
    co_return VisitorId(earlier->visitor_id);
  }
  co_return VisitorId(Uuid::make_random(parts_.random));
}

Task<Result<WidgetSession>> WidgetService::begin(AgentId agent, WidgetPage page,
                                                 WidgetVisit visit) {
  auto widget = co_await shown(agent, page);
  if (!widget) co_return std::unexpected(std::move(widget.error()));
  const bool is_identified = !visit.identity.empty();
  const auto visitor = co_await recognize(agent, *widget, page, std::move(visit));
  if (!visitor) co_return std::unexpected(visitor.error());
  VisitorClaims claims{VisitorPurpose::session,
                       widget->workspace.uuid(),
                       agent.uuid(),
                       visitor->uuid(),
                       page.origin,
                       parts_.clock.wall() + kSessionLife};
  WidgetSession session;
  session.token = signer_.issue(claims);
  session.expires_at = claims.expires;
  if (widget->settings.greeting.value().empty()) {
    const auto called = co_await parts_.conversations.agents().choose(
        visitor_principal(widget->workspace, *visitor), agent.to_string(), {},
        visitor->to_string());
    if (!called) co_return std::unexpected(called.error());
    widget->settings.greeting = called->agent.configuration.greeting;
  }
  session.settings = std::move(widget->settings);
  // Who is known by identity says so each time; a token left in a browser would outlive a sign-out.
  if (!is_identified) {
    claims.purpose = VisitorPurpose::resume;
    claims.expires = parts_.clock.wall() + kResumeLife;
    session.resume = signer_.issue(claims);
  }
  co_return session;
}

Result<WidgetVisitor> WidgetService::visitor(AgentId agent, const WidgetPage& page,
                                             std::string_view token) const {
  auto claims = signer_.verify(token, VisitorPurpose::session, page.origin);
  if (!claims) return std::unexpected(std::move(claims.error()));
  if (claims->agent_id != agent.uuid()) {
    return failure(ErrorCode::unauthenticated, "the visitor's token is for another agent");
  }
  const VisitorId id(claims->visitor_id);
  return WidgetVisitor{agent, id, visitor_principal(WorkspaceId(claims->workspace_id), id)};
}

Task<Result<OpenedConversation>> WidgetService::open(WidgetVisitor visitor, ConversationMode mode) {
  auto opened =
      co_await parts_.conversations.open(visitor.principal, {.agent = visitor.agent.to_string(),
                                                             .channel = Channel::web,
                                                             .mode = mode,
                                                             .metadata = R"({"source":"widget"})",
                                                             .caller = visitor.id.to_string()});
  if (!opened) co_return std::unexpected(std::move(opened.error()));
  auto claimed = co_await parts_.store.claim(visitor.principal, opened->conversation.id,
                                             visitor.agent, visitor.id);
  if (!claimed) co_return std::unexpected(std::move(claimed.error()));
  co_return opened;
}

bool WidgetService::remember(VisitorId visitor, Uuid message) {
  if (!seen_.emplace(visitor, message).second) return false;
  seen_order_.emplace_back(visitor, message);
  if (seen_order_.size() > kSeenMax) {
    seen_.erase(seen_order_.front());
    seen_order_.pop_front();
  }
  return true;
}

void WidgetService::forget(VisitorId visitor, Uuid message) {
  seen_.erase({visitor, message});
  std::erase(seen_order_, std::pair(visitor, message));
}

Task<Result<WidgetAnswer>> WidgetService::type(WidgetVisitor visitor, WidgetText text) {
  if (!remember(visitor.id, text.message)) {
    co_return failure(ErrorCode::already_exists,
                      "this message was received before; read the thread");
  }
  WidgetAnswer answer;
  if (text.conversation) {
    answer.conversation = *text.conversation;
  } else {
    auto opened = co_await open(visitor, ConversationMode::text);
    if (!opened) {
      forget(visitor.id, text.message);
      co_return std::unexpected(std::move(opened.error()));
    }
    answer.conversation = opened->conversation.id;
  }
  const auto own = co_await parts_.store.count_message(visitor.principal, answer.conversation,
                                                       visitor.agent, visitor.id);
  if (!own || !*own) {
    forget(visitor.id, text.message);
    if (!own) co_return std::unexpected(own.error());
    co_return failure(ErrorCode::not_found, "there is no such conversation");
  }
  auto reply = co_await parts_.conversations.answer(visitor.principal, answer.conversation,
                                                    std::move(text.text));
  if (!reply) {
    forget(visitor.id, text.message);  // nothing was said yet: it may be sent again
    co_return std::unexpected(std::move(reply.error()));
  }
  answer.reply = std::move(*reply);
  co_return answer;
}

Task<Result<WidgetThread>> WidgetService::thread(WidgetVisitor visitor) {
  auto ids = co_await parts_.store.conversations_of(visitor.principal, visitor.agent, visitor.id,
                                                    kThreadMax);
  if (!ids) co_return std::unexpected(std::move(ids.error()));
  WidgetThread thread;
  for (const ConversationId id : *ids) {
    auto record = co_await parts_.conversations.find(visitor.principal, id);
    if (!record) continue;  // removed since
    const Conversation& found = record->conversation;
    if (!thread.open && found.mode == ConversationMode::text &&
        found.status == ConversationStatus::active) {
      thread.open = id;
    }
    thread.conversations.push_back(std::move(*record));
  }
  std::ranges::reverse(thread.conversations);
  co_return thread;
}

Task<Result<OpenedConversation>> WidgetService::call(WidgetVisitor visitor) {
  co_return co_await open(std::move(visitor), ConversationMode::voice);
}

Task<Result<>> WidgetService::rate(WidgetVisitor visitor, ConversationId conversation,
                                   WidgetRating rating, std::string comment) {
  const auto rated = co_await parts_.store.rate(visitor.principal, conversation, visitor.agent,
                                                visitor.id, rating, std::move(comment));
  if (!rated) co_return std::unexpected(rated.error());
  if (!*rated) co_return failure(ErrorCode::not_found, "there is no such conversation");
  co_return Result<>{};
}

Task<Result<>> WidgetService::count(WidgetVisitor visitor, std::vector<WidgetEventKind> events) {
  co_return co_await parts_.store.count(visitor.principal, visitor.agent, std::move(events));
}

}  // namespace antiphon
