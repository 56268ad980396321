#include "store/redis/event_stream.h"

#include <optional>
#include <string_view>
#include <utility>

namespace antiphon::store {

namespace {

constexpr std::string_view kChannel = "antiphon:events";
constexpr std::string_view kLifetime = "86400000";
// Written and told in one step, so that everybody is told in the order of the stream.
constexpr std::string_view kPublish =
    "local id = redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 'e', ARGV[4]) "
    "redis.call('PEXPIRE', KEYS[1], ARGV[2]) "
    "redis.call('PUBLISH', KEYS[2], ARGV[3] .. '/' .. id .. '/' .. ARGV[4]) "
    "return id";

std::string key_of(const WorkspaceId& workspace) {
  return "antiphon:events:" + workspace.to_string();
}

std::string take_part(std::string_view& rest) {
  const auto slash = rest.find('/');
  std::string part(rest.substr(0, slash));
  rest = slash == std::string_view::npos ? std::string_view{} : rest.substr(slash + 1);
  return part;
}

// "<conversation>/<agent>/<event>"
std::optional<LiveEvent> event_of(WorkspaceId workspace, std::string id, std::string_view rest) {
  const auto conversation = Uuid::parse(take_part(rest));
  const auto agent = Uuid::parse(take_part(rest));
  if (!conversation || !agent || !rest.starts_with('{')) return std::nullopt;
  return LiveEvent{std::move(id), workspace, ConversationId(*conversation), AgentId(*agent),
                   std::string(rest)};
}

std::optional<LiveEvent> told(std::string_view payload) {
  const auto workspace = Uuid::parse(take_part(payload));
  std::string id = take_part(payload);
  if (!workspace) return std::nullopt;
  return event_of(WorkspaceId(*workspace), std::move(id), payload);
}

}  // namespace

RedisEventBus::RedisEventBus(RedisClient& redis)
    : redis_(redis), publish_{.source = std::string(kPublish)} {}

void RedisEventBus::listen(OnEvent on_event) {
  redis_.subscribe(std::string(kChannel),
                   [on_event = std::move(on_event)](std::optional<std::string_view> payload) {
                     if (!payload) return on_event(std::nullopt);
                     if (auto event = told(*payload)) on_event(std::move(event));
                   });
}

Task<Result<>> RedisEventBus::publish(LiveEvent event) {
  const std::string entry =
      event.conversation.to_string() + '/' + event.agent.to_string() + '/' + event.event;
  const auto reply =
      co_await redis_.run_script(publish_, {key_of(event.workspace), std::string(kChannel)},
                                 {std::to_string(kEventHistoryMax), std::string(kLifetime),
                                  event.workspace.to_string(), entry});
  if (!reply) co_return std::unexpected(reply.error());
  co_return Result<>{};
}

Task<Result<EventHistory>> RedisEventBus::history(WorkspaceId workspace, std::string after) {
  const std::string key = key_of(workspace);
  // Redis keeps whole nodes of 100 entries, so a stream of this length may already be trimmed.
  const auto known = co_await redis_.command({"XRANGE", key, after, after});
  if (!known) co_return std::unexpected(known.error());
  const auto length = co_await redis_.command({"XLEN", key});
  if (!length) co_return std::unexpected(length.error());
  auto found = co_await redis_.command({"XRANGE", key, "(" + after, "+"});
  if (!found) co_return std::unexpected(found.error());
  EventHistory history;
  // The event that was seen last is still there, or nothing was ever taken away.
  history.is_complete =
      !known->items.empty() ||
      (length->number > 0 && length->number < static_cast<std::int64_t>(kEventHistoryMax));
  for (RedisReply& item : found->items) {
    if (item.items.size() != 2 || item.items[1].items.size() != 2) continue;
    auto event = event_of(workspace, std::move(item.items[0].text), item.items[1].items[1].text);
    if (event) history.events.push_back(std::move(*event));
  }
  co_return history;
}

}  // namespace antiphon::store
