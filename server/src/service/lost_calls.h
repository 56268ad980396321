// Ends the calls that a killed server left active, once nobody runs them any more.
//
// A call is lost when the store says that it is active, no server marks it as live, and both stayed
// true for kLiveLifetime beyond the end of its mark. While the shared state is away nothing is
// lost: the count begins anew when it is back, and every server has the time to mark its calls.
// Any number of servers may look; the first end that is recorded counts.
// Limits  reads every active call of the store that began more than kLiveLifetime ago, every
//         kLookEvery.
// Errors  none; what cannot be read is looked at again.
// Thread  the executor of the state and the journal's caller.
#pragma once

#include "core/clock.h"
#include "core/log.h"
#include "core/result.h"
#include "core/task.h"
#include "domain/conversation.h"
#include "ports/conversation_journal.h"
#include "ports/live_state.h"

#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace antiphon {

// A server that was killed could not say how its call ended.
[[nodiscard]] JournalEntry lost_call_entry(const Conversation& call);

class LostCalls {
 public:
  static constexpr std::chrono::seconds kLookEvery{15};
  // The spoken conversations of all workspaces that count as active and began before a time, each
  // with `ended_at` at the last thing that is stored of it.
  using FindUnfinished = std::function<Task<Result<std::vector<Conversation>>>(WallTime before)>;

  struct Parts {
    FindUnfinished unfinished;
    LiveState& live;  // shared by every server that uses the store
    ConversationJournal& journal;
    Clock& clock;
    Log& log;
    std::function<bool(ConversationId)> runs_here = {};
  };

  explicit LostCalls(Parts parts) : parts_(std::move(parts)) {}

  // Looks again and again until it is cancelled.
  Task<> watch();
  Task<> look();

 private:
  // Nothing when the shared state is away: what this process alone knows says nothing about others.
  Task<std::optional<std::vector<Conversation>>> without_server(
      std::vector<Conversation> unfinished);

  Parts parts_;
  std::map<ConversationId, Timepoint> missed_since_;
};

}  // namespace antiphon
