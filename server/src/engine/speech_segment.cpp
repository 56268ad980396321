#include "engine/speech_segment.h"

namespace antiphon {

namespace {

constexpr float kVoiceStarts = 0.5F;
constexpr float kVoiceContinues = 0.35F;
constexpr float kSurelyVoice = 0.9F;
// Laughter and babble are half of them sure; a voice that the model never trusts gets its turn too,
// if late.
constexpr int kUnsureWindows = 10;  // weigh as much as a sure one
constexpr SampleIndex kWindowSamples = 512;
// A consonant at the end of a word may be no voice to the model.
constexpr SampleIndex kTail = 4 * kWindowSamples;
constexpr SampleIndex kForgetAfter = 4 * kWindowSamples;

}  // namespace

void SpeechSegment::window(float probability, const WindowLevel& level, SampleIndex end) noexcept {
  const bool energetic = level.first_half_energetic || level.second_half_energetic;
  const bool is_audible = level.first_half_audible || level.second_half_audible;
  const bool voice = probability >= (confirmed() ? kVoiceContinues : kVoiceStarts) && energetic;
  if (voice) {
    if (!started()) onset_ = end - kWindowSamples;
    ++voiced_windows_;
    certain_ += probability >= kSurelyVoice ? kWindow : kWindow / kUnsureWindows;
    last_voice_ = level.second_half_energetic ? end : end - kWindowSamples / 2;
  } else if (confirmed() && end - last_voice_ <= kTail && is_audible) {
    last_voice_ = level.second_half_audible ? end : end - kWindowSamples / 2;
  } else if (started() && !confirmed() && end - last_voice_ > kForgetAfter) {
    reset();
  }
}

}  // namespace antiphon
