#include "engine/clause_sound.h"

#include <algorithm>
#include <cstdlib>

namespace antiphon {

namespace {

constexpr int kAudible = 200;  // -44 dB of full scale
constexpr SampleIndex kBlock = 160;
constexpr std::size_t kBlocksMax = 12'000;
constexpr std::size_t kPauseBlocks = 6;
// A pause of a noisy voice is 24 dB below its loud parts.
constexpr int kPauseBelow = 16;

int loudness(Sample sample) { return std::abs(int{sample}); }

}  // namespace

void ClauseSound::add(std::span<const Sample> samples) {
  for (const Sample sample : samples) {
    const SampleIndex at = count_++;
    const int level = loudness(sample);
    if (level >= kAudible) {
      if (voice_.end == 0) voice_.begin = at;
      voice_.end = at + 1;
    }
    const auto block = static_cast<std::size_t>(at / kBlock);
    if (block >= kBlocksMax) continue;
    if (block == peaks_.size()) peaks_.push_back(0);
    peaks_[block] = std::max(peaks_[block], static_cast<std::uint16_t>(level));
  }
}

std::vector<SoundSpan> ClauseSound::pauses() const {
  const auto first = static_cast<std::size_t>(voice_.begin / kBlock);
  const auto last = std::min(peaks_.size(), static_cast<std::size_t>(voice_.end / kBlock));
  if (first >= last) return {};
  std::vector<std::uint16_t> sorted(peaks_.begin() + static_cast<std::ptrdiff_t>(first),
                                    peaks_.begin() + static_cast<std::ptrdiff_t>(last));
  std::ranges::sort(sorted);
  const int loud = sorted[sorted.size() * 9 / 10];
  const int threshold = std::max(kAudible, loud / kPauseBelow);
  std::vector<SoundSpan> found;
  std::size_t begin = first;
  for (std::size_t at = first; at < last; ++at) {
    if (peaks_[at] < threshold) continue;
    if (at - begin >= kPauseBlocks) found.push_back({begin * kBlock, at * kBlock});
    begin = at + 1;
  }
  return found;
}

}  // namespace antiphon
