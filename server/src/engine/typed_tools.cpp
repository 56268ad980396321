#include "engine/typed_tools.h"

#include <iterator>
#include <utility>

namespace antiphon {

void TypedDesk::remember(std::vector<ToolOutcome> done) {
  outcomes.insert(outcomes.end(), std::make_move_iterator(done.begin()),
                  std::make_move_iterator(done.end()));
  if (outcomes.size() <= kOutcomesMax) return;
  outcomes.erase(outcomes.begin(), outcomes.end() - static_cast<std::ptrdiff_t>(kOutcomesMax));
}

std::shared_ptr<TypedDesk> TypedTools::of(const SessionPlan& plan, ToolRunner* runner,
                                          const Executor& here) {
  if (plan.tools.empty() || runner == nullptr) return nullptr;
  const Conversation& conversation = plan.conversation;
  if (const auto known = desks_.find(conversation.id); known != desks_.end()) return known->second;
  if (!tasks_) tasks_.emplace(here);
  if (made_.size() == kConversationsMax) {
    desks_.erase(made_.front());
    made_.pop_front();
  }
  auto typed = std::make_shared<TypedDesk>();
  typed->desk = std::make_shared<ToolDesk>(
      *tasks_, clock_, *runner,
      ToolDesk::Facts{conversation.workspace, conversation.id, conversation.agent,
                      plan.knowledge_bases, plan.tools});
  made_.push_back(conversation.id);
  return desks_.emplace(conversation.id, std::move(typed)).first->second;
}

Task<> TypedTools::stop() {
  if (!tasks_) co_return;
  tasks_->cancel();
  co_await tasks_->join();
}

}  // namespace antiphon
