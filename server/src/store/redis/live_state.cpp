#include "store/redis/live_state.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace antiphon::store {

namespace {

// Each a single command, so that nothing comes between its steps.
constexpr std::string_view kAppend =
    "redis.call('RPUSH', KEYS[1], unpack(ARGV, 3)) "
    "redis.call('LTRIM', KEYS[1], -tonumber(ARGV[1]), -1) "
    "return redis.call('PEXPIRE', KEYS[1], ARGV[2])";
// The member of another node goes: a conversation that moved is live once.
constexpr std::string_view kEnd =
    "for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do "
    "if string.sub(member, 1, #ARGV[1]) == ARGV[1] then redis.call('ZREM', KEYS[1], member) end "
    "end return 1";
constexpr std::string_view kMark =
    "redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1]) "
    "return redis.call('PEXPIRE', KEYS[1], ARGV[3])";
constexpr std::string_view kList =
    "redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[1]) "
    "return redis.call('ZRANGE', KEYS[1], 0, -1)";

std::string context_key(WorkspaceId workspace, ConversationId conversation) {
  return "antiphon:context:" + workspace.to_string() + ":" + conversation.to_string();
}

std::string live_key(WorkspaceId workspace) { return "antiphon:live:" + workspace.to_string(); }

template <class Span>
std::string count_of(Span span) {
  return std::to_string(std::chrono::milliseconds(span).count());
}

constexpr std::size_t kUuidLength = 36;

// "c12:What the caller said", "a13:What the agent said".
std::string item_of(const LiveTurn& turn) {
  const char speaker = turn.speaker == Speaker::caller ? 'c' : 'a';
  return speaker + std::to_string(turn.ordinal) + ':' + turn.text;
}

std::optional<LiveTurn> turn_of(std::string_view item) {
  if (!item.starts_with('c') && !item.starts_with('a')) return std::nullopt;
  LiveTurn turn;
  turn.speaker = item.front() == 'c' ? Speaker::caller : Speaker::agent;
  const char* const last = item.data() + item.size();
  const auto [end, error] = std::from_chars(item.data() + 1, last, turn.ordinal);
  if (error != std::errc{} || end == last || *end != ':') return std::nullopt;
  turn.text.assign(end + 1, last);
  return turn;
}

}  // namespace

RedisLiveState::RedisLiveState(RedisClient& redis, LiveState& fallback, Clock& clock, Log& log)
    : redis_(redis),
      fallback_(fallback),
      clock_(clock),
      log_(log),
      append_{std::string(kAppend), {}},
      mark_{std::string(kMark), {}},
      end_{std::string(kEnd), {}},
      list_{std::string(kList), {}} {}

Task<> RedisLiveState::append_context(WorkspaceId workspace, ConversationId conversation,
                                      std::vector<LiveTurn> turns) {
  if (turns.empty()) co_return;
  std::vector<std::string> arguments{std::to_string(kContextTurnsMax), count_of(kContextLifetime)};
  for (const LiveTurn& turn : turns)
    arguments.push_back(item_of(turn));
  co_await fallback_.append_context(workspace, conversation, std::move(turns));
  note(co_await redis_.run_script(append_, {context_key(workspace, conversation)},
                                  std::move(arguments)));
}

Task<std::vector<LiveTurn>> RedisLiveState::context(WorkspaceId workspace,
                                                    ConversationId conversation) {
  auto reply = co_await redis_.command({"LRANGE", context_key(workspace, conversation), "0", "-1"});
  note(reply);
  if (!reply) co_return co_await fallback_.context(workspace, conversation);
  std::vector<LiveTurn> turns;
  for (const RedisReply& item : reply->items) {
    if (auto turn = turn_of(item.text)) turns.push_back(std::move(*turn));
  }
  co_return turns;
}

Task<> RedisLiveState::forget_context(WorkspaceId workspace, ConversationId conversation) {
  co_await fallback_.forget_context(workspace, conversation);
  note(co_await redis_.command({"DEL", context_key(workspace, conversation)}));
}

Task<> RedisLiveState::mark_live(LiveConversation live) {
  const std::string member = live.conversation.to_string() + "/" + live.node;
  const std::string key = live_key(live.workspace);
  co_await fallback_.mark_live(std::move(live));
  note(co_await redis_.run_script(mark_, {key},
                                  {member, milliseconds_now(), count_of(kLiveLifetime)}));
}

Task<> RedisLiveState::mark_ended(WorkspaceId workspace, ConversationId conversation) {
  co_await fallback_.mark_ended(workspace, conversation);
  note(co_await redis_.run_script(end_, {live_key(workspace)}, {conversation.to_string() + "/"}));
}

Task<std::vector<LiveConversation>> RedisLiveState::list_live(WorkspaceId workspace) {
  const auto oldest = std::chrono::duration_cast<std::chrono::milliseconds>(
      (clock_.wall() - kLiveLifetime).time_since_epoch());
  auto reply = co_await redis_.run_script(list_, {live_key(workspace)}, {count_of(oldest)});
  note(reply);
  if (!reply) co_return co_await fallback_.list_live(workspace);
  std::vector<LiveConversation> found;
  for (const RedisReply& item : reply->items) {
    const auto id = Uuid::parse(std::string_view(item.text).substr(0, kUuidLength));
    if (!id || item.text.size() <= kUuidLength) continue;
    found.push_back({ConversationId(*id), workspace, item.text.substr(kUuidLength + 1)});
  }
  std::ranges::sort(found, {}, &LiveConversation::conversation);
  co_return found;
}

void RedisLiveState::note(const Result<RedisReply>& reply) {
  if (!reply && reply.error().code == ErrorCode::cancelled) return;
  if (!reply && !degraded_) {
    log_.warning("live_state.degraded", {{"error", reply.error()}});
  } else if (reply && degraded_) {
    log_.info("live_state.shared_again");
  }
  degraded_ = !reply.has_value();
}

std::string RedisLiveState::milliseconds_now() const {
  return count_of(
      std::chrono::duration_cast<std::chrono::milliseconds>(clock_.wall().time_since_epoch()));
}

}  // namespace antiphon::store
