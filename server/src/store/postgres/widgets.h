// ports/widget_store.h on PostgreSQL.
#pragma once

#include "ports/widget_store.h"
#include "store/postgres/pool.h"

namespace antiphon::store {

class PostgresWidgets final : public WidgetStore {
 public:
  explicit PostgresWidgets(Pool& pool) : pool_(pool) {}

  Task<Result<WidgetSettings>> settings(Principal principal, AgentId agent) override;
  Task<Result<>> set_settings(Principal principal, AgentId agent, WidgetSettings settings) override;
  Task<Result<std::optional<FoundWidget>>> find(AgentId agent) override;
  Task<Result<>> claim(Principal principal, ConversationId conversation, AgentId agent,
                       VisitorId visitor) override;
  Task<Result<bool>> count_message(Principal principal, ConversationId conversation, AgentId agent,
                                   VisitorId visitor) override;
  Task<Result<std::vector<ConversationId>>> conversations_of(Principal principal, AgentId agent,
                                                             VisitorId visitor,
                                                             std::size_t limit) override;
  Task<Result<bool>> rate(Principal principal, ConversationId conversation, AgentId agent,
                          VisitorId visitor, WidgetRating rating, std::string comment) override;
  Task<Result<>> count(Principal principal, AgentId agent,
                       std::vector<WidgetEventKind> events) override;
  Task<Result<std::vector<WidgetCount>>> counts(Principal principal, AgentId agent,
                                                WidgetDays days) override;

 private:
  Pool& pool_;
};

}  // namespace antiphon::store
