#include "engine/tool_answer.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace antiphon {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kFillerAfter = seconds(1);
constexpr Duration kFillerAfterWords = milliseconds(2'500);
constexpr Duration kFillerAgain = seconds(6);
constexpr std::int64_t kSlowMs = 1'000;  // declared: the caller will wait
constexpr std::size_t kAskedAtOnceMax = 8;

std::unexpected<Error> nobody_waits() {
  return failure(ErrorCode::cancelled, "nobody waits for the answer");
}

// Words from outside reached the model.
bool is_outside(const ToolRun& run) {
  if (run.tool == nullptr || run.tool->configuration.kind == ToolKind::note) return false;
  const ToolProblem problem = run.answer->problem;
  return problem == ToolProblem::none || problem == ToolProblem::status;
}

}  // namespace

ToolAnswer refused_tool(ToolProblem problem, std::string_view reason) {
  return {TextObject().add("error", reason).text(), problem, std::string(reason), 0};
}

std::string parameters_of(const ToolConfiguration& configuration) {
  if (configuration.kind == ToolKind::lookup) {
    return R"({"type":"object","properties":{"query":{"type":"string","minLength":1,)"
           R"("maxLength":500}},"required":["query"],"additionalProperties":false})";
  }
  const std::string& given = configuration.parameters.text();
  return given == "{}" ? R"({"type":"object","properties":{}})" : given;
}

ToolDesk::Answer::Answer(std::shared_ptr<ToolDesk> desk, LanguageModel& model, ReplyRequest request,
                         std::shared_ptr<GenerationRight> right)
    : desk_(std::move(desk)),
      model_(model),
      request_(std::move(request)),
      right_(std::move(right)),
      stream_(model_.reply(request_)) {}

ToolDesk::Answer::~Answer() {
  right_->acting = false;
  if (!run_ || run_->answer) return;
  run_->orphaned = true;
  if (!run_->acts()) run_->recalled.close();
}

Task<Result<std::optional<ReplyChunk>>> ToolDesk::Answer::next() {
  while (true) {
    if (acting_) {
      auto waited = co_await act();
      if (!waited || *waited) co_return waited;
      ask_again();
    }
    auto chunk = co_await stream_->next();
    if (!chunk) co_return chunk;
    if (!*chunk) {
      if (asked_.empty()) co_return chunk;
      stream_.reset();
      acting_ = true;
      round_began_ = desk_->clock_.now();
      // What was said so far is spoken now, not with what follows the tool.
      if (spoke_) co_return ReplyChunk{.whole = true};
      continue;
    }
    ReplyChunk& piece = **chunk;
    spoke_ = spoke_ || !piece.text.empty();
    auto calls = std::exchange(piece.tool_calls, {});
    if (is_last_round_) calls.clear();
    if (calls.size() > kAskedAtOnceMax) calls.resize(kAskedAtOnceMax);
    asked_.insert(asked_.end(), std::make_move_iterator(calls.begin()),
                  std::make_move_iterator(calls.end()));
    co_return chunk;
  }
}

// Nothing: all of the round is done. A chunk: a filler.
Task<Result<std::optional<ReplyChunk>>> ToolDesk::Answer::act() {
  if (!co_await right_->wait()) co_return nobody_waits();
  right_->acting = true;
  while (!asked_.empty()) {
    // Nothing is awaited between this and the beginning of the run.
    if (!right_->holds()) co_return nobody_waits();
    if (!run_) begin_run();
    if (!run_->answer) {
      const auto due = filler_due();
      co_await wait_for_run(due);
      if (!right_->holds() || co_await is_cancelled()) co_return nobody_waits();
      if (!run_->answer && due && desk_->clock_.now() >= *due) {
        filled_ = desk_->clock_.now();
        std::string filler = *next_filler();
        ++fillers_said_;
        co_return ReplyChunk{.text = filler + ' ', .whole = true};
      }
      if (!run_->answer) continue;
    }
    take_run();
  }
  right_->acting = false;
  right_->acted = desk_->clock_.now();
  co_return std::nullopt;
}

Task<> ToolDesk::Answer::wait_for_run(std::optional<Timepoint> until) {
  if (until) {
    const auto done = co_await with_deadline(desk_->clock_, *until, done_->receive());
    static_cast<void>(done);
  } else {
    const auto done = co_await done_->receive();
    static_cast<void>(done);
  }
}

void ToolDesk::Answer::begin_run() {
  run_ = desk_->begin(asked_.front(), request_.generation, *right_, spent_);
  run_->orphaned = false;
  done_ = std::make_shared<Mailbox<char>>(desk_->tasks_.executor(), 1, WhenFull::refuse);
  if (!run_->answer) run_->waiting.push_back(done_);
}

void ToolDesk::Answer::take_run() {
  const Run run = std::exchange(run_, nullptr);
  const bool is_own = run->generation == request_.generation;
  // Another generation's, which was taken back before it began: this one may begin it.
  if (!is_own && run->answer->problem == ToolProblem::cancelled) return;
  ++spent_.calls;
  if (is_own) spent_.time += desk_->clock_.now() - run->began;
  has_new_results_ = has_new_results_ || is_outside(*run);
  ToolOutcome outcome{asked_.front(), run->answer->result};
  asked_.erase(asked_.begin());
  request_.outcomes.push_back(outcome);
  right_->outcomes.push_back(std::move(outcome));
}

void ToolDesk::Answer::ask_again() {
  acting_ = false;
  spoke_ = false;
  spent_.has_results = spent_.has_results || has_new_results_;
  is_last_round_ = spent_.rounds >= kRoundsMax;
  ++spent_.rounds;
  if (is_last_round_) request_.tools.clear();
  stream_ = model_.reply(request_);
}

const std::string* ToolDesk::Answer::next_filler() const {
  if (!desk_->facts_.speaks || run_->tool == nullptr) return nullptr;
  const auto& own = run_->tool->configuration.fillers.value();
  if (!own.empty()) return fillers_said_ < own.size() ? &own[fillers_said_].value() : nullptr;
  const auto& others = desk_->facts_.fillers;
  return fillers_said_ < others.size() ? &others[fillers_said_] : nullptr;
}

std::optional<Timepoint> ToolDesk::Answer::filler_due() const {
  if (next_filler() == nullptr) return std::nullopt;
  if (fillers_said_ > 0) return filled_ + kFillerAgain;
  if (spoke_) return round_began_ + kFillerAfterWords;
  const bool is_slow = run_->tool->configuration.latency_ms.value() >= kSlowMs;
  return round_began_ + (is_slow ? Duration(0) : kFillerAfter);
}

}  // namespace antiphon
