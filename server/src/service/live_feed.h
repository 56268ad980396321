// Who watches which workspace, and what they are shown.
//
//   feed.publish(event);                                   // any thread
//   auto watch = feed.watch(workspace, {.agent = id}, [&](const LiveEvent& e) { ... });
//   auto missed = co_await feed.history(workspace, after);
//
// With a bus an event goes out and comes back before anybody sees it, so that every server shows
// the same order and the same ids; while the bus is away it is shown here at once, and logged.
// Limits  kWaitingMax events wait to be sent: beyond that the oldest goes, counted in
//         live_events_dropped_total. History in this process: kEventHistoryMax events of a
//         workspace, kWorkspacesMax workspaces (the one that was quiet longest is forgotten).
// Thread  publish(): any. All else: the executor.
#pragma once

#include "core/clock.h"
#include "core/log.h"
#include "core/mailbox.h"
#include "core/metrics.h"
#include "core/task_group.h"
#include "ports/event_bus.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace antiphon {

struct LiveFilter {
  std::optional<AgentId> agent;
  std::optional<ConversationId> conversation;
  bool jobs = true;  // false for who may not see jobs: events of the types job.*

  [[nodiscard]] bool takes(const LiveEvent& event) const;
};

// Orders "1767603600000-0". Nothing: the text is no id.
struct LiveEventId {
  std::uint64_t milliseconds = 0;
  std::uint64_t count = 0;
  auto operator<=>(const LiveEventId&) const = default;
  [[nodiscard]] static std::optional<LiveEventId> parse(std::string_view text);
  [[nodiscard]] std::string to_string() const;
};

class LiveFeed {
 public:
  static constexpr std::size_t kWaitingMax = 10'000;
  static constexpr std::size_t kWorkspacesMax = 1'000;
  using Show = std::function<void(const LiveEvent& event)>;

  // `bus` may be null: then this process is alone.
  LiveFeed(Executor executor, Clock& clock, Log& log, Metrics& metrics, EventBus* bus);
  LiveFeed(const LiveFeed&) = delete;
  LiveFeed& operator=(const LiveFeed&) = delete;
  ~LiveFeed();

  void start();
  Task<> stop();

  void publish(LiveEvent event);

  // Ends with the value. `show` must not call the feed.
  class Watch;
  [[nodiscard]] std::unique_ptr<Watch> watch(WorkspaceId workspace, LiveFilter filter, Show show);
  // What came after that id, from the bus or, while it is away, from this process.
  Task<EventHistory> history(WorkspaceId workspace, std::string after);
  // The latest id shown in that workspace, or one that is older than any event to come.
  [[nodiscard]] std::string latest(WorkspaceId workspace) const;

 private:
  struct Workspace {
    std::deque<std::shared_ptr<const LiveEvent>> recent;
    LiveEventId latest;
    bool is_trimmed = false;
    std::uint64_t used = 0;  // when, in events shown
  };

  Task<> carry();
  void receive(std::optional<LiveEvent> event);
  Task<> catch_up();
  void show(LiveEvent event);
  [[nodiscard]] LiveEventId beginning() const;
  void show_alone(LiveEvent event);
  Workspace& workspace_of(const WorkspaceId& id);
  [[nodiscard]] EventHistory own_history(const WorkspaceId& workspace,
                                         const LiveEventId& after) const;

  Clock& clock_;
  Log& log_;
  EventBus* bus_;
  Counter& dropped_;
  Gauge& watchers_;
  Mailbox<LiveEvent> waiting_;
  std::map<WorkspaceId, Workspace> workspaces_;
  std::map<WorkspaceId, std::list<Watch*>> watches_;
  std::uint64_t shown_ = 0;
  bool is_catching_up_ = false;
  std::deque<LiveEvent> meanwhile_;  // came while catching up
  const WallTime began_;
  bool has_forgotten_ = false;  // a workspace
  bool is_degraded_ = false;
  TaskGroup tasks_;
};

class LiveFeed::Watch {
 public:
  Watch(LiveFeed& feed, WorkspaceId workspace, LiveFilter filter, Show show);
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch();

 private:
  friend class LiveFeed;
  LiveFeed& feed_;
  WorkspaceId workspace_;
  LiveFilter filter_;
  Show show_;
  std::list<Watch*>::iterator place_;
};

}  // namespace antiphon
