// The tools of typed conversations, between their turns: what was done stays known, and what acts
// and has begun is let finish when the one who typed has gone.
//
// Limits  kConversationsMax conversations; the oldest is forgotten, which costs its answers to come
//         the knowledge of what was done. Of each the last kOutcomesMax outcomes.
// Thread  one executor, on which every typed conversation with tools is answered.
#pragma once

#include "engine/tool_desk.h"
#include "ports/session_host.h"

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace antiphon {

struct TypedDesk {
  static constexpr std::size_t kOutcomesMax = 16;

  void remember(std::vector<ToolOutcome> done);

  std::shared_ptr<ToolDesk> desk;  // shared with its own tasks
  std::vector<ToolOutcome> outcomes;
};

class TypedTools {
 public:
  static constexpr std::size_t kConversationsMax = 1'000;

  explicit TypedTools(Clock& clock) : clock_(clock) {}

  // That of the plan's conversation; made when there is none. Null where the plan has no tools.
  [[nodiscard]] std::shared_ptr<TypedDesk> of(const SessionPlan& plan, ToolRunner* runner,
                                              const Executor& here);
  // Cuts off what still runs. On the executor.
  Task<> stop();

 private:
  Clock& clock_;
  std::optional<TaskGroup> tasks_;
  std::map<ConversationId, std::shared_ptr<TypedDesk>> desks_;  // answers are the other owners
  std::deque<ConversationId> made_;                             // in this order
};

}  // namespace antiphon
