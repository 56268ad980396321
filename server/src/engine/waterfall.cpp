#include "engine/waterfall.h"

#include <algorithm>

namespace antiphon {

void Waterfall::begin(Timepoint speech_end) noexcept {
  speech_end_ = speech_end;
  for (auto& step : steps_)
    step.reset();
}

void Waterfall::stamp(Step step, Timepoint now) noexcept {
  auto& slot = steps_[static_cast<std::size_t>(step)];
  if (!slot) slot = now;
}

void Waterfall::take_over(const Waterfall& earlier) noexcept {
  for (std::size_t step = 0; step < std::size(steps_); ++step) {
    if (!steps_[step]) steps_[step] = earlier.steps_[step];
  }
}

std::optional<Milliseconds> Waterfall::since(Step step) const {
  const auto& slot = steps_[static_cast<std::size_t>(step)];
  if (!slot) return std::nullopt;
  return std::max(Milliseconds(0), to_milliseconds(*slot - *speech_end_));
}

std::optional<ReplyLatency> Waterfall::latency() const {
  if (!speech_end_) return std::nullopt;
  return ReplyLatency{since(Step::turn_ended), since(Step::transcript_final),
                      since(Step::first_text), since(Step::first_audio_ready),
                      since(Step::first_audio_sent)};
}

TextObject Waterfall::fields(const ReplyLatency& latency) {
  TextObject object;
  const auto add = [&object](const char* name, const std::optional<Milliseconds>& value) {
    if (value) object.add(name, value->count());
  };
  add("turn_ended_ms", latency.turn_ended);
  add("transcript_final_ms", latency.transcript_final);
  add("first_text_ms", latency.first_text);
  add("first_audio_ready_ms", latency.first_audio_ready);
  add("first_audio_sent_ms", latency.first_audio_sent);
  return object;
}

}  // namespace antiphon
