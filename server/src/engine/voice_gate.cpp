#include "engine/voice_gate.h"

#include <algorithm>
#include <cmath>

namespace antiphon {

namespace {

constexpr float kQuietestDb = -62;    // below this no telephone carries speech
constexpr float kOpenAboveDb = 6;     // over the floor: the model looks
constexpr float kVoiceAboveDb = 9;    // over the floor: somebody talks
constexpr float kBelowSpeechDb = 25;  // this far under the caller's own level it is room noise
constexpr float kWindowSeconds = 0.032F;

float level_of(std::span<const Sample> samples) noexcept {
  std::int64_t energy = 0;
  for (const Sample sample : samples)
    energy += std::int64_t{sample} * sample;
  const float mean = static_cast<float>(energy) / static_cast<float>(samples.size());
  constexpr float kFullScaleSquared = 32768.0F * 32768.0F;
  return 10.0F * std::log10(mean / kFullScaleSquared + 1e-10F);
}

}  // namespace

bool VoiceGate::energetic(float level_db) const noexcept {
  return level_db > kQuietestDb && level_db > floor_db_ + kVoiceAboveDb &&
         level_db > speech_db_ - kBelowSpeechDb;
}

void VoiceGate::follow(float level_db, bool caller_speaks) noexcept {
  if (level_db < floor_db_) {
    floor_db_ += 0.3F * (level_db - floor_db_);
  } else {
    floor_db_ += (caller_speaks ? 0.5F : 3.0F) * kWindowSeconds;
    floor_db_ = std::min(floor_db_, level_db);
  }
  floor_db_ = std::clamp(floor_db_, -80.0F, -30.0F);
  // Falls by 6 dB a second, so a caller who moves away from the microphone stays a caller.
  if (caller_speaks) speech_db_ = std::max(level_db, speech_db_ - 6.0F * kWindowSeconds);
}

WindowLevel VoiceGate::measure(std::span<const Sample> window, bool caller_speaks) noexcept {
  const std::size_t half = window.size() / 2;
  WindowLevel level;
  level.first_half_db = level_of(window.first(half));
  level.second_half_db = level_of(window.subspan(half));
  const float loudest = std::max(level.first_half_db, level.second_half_db);
  level.open = loudest > kQuietestDb && loudest > floor_db_ + kOpenAboveDb;
  level.first_half_energetic = energetic(level.first_half_db);
  level.second_half_energetic = energetic(level.second_half_db);
  follow(std::min(level.first_half_db, level.second_half_db), caller_speaks);
  return level;
}

}  // namespace antiphon
