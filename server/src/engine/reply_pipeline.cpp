#include "engine/reply_pipeline.h"

#include "core/utf8.h"
#include "engine/clause_budget.h"

#include <utility>

namespace antiphon {

namespace {

constexpr std::size_t kReplyCharactersMax = 4'000;
constexpr std::size_t kClausesMax = 4'000;
constexpr Duration kProviderStall{std::chrono::seconds(6)};
// The tick must not wake anybody, so a full buffer is looked at again; it holds 3 s.
constexpr Duration kRoomPoll{std::chrono::milliseconds(100)};
constexpr int kFailuresInARowMax = 2;

class Phrase final : public ReplyStream {
 public:
  Phrase(std::string text, ReplyAction action) {
    chunk_.emplace();
    chunk_->text = std::move(text);
    chunk_->action = action;
  }
  Task<Result<std::optional<ReplyChunk>>> next() override {
    co_return std::exchange(chunk_, std::nullopt);
  }

 private:
  std::optional<ReplyChunk> chunk_;
};

}  // namespace

std::unique_ptr<ReplyStream> make_phrase(std::string text, ReplyAction action) {
  return std::make_unique<Phrase>(std::move(text), action);
}

ReplyPipeline::ReplyPipeline(GenerationId generation, Executor executor, Clock& clock,
                             SpeechSynthesizer& synthesizer, VoiceChoice voice, Playout& playout,
                             ReplyObserver& observer)
    : generation_(generation),
      clock_(clock),
      synthesizer_(synthesizer),
      voice_(std::move(voice)),
      playout_(playout),
      observer_(observer),
      right_(std::make_shared<GenerationRight>(executor)),
      clauses_(executor, kClausesMax, WhenFull::refuse),
      tasks_(std::move(executor)) {}

void ReplyPipeline::start(std::unique_ptr<ReplyStream> stream) {
  stream_ = std::move(stream);
  playout_.buffer.begin();
  playout_.clock.begin();
  tasks_.spawn(read_text());
  tasks_.spawn(speak());
}

void ReplyPipeline::cancel() {
  cancelled_ = true;
  right_->revoke();
  action_ = ReplyAction::none;
  next_.reset();
  clauses_.close();
  tasks_.cancel();
}

void ReplyPipeline::emit_clauses(bool firm) {
  while (auto written = splitter_.next()) {
    SpokenText spoken = voice_.text.speak(*written);
    if (spoken.text.empty()) continue;
    if (!said_.empty()) said_ += ' ';
    said_ += *written;
    // Refused only after 4,000 clauses, which 4,000 characters cannot hold.
    const bool accepted = clauses_.push({std::move(*written), std::move(spoken), firm});
    static_cast<void>(accepted);
  }
}

// False once the reply is as long as it may be.
bool ReplyPipeline::accept(const ReplyChunk& chunk) {
  const bool first = characters_ == 0 && !chunk.text.empty();
  const std::string_view text = utf8_prefix(chunk.text, kReplyCharactersMax - characters_);
  characters_ += utf8_length(text);
  if (!chunk.interruptible) {
    // Its sentences are its own: what came before ends here.
    splitter_.finish();
    emit_clauses(false);
  }
  splitter_.push(text);
  if (!chunk.interruptible || chunk.whole) splitter_.finish();
  citations_.insert(citations_.end(), chunk.citations.begin(), chunk.citations.end());
  if (chunk.action != ReplyAction::none) action_ = chunk.action;
  if (chunk.directive) directive_ = *chunk.directive;
  if (first) observer_.on_first_text();
  emit_clauses(!chunk.interruptible);
  return characters_ < kReplyCharactersMax;
}

Task<> ReplyPipeline::read_text() {
  bool more = true;
  while (more && !cancelled_) {
    auto chunk = co_await stream_->next();
    if (cancelled_) break;
    if (!chunk) observer_.on_model_failed(chunk.error());
    more = chunk && *chunk && accept(**chunk);
  }
  // Destroyed at once: that is how the model learns that nobody waits any more.
  stream_.reset();
  if (cancelled_) co_return;
  splitter_.finish();
  emit_clauses(false);
  clauses_.close();
}

ReplyPipeline::Spoken ReplyPipeline::begin(Clause clause) {
  SynthesisRequest request = voice_.voice;
  request.text = std::move(clause.spoken.text);
  auto stream = synthesizer_.synthesize(std::move(request));
  return {std::move(clause.written), std::move(clause.spoken.pieces), std::move(stream),
          clause.firm};
}

void ReplyPipeline::begin_next() {
  if (next_) return;
  if (auto clause = clauses_.try_receive()) next_ = begin(std::move(*clause));
}

bool ReplyPipeline::is_firm(SampleIndex taken) const noexcept {
  bool firm = false;
  for (const Firmness& span : firmness_) {
    if (span.from > taken) break;
    firm = span.firm;
  }
  return firm;
}

Task<> ReplyPipeline::speak() {
  int failures = 0;
  while (failures < kFailuresInARowMax && !cancelled_) {
    std::optional<Spoken> spoken = std::exchange(next_, std::nullopt);
    if (!spoken) {
      auto clause = co_await clauses_.receive();
      if (cancelled_) co_return;
      if (!clause) break;
      spoken = begin(std::move(*clause));
    }
    const bool sounded = co_await play(*spoken);
    if (cancelled_) co_return;
    failures = sounded ? 0 : failures + 1;
  }
  // Without a voice the rest is text alone, and what it asks for comes with its last words.
  while (failures > 0 && !cancelled_ && co_await clauses_.receive()) {
  }
  if (cancelled_) co_return;
  playout_.buffer.finish();
  complete_ = true;
}

Task<bool> ReplyPipeline::play(Spoken& spoken) {
  ClauseBudget budget(spoken.written, voice_.voice.speed);
  observer_.on_clause(spoken.written);
  firmness_.push_back({playout_.buffer.written(), spoken.firm});
  playout_.clock.begin_clause(std::move(spoken.written), std::move(spoken.pieces),
                              playout_.buffer.written());
  while (true) {
    auto chunk =
        co_await with_deadline(clock_, clock_.now() + kProviderStall, spoken.stream->next());
    if (cancelled_) co_return false;
    if (chunk && *chunk) {
      if (auto admitted = budget.admit((*chunk)->samples); !admitted)
        chunk = std::unexpected(std::move(admitted.error()));
    }
    if (!chunk) {
      playout_.clock.end_clause();
      observer_.on_synthesis_failed(chunk.error());
      co_return false;
    }
    if (!*chunk) break;
    if (!std::exchange(sounded_, true)) observer_.on_first_samples();
    playout_.clock.add_words((*chunk)->words);
    begin_next();
    if (!co_await queue_samples(std::move((*chunk)->samples))) co_return false;
  }
  playout_.clock.end_clause();
  co_return true;
}

Task<bool> ReplyPipeline::queue_samples(std::vector<Sample> samples) {
  playout_.clock.add_samples(samples);
  std::span<const Sample> rest = samples;
  while (true) {
    rest = rest.subspan(playout_.buffer.write(rest));
    if (rest.empty()) co_return true;
    begin_next();
    const auto waited = co_await clock_.sleep_for(kRoomPoll);
    if (cancelled_ || !waited) co_return false;
  }
}

}  // namespace antiphon
