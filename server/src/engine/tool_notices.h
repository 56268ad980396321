// The events about what the agent does: one part of engine/event_notices.h.
#pragma once

#include "engine/event_kinds.h"
#include "engine/reply_notices.h"
#include "ports/tool_runner.h"

#include <boost/describe/class.hpp>

#include <string>
#include <string_view>

namespace antiphon {

struct ToolStartedNotice {
  static constexpr std::string_view kType = event_kind::kToolStarted;
  static constexpr FieldNote kNotes[] = {
      {"", "The agent does something in a system of its workspace."},
      {"call", "Which of the reply's calls, as the model named it."},
      {"tool", "The tool's name."}};
  NoticeTime at_ms;
  GenerationId generation;
  std::string call;
  std::string tool;
};
BOOST_DESCRIBE_STRUCT(ToolStartedNotice, (), (at_ms, generation, call, tool))

struct ToolFinishedNotice {
  static constexpr std::string_view kType = event_kind::kToolFinished;
  static constexpr FieldNote kNotes[] = {{"", "It was done; the reply goes on with the result."}};
  NoticeTime at_ms;
  GenerationId generation;
  std::string call;
  std::string tool;
  NoticeTime duration_ms;
};
BOOST_DESCRIBE_STRUCT(ToolFinishedNotice, (), (at_ms, generation, call, tool, duration_ms))

struct ToolFailedNotice {
  static constexpr std::string_view kType = event_kind::kToolFailed;
  static constexpr FieldNote kNotes[] = {{"", "It was not done; the reply goes on without it."},
                                         {"problem", "Why."}};
  NoticeTime at_ms;
  GenerationId generation;
  std::string call;
  std::string tool;
  NoticeTime duration_ms;
  ToolProblem problem = ToolProblem::none;
};
BOOST_DESCRIBE_STRUCT(ToolFailedNotice, (), (at_ms, generation, call, tool, duration_ms, problem))

}  // namespace antiphon
