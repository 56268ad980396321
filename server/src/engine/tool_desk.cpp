#include "engine/tool_desk.h"

#include "core/utf8.h"
#include "engine/event_kinds.h"
#include "engine/tool_answer.h"
#include "engine/tool_run.h"

#include <boost/describe/enum_to_string.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace antiphon {

namespace {

constexpr std::size_t kKeptCharactersMax = 1'200;  // an event has 8 kB in the API
constexpr std::size_t kLateMax = 16;

// The same call, whatever spaces the model put between its parts.
std::string without_spaces(std::string_view json) {
  std::string text;
  bool quoted = false;
  bool escaped = false;
  for (const char c : json) {
    if (!quoted && (c == ' ' || c == '\n' || c == '\t' || c == '\r')) continue;
    if (c == '"' && !escaped) quoted = !quoted;
    escaped = quoted && c == '\\' && !escaped;
    text += c;
  }
  return text;
}

bool is_same(const ToolCall& one, const ToolCall& other) {
  return one.name == other.name && without_spaces(one.arguments) == without_spaces(other.arguments);
}

Task<> until_recalled(std::shared_ptr<ToolRun> run) {
  const auto recalled = co_await run->recalled.receive();
  static_cast<void>(recalled);
}

TextObject shown_of(const ToolRun& run) {
  TextObject shown;
  shown.add("generation", run.generation.to_string())
      .add("call", run.call.id)
      .add("tool", run.call.name);
  return shown;
}

std::string_view kept_of(const std::string& text) { return utf8_prefix(text, kKeptCharactersMax); }

}  // namespace

ToolDesk::ToolDesk(TaskGroup& tasks, Clock& clock, ToolRunner& runner, Facts facts)
    : tasks_(tasks), clock_(clock), runner_(runner), facts_(std::move(facts)) {}

ToolDesk::~ToolDesk() = default;

std::unique_ptr<ReplyStream> ToolDesk::answer(LanguageModel& model, ReplyRequest request,
                                              std::shared_ptr<GenerationRight> right) {
  for (const Tool& tool : facts_.tools) {
    request.tools.push_back(
        {tool.name, tool.configuration.description.value(), parameters_of(tool.configuration)});
  }
  return std::make_unique<Answer>(shared_from_this(), model, std::move(request), std::move(right));
}

std::vector<ToolOutcome> ToolDesk::take_late() { return std::exchange(late_, {}); }

void ToolDesk::settle() {
  std::erase_if(unsettled_, [](const Run& run) { return run->answer.has_value(); });
}

const Tool* ToolDesk::find(std::string_view name) const {
  const auto found = std::ranges::find(facts_.tools, name, &Tool::name);
  return found == facts_.tools.end() ? nullptr : &*found;
}

ToolAnswer ToolDesk::refusal(const Tool* tool, const Spent& spent) const {
  if (tool == nullptr) {
    return refused_tool(ToolProblem::unknown_tool, "the agent has no tool of that name");
  }
  if (spent.rounds >= kRoundsMax || spent.calls >= kCallsMax || spent.time >= kTimeMax ||
      calls_ >= kConversationCallsMax) {
    return refused_tool(ToolProblem::limit,
                        "no more tools in this answer; answer with what there is");
  }
  if (spent.has_results && tool->configuration.effect == ToolEffect::acts) {
    return refused_tool(ToolProblem::not_confirmed,
                        "it was not done: say what you are about to do, ask the caller whether "
                        "that is right, and call it in the answer to their yes");
  }
  return {};
}

ToolDesk::Run ToolDesk::begin(ToolCall call, GenerationId generation, GenerationRight& right,
                              const Spent& spent) {
  const auto known = std::ranges::find_if(
      unsettled_, [&call](const Run& run) { return is_same(run->call, call); });
  // Done already, or being done: never twice.
  if (known != unsettled_.end()) return *known;
  auto run =
      std::make_shared<ToolRun>(std::move(call), generation, clock_.now(), tasks_.executor());
  run->tool = find(run->call.name);
  if (auto refused = refusal(run->tool, spent); refused.problem != ToolProblem::none) {
    finish(*run, std::move(refused));
    return run;
  }
  ++calls_;
  const auto timeout = std::chrono::milliseconds(run->tool->configuration.timeout_ms.value());
  run->deadline = run->began + std::min<Duration>(timeout, kTimeMax - spent.time);
  if (run->acts()) unsettled_.push_back(run);
  right.use(run->ticket);
  if (tell_) {
    tell_(event_kind::kToolStarted, shown_of(*run),
          TextObject().add("arguments", kept_of(run->call.arguments)));
  }
  tasks_.spawn(carry_out(shared_from_this(), run));
  return run;
}

Task<> ToolDesk::carry_out(std::shared_ptr<ToolDesk> self, Run run) {
  const Facts& facts = self->facts_;
  ToolRequest request{facts.workspace, facts.conversation, facts.agent, facts.knowledge_bases,
                      *run->tool,      run->call,          run->ticket};
  std::optional<Result<ToolAnswer>> answer;
  auto work = with_deadline(self->clock_, run->deadline, self->runner_.run(std::move(request)));
  const bool in_time = co_await detail::wait_first(detail::store_result(std::move(work), answer),
                                                   until_recalled(run));
  static_cast<void>(in_time);
  if (answer && *answer) {
    self->finish(*run, std::move(**answer));
  } else if (answer && answer->error().code == ErrorCode::timeout) {
    self->finish(*run, refused_tool(ToolProblem::timeout,
                                    "it did not answer in time; nobody knows whether it was done"));
  } else {
    self->finish(*run, refused_tool(ToolProblem::cancelled,
                                    "it was cut off; nobody knows whether it was done"));
  }
  self->settle_one(run);
}

void ToolDesk::finish(ToolRun& run, ToolAnswer answer) {
  run.answer = std::move(answer);
  tell_end(run);
  for (const auto& waiting : run.waiting)
    waiting->close();
  run.waiting.clear();
}

// What was certainly not done may be asked for again. What was done for an answer that has gone is
// news for the next one.
void ToolDesk::settle_one(const Run& run) {
  const ToolProblem problem = run->answer->problem;
  const bool was_not_done = problem == ToolProblem::cancelled ||
                            problem == ToolProblem::bad_arguments ||
                            problem == ToolProblem::refused;
  if (was_not_done) std::erase(unsettled_, run);
  if (!run->orphaned || !run->acts() || problem == ToolProblem::cancelled) return;
  if (late_.size() == kLateMax) late_.erase(late_.begin());
  late_.push_back({run->call, run->answer->result});
}

void ToolDesk::tell_end(const ToolRun& run) const {
  if (!tell_) return;
  const ToolAnswer& answer = *run.answer;
  TextObject shown = shown_of(run);
  shown.add("duration_ms", to_milliseconds(clock_.now() - run.began).count());
  TextObject kept;
  kept.add("attempts", static_cast<std::int64_t>(answer.attempts));
  const bool failed = answer.problem != ToolProblem::none;
  if (failed) {
    shown.add("problem", boost::describe::enum_to_string(answer.problem, ""));
    kept.add("reason", answer.reason);
  }
  kept.add("result", kept_of(answer.result));
  tell_(failed ? event_kind::kToolFailed : event_kind::kToolFinished, shown, kept);
}

}  // namespace antiphon
