#include "store/recording/channel_line.h"

#include <algorithm>

namespace antiphon {

void ChannelLine::write(SamplePosition position, std::span<const Sample> samples) {
  if (position < begin_) {
    const auto late = std::min(static_cast<std::size_t>(begin_ - position), samples.size());
    samples = samples.subspan(late);
    position = begin_;
  }
  const auto at = static_cast<std::size_t>(position - begin_);
  if (samples_.size() < at + samples.size()) samples_.resize(at + samples.size());
  std::ranges::copy(samples, samples_.begin() + static_cast<std::ptrdiff_t>(at));
}

void ChannelLine::take(std::span<Sample> out) {
  const std::size_t held = std::min(out.size(), samples_.size());
  const auto end = samples_.begin() + static_cast<std::ptrdiff_t>(held);
  std::ranges::fill(std::copy(samples_.begin(), end, out.begin()), out.end(), Sample{0});
  samples_.erase(samples_.begin(), end);
  begin_ += static_cast<SamplePosition>(out.size());
}

}  // namespace antiphon
