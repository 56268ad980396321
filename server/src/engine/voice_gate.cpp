#include "engine/voice_gate.h"

#include <algorithm>
#include <cmath>

namespace antiphon {

namespace {

constexpr float kQuietestDb = -62;  // below this no telephone carries speech
constexpr float kOpenAboveDb = 6;   // over the floor: the model looks
constexpr float kVoiceAboveDb = 9;  // over the floor: somebody talks
constexpr float kAudibleAboveDb = 12;
// Between the floor and the caller's own level: what lies nearer to the floor is the room.
constexpr float kBetween = 0.3F;
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
  if (level_db <= kQuietestDb || level_db <= floor_db_ + kVoiceAboveDb) return false;
  const float heard_floor = std::max(floor_db_, kQuietestDb);
  return level_db > heard_floor + kBetween * (speech_db_ - heard_floor);
}

bool VoiceGate::audible(float level_db) const noexcept {
  return level_db > std::max(floor_db_, kQuietestDb) + kAudibleAboveDb;
}

void VoiceGate::follow(float quiet_db, float loud_db, bool caller_speaks) noexcept {
  minima_[block_] = std::min(minima_[block_], quiet_db);
  if (++windows_ == kWindowsInBlock) {
    windows_ = 0;
    block_ = (block_ + 1) % kBlocks;
    minima_[block_] = quiet_db;
  }
  floor_db_ = std::clamp(std::ranges::min(minima_), -80.0F, -25.0F);
  // Falls by 6 dB a second, so a caller who moves away from the microphone stays a caller.
  if (caller_speaks) speech_db_ = std::max(loud_db, speech_db_ - 6.0F * kWindowSeconds);
}

WindowLevel VoiceGate::measure(std::span<const Sample> window, bool caller_speaks) noexcept {
  const std::size_t half = window.size() / 2;
  WindowLevel level;
  level.first_half_db = level_of(window.first(half));
  level.second_half_db = level_of(window.subspan(half));
  const float quietest = std::min(level.first_half_db, level.second_half_db);
  const float loudest = std::max(level.first_half_db, level.second_half_db);
  level.open = loudest > kQuietestDb && loudest > floor_db_ + kOpenAboveDb;
  level.first_half_energetic = energetic(level.first_half_db);
  level.second_half_energetic = energetic(level.second_half_db);
  level.first_half_audible = audible(level.first_half_db);
  level.second_half_audible = audible(level.second_half_db);
  follow(quietest, loudest, caller_speaks);
  return level;
}

}  // namespace antiphon
