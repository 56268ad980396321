// Widgets: their settings, whose conversation is whose, and what visitors did.
//
// Errors  not_found, invalid_argument, unavailable, timeout.
// Thread  the executor the store was made for.
#pragma once

#include "core/result.h"
#include "core/task.h"
#include "domain/principal.h"
#include "domain/widget.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace antiphon {

struct FoundWidget {
  WorkspaceId workspace;
  WidgetSettings settings;
};

// A day of the calendar, UTC; both ends included.
struct WidgetDays {
  std::chrono::year_month_day from;
  std::chrono::year_month_day to;
};

class WidgetStore {
 public:
  virtual ~WidgetStore() = default;

  // Of an agent of the principal's workspace; defaults where nobody has set any.
  virtual Task<Result<WidgetSettings>> settings(Principal principal, AgentId agent) = 0;
  virtual Task<Result<>> set_settings(Principal principal, AgentId agent,
                                      WidgetSettings settings) = 0;
  // For whoever visits a page: nothing where the widget is off or there is no such agent.
  virtual Task<Result<std::optional<FoundWidget>>> find(AgentId agent) = 0;

  // The conversation is the visitor's from now on.
  virtual Task<Result<>> claim(Principal principal, ConversationId conversation, AgentId agent,
                               VisitorId visitor) = 0;
  // False where it is not the visitor's; else one message more is counted.
  virtual Task<Result<bool>> count_message(Principal principal, ConversationId conversation,
                                           AgentId agent, VisitorId visitor) = 0;
  // Newest first, at most `limit`.
  virtual Task<Result<std::vector<ConversationId>>> conversations_of(Principal principal,
                                                                     AgentId agent,
                                                                     VisitorId visitor,
                                                                     std::size_t limit) = 0;
  // False where the conversation is not the visitor's.
  virtual Task<Result<bool>> rate(Principal principal, ConversationId conversation, AgentId agent,
                                  VisitorId visitor, WidgetRating rating, std::string comment) = 0;
  virtual Task<Result<>> count(Principal principal, AgentId agent,
                               std::vector<WidgetEventKind> events) = 0;
  // By day, then by kind.
  virtual Task<Result<std::vector<WidgetCount>>> counts(Principal principal, AgentId agent,
                                                        WidgetDays days) = 0;
};

}  // namespace antiphon
