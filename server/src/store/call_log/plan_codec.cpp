// SessionPlan as JSON. The configuration stands in it as text of its own, in the form that
// store/stored_json.h reads.
#include "json/codec.h"
#include "json/json.h"
#include "json/value.h"
#include "store/call_log/call_log_file.h"
#include "store/stored_json.h"

#include <boost/describe/class.hpp>

namespace antiphon {

struct StoredPlan {
  ConversationId conversation;
  WorkspaceId workspace;
  AgentId agent;
  std::optional<AgentVersionId> agent_version;
  Channel channel = Channel::api;
  std::string metadata;
  std::int64_t started_at_ns = 0;
  std::string configuration;
  std::vector<KnowledgeBaseId> knowledge_bases;
  std::string tools = "[]";
  std::optional<TurnProfile> opening_profile;
  ExpectedValue opening_value = ExpectedValue::none;
  std::int32_t opening_length_min = 0;
  std::int32_t opening_length_max = 0;
  static constexpr std::string_view kOptionalFields[] = {"agent_version", "opening_profile",
                                                         "tools"};
};
BOOST_DESCRIBE_STRUCT(StoredPlan, (),
                      (conversation, workspace, agent, agent_version, channel, metadata,
                       started_at_ns, configuration, knowledge_bases, tools, opening_profile,
                       opening_value, opening_length_min, opening_length_max))

std::string write_plan(const SessionPlan& plan) {
  StoredPlan stored;
  stored.conversation = plan.conversation.id;
  stored.workspace = plan.conversation.workspace;
  stored.agent = plan.conversation.agent;
  stored.agent_version = plan.conversation.agent_version;
  stored.channel = plan.conversation.channel;
  stored.metadata = plan.conversation.metadata;
  stored.started_at_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(
                             plan.conversation.started_at.time_since_epoch())
                             .count();
  stored.configuration = store::write_configuration(plan.configuration);
  stored.knowledge_bases = plan.knowledge_bases;
  stored.tools = store::write_tools(plan.tools);
  stored.opening_profile = plan.opening.profile;
  stored.opening_value = plan.opening.expected.value;
  stored.opening_length_min = plan.opening.expected.length_min;
  stored.opening_length_max = plan.opening.expected.length_max;
  return to_json(stored);
}

Result<SessionPlan> read_plan(std::string_view json) {
  auto stored = from_json<StoredPlan>(json, UnknownFields::ignore);
  if (!stored) return failure(ErrorCode::corrupt, "the log's plan of the call cannot be read");
  auto configuration = store::read_configuration(stored->configuration);
  if (!configuration) return std::unexpected(std::move(configuration.error()));
  auto tools = store::read_tools(stored->tools);
  if (!tools) return std::unexpected(std::move(tools.error()));
  SessionPlan plan;
  plan.tools = std::move(*tools);
  plan.conversation.id = stored->conversation;
  plan.conversation.workspace = stored->workspace;
  plan.conversation.agent = stored->agent;
  plan.conversation.agent_version = stored->agent_version;
  plan.conversation.channel = stored->channel;
  plan.conversation.metadata = std::move(stored->metadata);
  plan.conversation.started_at = WallTime(std::chrono::duration_cast<WallTime::duration>(
      std::chrono::nanoseconds(stored->started_at_ns)));
  plan.configuration = std::move(*configuration);
  plan.knowledge_bases = std::move(stored->knowledge_bases);
  plan.opening.profile = stored->opening_profile;
  plan.opening.expected.value = stored->opening_value;
  plan.opening.expected.length_min = static_cast<std::uint8_t>(stored->opening_length_min);
  plan.opening.expected.length_max = static_cast<std::uint8_t>(stored->opening_length_max);
  return plan;
}

}  // namespace antiphon
