// The tools of one conversation: an answer that asks for them gets them, and goes on with what came
// of it.
//
//   model asks ─▶ right? ─▶ checks ─▶ ToolRunner ─▶ outcome ─▶ model, in a new request of the same
//   answer
//
// Transactional: a tool runs for the generation that asked. One that was cancelled before the tool
// committed never happens; a tool that acts and has begun is let finish, its outcome is in the next
// request, and the same call is not made again until an answer was heard to its end.
// What another tool said is no reason to act: a tool that acts does not run in an answer that has
// been given a result before, so that a caller's turn stands between the two.
// Limits  kRoundsMax requests with results and kCallsMax calls an answer, kTimeMax of tools an
//         answer, kConversationCallsMax calls a conversation. At a limit the model is told, asked
//         once more without tools, and tool.failed says so.
// Errors  those of the model; a tool that fails is told to the model.
// Thread  the executor of its conversation. The owner keeps it until the group it was given has
//         joined.
#pragma once

#include "core/clock.h"
#include "core/task_group.h"
#include "engine/generation_right.h"
#include "engine/text_object.h"
#include "ports/language_model.h"
#include "ports/tool_runner.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

struct ToolRun;

class ToolDesk final : public std::enable_shared_from_this<ToolDesk> {
 public:
  static constexpr int kRoundsMax = 8;
  static constexpr int kCallsMax = 16;
  static constexpr int kConversationCallsMax = 200;
  static constexpr Duration kTimeMax = std::chrono::seconds(45);

  // `shown` may go to the caller's screen, `kept` only to the journal.
  using Tell =
      std::function<void(std::string_view kind, const TextObject& shown, const TextObject& kept)>;

  struct Facts {
    WorkspaceId workspace;
    ConversationId conversation;
    AgentId agent;
    std::vector<KnowledgeBaseId> knowledge_bases;
    std::vector<Tool> tools;
    bool speaks = false;  // the caller waits in silence: fillers are said
    // Of tools that have none of their own.
    std::vector<std::string> fillers = {};
  };

  // All borrowed.
  ToolDesk(TaskGroup& tasks, Clock& clock, ToolRunner& runner, Facts facts);
  ~ToolDesk();

  // Until it is told, nobody is told anything.
  void tell_to(Tell tell) { tell_ = std::move(tell); }
  // The answer to `request`, which gets the tools. What they did stands in `right` from then on.
  [[nodiscard]] std::unique_ptr<ReplyStream> answer(LanguageModel& model, ReplyRequest request,
                                                    std::shared_ptr<GenerationRight> right);
  // What was finished after the answer that asked for it had gone.
  [[nodiscard]] std::vector<ToolOutcome> take_late();
  [[nodiscard]] const Executor& executor() const { return tasks_.executor(); }
  // An answer was heard to its end: what it did may be asked for again.
  void settle();

 private:
  class Answer;
  using Run = std::shared_ptr<ToolRun>;

  // What an answer used up of its limits, and whether a result reached it.
  struct Spent {
    int rounds = 0;
    int calls = 0;
    Duration time{0};
    bool has_results = false;
  };

  static Task<> carry_out(std::shared_ptr<ToolDesk> self, Run run);
  [[nodiscard]] const Tool* find(std::string_view name) const;
  [[nodiscard]] Run begin(ToolCall call, GenerationId generation, GenerationRight& right,
                          const Spent& spent);
  [[nodiscard]] ToolAnswer refusal(const Tool* tool, const Spent& spent) const;
  void finish(ToolRun& run, ToolAnswer answer);
  void settle_one(const Run& run);
  void tell_end(const ToolRun& run) const;

  TaskGroup& tasks_;
  Clock& clock_;
  ToolRunner& runner_;
  Facts facts_;
  Tell tell_;
  int calls_ = 0;
  std::vector<Run> unsettled_;  // of tools that act, since an answer was last heard to its end
  std::vector<ToolOutcome> late_;
};

}  // namespace antiphon
