#include "providers/fallback/fallback_model.h"

#include "core/check.h"
#include "core/task_group.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace antiphon {

using namespace std::chrono_literals;

namespace {

using Chunk = Result<std::optional<ReplyChunk>>;

constexpr Duration kHedgeMin = 300ms;  // below it two requests would be the rule
constexpr Duration kHedgeMax = 800ms;
constexpr Duration kFirstChunkMax = 6s;
constexpr Duration kStallMax = 2s;

bool ends_a_sentence(std::string_view text) {
  const std::size_t last = text.find_last_not_of(" \t\n\"')]");
  return last != std::string_view::npos && std::string_view(".!?").contains(text[last]);
}

struct Asked {
  std::size_t leg = 0;
  std::unique_ptr<ReplyStream> stream;
  ProviderHealth::Attempt attempt;
  Timepoint hedge_at{};
};

class FallbackReply final : public ReplyStream {
 public:
  FallbackReply(std::vector<ModelLeg> legs, ReplyRequest request, Clock& clock)
      : legs_(std::move(legs)),
        request_(std::move(request)),
        clock_(clock),
        give_up_at_(clock.now() + kFirstChunkMax) {
    CHECK(!legs_.empty(), "a chain names at least one model");
    asked_ = ask_next();
  }

  Task<Chunk> next() override {
    while (asked_) {
      Chunk chunk = speaking_ ? co_await go_on() : co_await first_chunk();
      if (chunk && *chunk) said_ += (*chunk)->text;
      if (chunk || chunk.error().code == ErrorCode::cancelled) co_return chunk;
      last_error_ = std::move(chunk.error());
      if (speaking_ && !replace()) co_return std::nullopt;
    }
    co_return std::unexpected(last_error_);
  }

 private:
  // The next model whose circuit is closed. Of a chain whose circuits are all open the first is
  // asked all the same: nobody else is there.
  std::optional<Asked> ask_next() {
    while (next_leg_ < legs_.size()) {
      const std::size_t leg = next_leg_++;
      if (!request_.begun.empty() && !legs_[leg].continues) continue;
      if (auto attempt = legs_[leg].health->begin()) return ask(leg, std::move(attempt));
    }
    if (asked_any_) return std::nullopt;
    return ask(0, legs_.front().health->begin_anyway());
  }

  Asked ask(std::size_t leg, ProviderHealth::Attempt attempt) {
    asked_any_ = true;
    const Duration patience =
        std::clamp(legs_[leg].health->latency_p95(kHedgeMax), kHedgeMin, kHedgeMax);
    return {leg, legs_[leg].model->reply(request_), std::move(attempt), clock_.now() + patience};
  }

  // What the model that speaks says next.
  Task<Chunk> go_on() {
    Chunk chunk = co_await with_deadline(clock_, clock_.now() + kStallMax, asked_->stream->next());
    if (!chunk) legs_[asked_->leg].health->broke_off(chunk.error());
    co_return chunk;
  }

  // After a failure in the middle. False when the reply may end where it stands.
  bool replace() {
    speaking_ = false;
    asked_.reset();
    if (ends_a_sentence(said_)) return false;
    give_up_at_ = clock_.now() + kFirstChunkMax;
    const std::size_t from = next_leg_;
    request_.begun = said_;
    asked_ = ask_next();
    if (asked_) return true;
    next_leg_ = from;
    request_.begun.clear();
    said_.clear();
    asked_ = ask_next();
    return true;
  }

  Task<Chunk> first_chunk() {
    if (hedge_) co_return co_await first_of_two();
    const Timepoint until = std::min(asked_->hedge_at, give_up_at_);
    Chunk chunk = co_await with_deadline(clock_, until, asked_->stream->next());
    if (!is_out_of_time(chunk, until)) co_return settle(std::move(chunk));
    if (until == give_up_at_) co_return give_up();
    hedge_ = ask_next();
    if (!hedge_) asked_->hedge_at = Timepoint::max();
    // Whoever calls asks again: nothing has failed for good.
    co_return co_await first_chunk();
  }

  struct Two {
    std::optional<Chunk> one;
    std::optional<Chunk> other;
  };
  static Task<Result<Two>> race(ReplyStream& one, ReplyStream& other) {
    auto [first, second] = co_await first_of(one.next(), other.next());
    if (!is_decided(first) && !is_decided(second)) {
      co_return failure(ErrorCode::cancelled, "nobody waits for a reply");
    }
    co_return Two{std::move(first), std::move(second)};
  }
  // Ended by itself, not by being cancelled.
  static bool is_decided(const std::optional<Chunk>& chunk) {
    return chunk && (*chunk || chunk->error().code != ErrorCode::cancelled);
  }

  Task<Chunk> first_of_two() {
    auto two = co_await with_deadline(clock_, give_up_at_, race(*asked_->stream, *hedge_->stream));
    if (!two && two.error().code == ErrorCode::timeout) co_return give_up();
    if (!two) co_return std::unexpected(two.error());
    if (is_decided(two->one) && *two->one) co_return settle(std::move(*two->one));
    if (is_decided(two->other) && *two->other) {
      std::swap(asked_, hedge_);
      co_return settle(std::move(*two->other));
    }
    if (is_decided(two->other)) {
      last_error_ = two->other->error();
      hedge_->attempt.failed(last_error_);
      hedge_.reset();
    }
    if (is_decided(two->one)) co_return settle(std::move(*two->one));
    // The one that is left was slow already: it is not waited for alone.
    asked_->hedge_at = clock_.now();
    co_return co_await first_chunk();
  }

  // The first model is done waiting for: it speaks, or it has failed and the next one is asked.
  Chunk settle(Chunk chunk) {
    if (!chunk && chunk.error().code == ErrorCode::cancelled) return chunk;
    if (chunk && !*chunk) chunk = failure(ErrorCode::unavailable, "the model gave an empty reply");
    if (chunk) {
      asked_->attempt.succeeded();
      overtake();
      speaking_ = true;
      return chunk;
    }
    asked_->attempt.failed(chunk.error());
    asked_ = hedge_ ? std::exchange(hedge_, std::nullopt) : ask_next();
    return chunk;
  }

  // Cancels the other one, and counts it as failed if it had been silent for too long.
  void overtake() {
    if (!hedge_) return;
    if (clock_.now() - hedge_->attempt.began() >= kHedgeMax) {
      hedge_->attempt.failed({ErrorCode::timeout, "no first word in time"});
    }
    hedge_.reset();
  }

  Chunk give_up() {
    Chunk chunk = failure(ErrorCode::timeout, "no language model answered within 6 s");
    asked_->attempt.failed(chunk.error());
    if (hedge_) hedge_->attempt.failed(chunk.error());
    hedge_.reset();
    asked_.reset();
    return chunk;
  }

  [[nodiscard]] bool is_out_of_time(const Chunk& chunk, Timepoint deadline) const {
    return !chunk && chunk.error().code == ErrorCode::timeout && clock_.now() >= deadline;
  }

  std::vector<ModelLeg> legs_;
  ReplyRequest request_;
  Clock& clock_;
  Timepoint give_up_at_;
  std::size_t next_leg_ = 0;
  bool asked_any_ = false;
  bool speaking_ = false;  // asked_ has given its first chunk
  std::optional<Asked> asked_;
  std::optional<Asked> hedge_;
  std::string said_;
  Error last_error_{ErrorCode::unavailable, "no language model could be asked"};
};

}  // namespace

std::unique_ptr<ReplyStream> reply_from(std::vector<ModelLeg> legs, ReplyRequest request,
                                        Clock& clock) {
  return std::make_unique<FallbackReply>(std::move(legs), std::move(request), clock);
}

}  // namespace antiphon
