// Tools that do what a test says, and remember what they really did.
#pragma once

#include "core/clock.h"
#include "ports/tool_runner.h"

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace antiphon {

class ScriptedTools final : public ToolRunner {
 public:
  explicit ScriptedTools(Clock& clock) : clock_(clock) {}

  Task<Result<ToolAnswer>> run(ToolRequest request) override {
    asked.push_back(request.call);
    if (!co_await clock_.sleep_for(commit_after)) co_return gone();
    if (!request.ticket->commit()) {
      ++taken_back;
      co_return ToolAnswer{R"({"error":"taken back"})", ToolProblem::cancelled, "taken back", 0};
    }
    done.push_back(request.call);
    if (on_done) on_done(request.call);
    if (!co_await clock_.sleep_for(lasts)) co_return gone();
    co_return answer;
  }

  Duration commit_after{0};  // a secret is opened, a connection made
  Duration lasts{std::chrono::milliseconds(50)};
  ToolAnswer answer{R"({"result":"ten o'clock is free"})"};
  std::vector<ToolCall> asked;
  std::vector<ToolCall> done;  // committed
  int taken_back = 0;
  std::function<void(const ToolCall&)> on_done;

 private:
  static std::unexpected<Error> gone() {
    return failure(ErrorCode::cancelled, "nobody waits for the tool");
  }
  Clock& clock_;
};

// A tool of the configuration, described well enough for a model that is scripted too.
[[nodiscard]] inline Tool scripted_tool(const std::string& name, ToolEffect effect) {
  Tool tool;
  tool.name = name;
  tool.configuration.kind = ToolKind::http;
  tool.configuration.description = "Does something.";
  tool.configuration.effect = effect;
  return tool;
}

}  // namespace antiphon
