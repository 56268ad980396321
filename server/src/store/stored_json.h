// The parts of rows that are kept as jsonb.
//
// Errors  read_*: corrupt, when the database holds what this program did not write and cannot
//         understand. Fields that a newer version added are ignored; those that an older one lacked
//         keep their defaults.
#pragma once

#include "core/result.h"
#include "domain/agent.h"
#include "domain/conversation.h"
#include "domain/recording.h"
#include "domain/tool.h"
#include "domain/widget.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon::store {

[[nodiscard]] std::string write_configuration(const AgentConfiguration& configuration);
[[nodiscard]] Result<AgentConfiguration> read_configuration(std::string_view json);

[[nodiscard]] std::string write_widget_settings(const WidgetSettings& settings);
[[nodiscard]] Result<WidgetSettings> read_widget_settings(std::string_view json);
[[nodiscard]] std::string write_tool(const ToolConfiguration& configuration);
[[nodiscard]] Result<ToolConfiguration> read_tool(std::string_view json);
[[nodiscard]] std::string write_tools(const std::vector<Tool>& tools);
[[nodiscard]] Result<std::vector<Tool>> read_tools(std::string_view json);

// Arrays of rows, for jsonb_to_recordset.
[[nodiscard]] std::string write_messages(std::span<const Message> messages);
[[nodiscard]] std::string write_events(std::span<const ConversationEvent> events);

[[nodiscard]] std::string write_pauses(std::span<const RecordingPause> pauses);
[[nodiscard]] Result<std::vector<RecordingPause>> read_pauses(std::string_view json);

[[nodiscard]] Result<std::optional<ReplyLatency>> read_latency(std::string_view json);
[[nodiscard]] Result<std::vector<Citation>> read_citations(std::string_view json);

// What PostgreSQL's text can hold: UTF-8 without NUL; anything else becomes U+FFFD.
[[nodiscard]] std::string storable(std::string_view text);

}  // namespace antiphon::store
