#include "service/live_feed.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace antiphon {

bool LiveFilter::takes(const LiveEvent& event) const {
  // Whatever this server publishes begins with its type.
  if (!jobs && event.event.starts_with(R"({"type":"job.)")) return false;
  return (!agent || *agent == event.agent) &&
         (!conversation || *conversation == event.conversation);
}

std::optional<LiveEventId> LiveEventId::parse(std::string_view text) {
  LiveEventId id;
  const auto dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto read = [](std::string_view digits, std::uint64_t& into) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), into);
    return error == std::errc{} && end == digits.data() + digits.size();
  };
  if (!read(text.substr(0, dash), id.milliseconds) || !read(text.substr(dash + 1), id.count)) {
    return std::nullopt;
  }
  return id;
}

std::string LiveEventId::to_string() const {
  return std::to_string(milliseconds) + '-' + std::to_string(count);
}

LiveFeed::Watch::Watch(LiveFeed& feed, WorkspaceId workspace, LiveFilter filter, Show show)
    : feed_(feed), workspace_(workspace), filter_(filter), show_(std::move(show)) {
  auto& watches = feed_.watches_[workspace_];
  place_ = watches.insert(watches.end(), this);
  feed_.watchers_.add(1);
}

LiveFeed::Watch::~Watch() {
  const auto found = feed_.watches_.find(workspace_);
  found->second.erase(place_);
  if (found->second.empty()) feed_.watches_.erase(found);
  feed_.watchers_.add(-1);
}

LiveFeed::LiveFeed(Executor executor, Clock& clock, Log& log, Metrics& metrics, EventBus* bus)
    : clock_(clock),
      log_(log),
      bus_(bus),
      dropped_(metrics.counter("live_events_dropped_total",
                               "Live events that nobody was shown: too many waited.")),
      watchers_(metrics.gauge("live_listeners", "Who listens to live events here.")),
      waiting_(executor, kWaitingMax, WhenFull::drop_oldest),
      began_(clock.wall()),
      tasks_(executor) {}

LiveFeed::~LiveFeed() = default;

void LiveFeed::start() {
  if (bus_ != nullptr) {
    bus_->listen([this](std::optional<LiveEvent> event) { receive(std::move(event)); });
  }
  tasks_.spawn(carry());
}

Task<> LiveFeed::stop() {
  tasks_.cancel();
  co_await tasks_.join();
}

void LiveFeed::publish(LiveEvent event) { waiting_.push(std::move(event)); }

std::unique_ptr<LiveFeed::Watch> LiveFeed::watch(WorkspaceId workspace, LiveFilter filter,
                                                 Show show) {
  return std::make_unique<Watch>(*this, workspace, filter, std::move(show));
}

void LiveFeed::receive(std::optional<LiveEvent> event) {
  if (!event) {
    if (!std::exchange(is_catching_up_, true)) tasks_.spawn(catch_up());
  } else if (!is_catching_up_) {
    show(std::move(*event));
  } else if (meanwhile_.size() < kWaitingMax) {
    meanwhile_.push_back(std::move(*event));
  } else {
    dropped_.add();
  }
}

Task<> LiveFeed::carry() {
  std::uint64_t dropped = 0;
  while (auto event = co_await waiting_.receive()) {
    const auto lost = waiting_.dropped();
    dropped_.add(lost - std::exchange(dropped, lost));
    if (bus_ == nullptr) {
      show_alone(std::move(*event));
      continue;
    }
    LiveEvent copy = *event;
    const auto sent = co_await bus_->publish(std::move(copy));
    if (!sent && sent.error().code == ErrorCode::cancelled) co_return;
    if (sent.has_value() == is_degraded_) {
      is_degraded_ = !sent;
      if (sent) {
        log_.info("live.shared_again");
      } else {
        log_.warning("live.alone", {{"error", sent.error()}});
      }
    }
    if (!sent) show_alone(std::move(*event));
  }
}

// Messages of the bus were lost on the way, so what is shown here is completed from its memory.
Task<> LiveFeed::catch_up() {
  std::vector<std::pair<WorkspaceId, std::string>> from;
  for (const auto& [workspace, watches] : watches_)
    from.emplace_back(workspace, latest(workspace));
  for (auto& [workspace, after] : from) {
    auto missed = co_await bus_->history(workspace, std::move(after));
    if (!missed) break;  // away again; its return calls us again
    for (LiveEvent& event : missed->events)
      show(std::move(event));
  }
  is_catching_up_ = false;
  for (LiveEvent& event : std::exchange(meanwhile_, {}))
    show(std::move(event));
}

void LiveFeed::show_alone(LiveEvent event) {
  const auto since = clock_.wall().time_since_epoch();
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
  const LiveEventId latest = workspace_of(event.workspace).latest;
  LiveEventId id{static_cast<std::uint64_t>(now), 0};
  if (id <= latest) id = {latest.milliseconds, latest.count + 1};
  event.id = id.to_string();
  show(std::move(event));
}

void LiveFeed::show(LiveEvent event) {
  const auto id = LiveEventId::parse(event.id);
  Workspace& workspace = workspace_of(event.workspace);
  if (!id || *id <= workspace.latest) return;  // shown before
  workspace.latest = *id;
  workspace.used = ++shown_;
  const auto shared = std::make_shared<const LiveEvent>(std::move(event));
  workspace.recent.push_back(shared);
  if (workspace.recent.size() > kEventHistoryMax) {
    workspace.recent.pop_front();
    workspace.is_trimmed = true;
  }
  const auto watches = watches_.find(shared->workspace);
  if (watches == watches_.end()) return;
  for (Watch* const watch : watches->second) {
    if (watch->filter_.takes(*shared)) watch->show_(*shared);
  }
}

LiveFeed::Workspace& LiveFeed::workspace_of(const WorkspaceId& id) {
  const auto found = workspaces_.find(id);
  if (found != workspaces_.end()) return found->second;
  if (workspaces_.size() >= kWorkspacesMax) {
    has_forgotten_ = true;
    workspaces_.erase(std::ranges::min_element(
        workspaces_, {}, [](const auto& entry) { return entry.second.used; }));
  }
  return workspaces_[id];
}

std::string LiveFeed::latest(WorkspaceId workspace) const {
  const auto found = workspaces_.find(workspace);
  if (found != workspaces_.end()) return found->second.latest.to_string();
  return beginning().to_string();
}

// Before the first event that this process can show; the bus's clock may be behind ours.
LiveEventId LiveFeed::beginning() const {
  const auto margin =
      bus_ != nullptr ? std::chrono::milliseconds(60'000) : std::chrono::milliseconds(1);
  const auto then = began_.time_since_epoch() - margin;
  const auto count = std::chrono::duration_cast<std::chrono::milliseconds>(then).count();
  return {static_cast<std::uint64_t>(std::max<std::int64_t>(count, 0)), 0};
}

Task<EventHistory> LiveFeed::history(WorkspaceId workspace, std::string after) {
  const auto id = LiveEventId::parse(after).value_or(LiveEventId{});
  if (bus_ != nullptr) {
    auto shared = co_await bus_->history(workspace, std::move(after));
    if (shared) co_return std::move(*shared);
  }
  co_return own_history(workspace, id);
}

EventHistory LiveFeed::own_history(const WorkspaceId& workspace, const LiveEventId& after) const {
  EventHistory history;
  const auto found = workspaces_.find(workspace);
  const bool is_ours = bus_ == nullptr && after >= beginning() && !has_forgotten_;
  if (found == workspaces_.end()) {
    history.is_complete = is_ours;
    return history;
  }
  history.is_complete = is_ours && !found->second.is_trimmed;
  for (const auto& event : found->second.recent) {
    const auto id = LiveEventId::parse(event->id).value_or(LiveEventId{});
    // Who finds the very event that was seen last knows that nothing is missing.
    if (id == after) history.is_complete = true;
    if (id > after) history.events.push_back(*event);
  }
  return history;
}

}  // namespace antiphon
