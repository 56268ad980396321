// What was written in a typed conversation, between the store's messages and the turns that servers
// share while it goes on.
//
// Ordinals tell which turns are new and whether some are missing; what is shared holds the last
// kContextTurnsMax only.
#pragma once

#include "domain/conversation.h"
#include "ports/live_state.h"

#include <cstdint>
#include <span>
#include <vector>

namespace antiphon {

[[nodiscard]] std::int32_t next_ordinal(std::span<const Message> history);
[[nodiscard]] std::vector<LiveTurn> turns_of(std::span<const Message> history);
[[nodiscard]] std::vector<Message> messages_of(const std::vector<LiveTurn>& turns);
// Whether `turns` says everything that came after `history`: known, and without a gap before it.
[[nodiscard]] bool continues(std::span<const Message> history, const std::vector<LiveTurn>& turns);
// Adds the messages that come after `history`.
void add_newer(std::vector<Message>& history, std::vector<Message> messages);

}  // namespace antiphon
