#include "engine/speech_segment.h"

namespace antiphon {

namespace {

constexpr float kVoiceStarts = 0.5F;
constexpr float kVoiceContinues = 0.35F;
constexpr SampleIndex kWindowSamples = 512;
constexpr SampleIndex kForgetAfter = 4 * kWindowSamples;

}  // namespace

void SpeechSegment::window(float probability, const WindowLevel& level, SampleIndex end) noexcept {
  const bool energetic = level.first_half_energetic || level.second_half_energetic;
  const bool voice = probability >= (confirmed() ? kVoiceContinues : kVoiceStarts) && energetic;
  if (voice) {
    if (!started()) onset_ = end - kWindowSamples;
    ++voiced_windows_;
    last_voice_ = level.second_half_energetic ? end : end - kWindowSamples / 2;
  } else if (started() && !confirmed() && end - last_voice_ > kForgetAfter) {
    reset();
  }
}

}  // namespace antiphon
