#include "service/typed_history.h"

#include <algorithm>
#include <utility>

namespace antiphon {

std::int32_t next_ordinal(std::span<const Message> history) {
  return history.empty() ? 0 : history.back().ordinal + 1;
}

std::vector<LiveTurn> turns_of(std::span<const Message> history) {
  std::vector<LiveTurn> turns;
  for (const Message& message : history.last(std::min(history.size(), kContextTurnsMax))) {
    turns.push_back({message.ordinal, message.speaker, message.heard});
  }
  return turns;
}

std::vector<Message> messages_of(const std::vector<LiveTurn>& turns) {
  std::vector<Message> messages;
  for (const LiveTurn& turn : turns) {
    Message& message = messages.emplace_back();
    message.ordinal = turn.ordinal;
    message.speaker = turn.speaker;
    message.said = turn.text;
    message.heard = turn.text;
  }
  return messages;
}

bool continues(std::span<const Message> history, const std::vector<LiveTurn>& turns) {
  const std::int32_t next = next_ordinal(history);
  const auto newer =
      std::ranges::find_if(turns, [next](const LiveTurn& turn) { return turn.ordinal >= next; });
  return newer == turns.end() ? !turns.empty() : newer->ordinal == next;
}

void add_newer(std::vector<Message>& history, std::vector<Message> messages) {
  for (Message& message : messages) {
    if (message.ordinal >= next_ordinal(history)) history.push_back(std::move(message));
  }
}

}  // namespace antiphon
