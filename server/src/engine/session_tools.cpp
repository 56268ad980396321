// What a session does in the systems of its workspace: see engine/tool_desk.h.
#include "engine/session.h"

#include <utility>

namespace antiphon {

namespace {

// A language that nobody wrote fillers for has none: the wrong language is worse than silence.
std::vector<std::string> fillers_in(const std::string& language) {
  if (!language.starts_with("en")) return {};
  return {"One moment, please.", "This takes a little longer. I'm still on it."};
}

}  // namespace

void Session::make_tool_desk() {
  if (plan_.tools.empty() || services_.tools == nullptr) return;
  const Conversation& conversation = recorder_.conversation();
  tools_ = std::make_shared<ToolDesk>(
      tool_tasks_, services_.clock, *services_.tools,
      ToolDesk::Facts{conversation.workspace, conversation.id, conversation.agent,
                      plan_.knowledge_bases, plan_.tools, true,
                      fillers_in(plan_.configuration.language.value())});
  tools_->tell_to([this](std::string_view kind, const TextObject& shown, const TextObject& kept) {
    recorder_.event(kind, shown, kept);
  });
}

std::unique_ptr<ReplyStream> Session::think(ReplyRequest request, const ReplyPipeline& pipeline) {
  if (!tools_) return services_.language_model.reply(std::move(request));
  return tools_->answer(services_.language_model, std::move(request), pipeline.right());
}

}  // namespace antiphon
