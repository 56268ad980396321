// The answer of a model that has tools: of engine/tool_desk.
//
// While a tool runs, next() waits for it, and gives a filler when the wait grows long.
// Thread  the executor of its conversation.
#pragma once

#include "engine/tool_desk.h"
#include "engine/tool_run.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

// What the model is told of a tool that was not done.
[[nodiscard]] ToolAnswer refused_tool(ToolProblem problem, std::string_view reason);
// A JSON Schema that every model takes.
[[nodiscard]] std::string parameters_of(const ToolConfiguration& configuration);

class ToolDesk::Answer final : public ReplyStream {
 public:
  Answer(std::shared_ptr<ToolDesk> desk, LanguageModel& model, ReplyRequest request,
         std::shared_ptr<GenerationRight> right);
  ~Answer() override;

  Task<Result<std::optional<ReplyChunk>>> next() override;

 private:
  Task<Result<std::optional<ReplyChunk>>> act();
  Task<> wait_for_run(std::optional<Timepoint> until);
  void begin_run();
  void take_run();
  void ask_again();
  [[nodiscard]] std::optional<Timepoint> filler_due() const;
  [[nodiscard]] const std::string* next_filler() const;

  std::shared_ptr<ToolDesk> desk_;  // shared with its tasks
  LanguageModel& model_;
  ReplyRequest request_;
  std::shared_ptr<GenerationRight> right_;  // the reply that is spoken is the other owner
  std::unique_ptr<ReplyStream> stream_;
  std::vector<ToolCall> asked_;  // of this round, those that are not answered yet
  Run run_;
  std::shared_ptr<Mailbox<char>> done_;  // of run_, which is the other owner
  Spent spent_;
  Timepoint round_began_{};
  Timepoint filled_{};
  std::size_t fillers_said_ = 0;
  bool acting_ = false;
  bool spoke_ = false;  // in this round
  bool has_new_results_ = false;
  bool is_last_round_ = false;
};

}  // namespace antiphon
