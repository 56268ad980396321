#include "store/recording/channel_placer.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace antiphon {

namespace {

constexpr std::size_t kHeldMax = 512;
constexpr SamplePosition kGapOurs = 160;    // 10 ms: half a tick
constexpr SamplePosition kGapPeer = 960;    // 60 ms: below that it is jitter
constexpr SamplePosition kHalf = 8'000;     // of the second that is looked at
constexpr SamplePosition kPeriod = 64'000;  // 4 s: over which the peer's clock is measured
constexpr SamplePosition kQuietOff = 16;    // 1 ms: not worth touching silence
constexpr SamplePosition kSpeechOff = 48;   // 3 ms: not worth touching speech
constexpr std::size_t kQuietShare = 2;      // of a silent frame that may go at once
constexpr std::size_t kSpeechShare = 40;    // of a spoken one
constexpr double kSlopeMax = 0.03;
constexpr int kQuietLevel = 400;  // of 32,767: the noise of a telephone line

bool is_quiet(std::span<const Sample> samples) {
  return std::ranges::all_of(samples,
                             [](Sample sample) { return std::abs(int{sample}) <= kQuietLevel; });
}

}  // namespace

void stretch(std::span<const Sample> in, std::span<Sample> out) {
  const double step = static_cast<double>(in.size()) / static_cast<double>(out.size());
  for (std::size_t index = 0; index < out.size(); ++index) {
    const double place = static_cast<double>(index) * step;
    const auto left = std::min(static_cast<std::size_t>(place), in.size() - 1);
    const std::size_t right = std::min(left + 1, in.size() - 1);
    const double share = place - static_cast<double>(left);
    const double value = in[left] + share * (in[right] - in[left]);
    out[index] = static_cast<Sample>(std::lround(value));
  }
}

void ChannelPlacer::hold(SamplePosition start, std::span<const Sample> samples) {
  samples = samples.first(std::min<std::size_t>(samples.size(), kFrameSamples.value()));
  if (samples.empty()) return;
  if (held_.size() >= kHeldMax) {
    lost_ += samples.size();
    return;
  }
  Held& held = held_.emplace_back();
  held.start = start;
  held.count = static_cast<std::uint32_t>(samples.size());
  std::ranges::copy(samples, held.samples.begin());
}

void ChannelPlacer::place(SamplePosition until, ChannelLine& line) {
  while (!held_.empty() && held_.front().start < until)
    place_front(line);
}

SamplePosition ChannelPlacer::least_lateness() const {
  SamplePosition least = std::numeric_limits<SamplePosition>::max();
  SamplePosition planned = next_;
  for (const Held& held : held_) {
    least = std::min(least, held.start - planned);
    planned += held.count;
  }
  return least;
}

void ChannelPlacer::begin_run(SamplePosition at) {
  running_ = true;
  before_ = {};
  current_ = {};
  half_began_ = at;
  period_began_ = at;
  period_drift_ = 0;
  moved_ = 0;
}

void ChannelPlacer::move(SamplePosition by) {
  next_ += by;
  moved_ += by;
  for (Least* least : {&before_, &current_}) {
    if (least->lateness != Least{}.lateness) least->lateness -= by;
  }
}

// How far the front frame's place is from where the clock wants it. What was measured earlier is
// brought forward by the slope, or a slow peer would always seem less late than it is.
SamplePosition ChannelPlacer::deviation(SamplePosition at, SamplePosition lateness) {
  if (at - half_began_ >= kHalf) {
    before_ = current_;
    current_ = {};
    half_began_ = at;
  }
  const SamplePosition own = held_.front().start - next_;
  if (own < current_.lateness) current_ = {own, at};
  SamplePosition off = lateness;
  for (const Least& least : {before_, current_}) {
    if (least.lateness == Least{}.lateness) continue;
    const double since = slope_ * static_cast<double>(at - least.at);
    off = std::min(off, least.lateness + static_cast<SamplePosition>(std::lround(since)));
  }
  if (at - period_began_ >= kPeriod) {
    const double drift = static_cast<double>(moved_ + off);
    const double slope = (drift - period_drift_) / static_cast<double>(at - period_began_);
    slope_ = std::clamp(slope_ + 0.5 * (slope - slope_), -kSlopeMax, kSlopeMax);
    period_began_ = at;
    period_drift_ = drift;
  }
  return off;
}

SamplePosition ChannelPlacer::correction(std::span<const Sample> samples, SamplePosition off) {
  const bool quiet = is_quiet(samples);
  if (std::abs(off) <= (quiet ? kQuietOff : kSpeechOff)) return 0;
  const auto most =
      static_cast<SamplePosition>(samples.size() / (quiet ? kQuietShare : kSpeechShare));
  return std::clamp(off, -most, most);
}

void ChannelPlacer::place_front(ChannelLine& line) {
  SamplePosition lateness = least_lateness();
  const SamplePosition gap = clock_ == ClockOf::ours ? kGapOurs : kGapPeer;
  if (!running_ || lateness > gap) {
    next_ += lateness;
    lateness = 0;
    begin_run(next_);
  }
  if (next_ < line.begin()) {
    const SamplePosition by = line.begin() - next_;
    lateness -= by;
    move(by);
  }
  const Held& frame = held_.front();
  const std::span samples = std::span(frame.samples).first(frame.count);
  if (lateness < -kAheadMax) {
    lost_ += samples.size();
    held_.pop_front();
    return;
  }
  const SamplePosition by =
      clock_ == ClockOf::peer ? correction(samples, deviation(frame.start, lateness)) : 0;
  if (by == 0) {
    line.write(next_, samples);
  } else {
    std::array<Sample, 2 * kFrameSamples.value()> room{};
    const auto size = static_cast<std::size_t>(static_cast<SamplePosition>(samples.size()) + by);
    const std::span out = std::span(room).first(size);
    stretch(samples, out);
    line.write(next_, out);
    corrected_ += by;
    move(by);
  }
  next_ += static_cast<SamplePosition>(samples.size());
  held_.pop_front();
}

}  // namespace antiphon
