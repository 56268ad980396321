#include "service/conversation_seals.h"

#include <utility>

namespace antiphon {

Task<Result<>> ConversationSeals::begin(Conversation conversation, bool is_recorded) {
  if (!is_recorded) co_return Result<>{};
  const auto prepared = co_await keys_.prepare(conversation.workspace);
  // wrong_state: the server has no master key and seals nothing.
  if (!prepared && prepared.error().code != ErrorCode::wrong_state) {
    log_.warning("sealing.not_prepared",
                 {{"conversation", conversation.id.to_string()}, {"error", prepared.error()}});
  }
  co_return Result<>{};
}

}  // namespace antiphon
