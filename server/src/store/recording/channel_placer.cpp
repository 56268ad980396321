#include "store/recording/channel_placer.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <vector>

namespace antiphon {

namespace {

constexpr std::size_t kHeldMax = 512;
constexpr SamplePosition kGapOurs = 160;  // 10 ms: half a tick
constexpr SamplePosition kGapPeer = 960;  // 60 ms: below that it is jitter
constexpr SamplePosition kSecond = 16'000;
constexpr std::size_t kSecondsMax = 32;
constexpr SamplePosition kSpanMin = 2 * kSecond;  // of a line that says something about the slope
constexpr SamplePosition kQuietOff = 16;          // 1 ms: not worth touching silence
constexpr SamplePosition kSpeechOff = 32;         // 2 ms: not worth touching speech
constexpr std::size_t kQuietShare = 2;            // of a silent frame that may go at once
constexpr std::size_t kSpeechShare = 40;          // of a spoken one
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

void ChannelPlacer::begin_run() {
  running_ = true;
  seconds_.clear();
  line_.reset();
  moved_ = 0;
}

void ChannelPlacer::move(SamplePosition by) {
  next_ += by;
  moved_ += by;
}

// Of all lines below the points, the one that comes closest to them is the edge of their lower hull
// that their middle in time lies on.
std::optional<ChannelPlacer::Line> ChannelPlacer::line_below(const std::deque<Least>& points) {
  if (points.size() < 2 || points.back().at - points.front().at < kSpanMin) return std::nullopt;
  std::vector<Least> hull;
  double middle = 0;
  for (const Least& point : points) {
    middle += static_cast<double>(point.at) / static_cast<double>(points.size());
    const auto is_above = [&] {
      const Least& left = hull[hull.size() - 2];
      const Least& top = hull.back();
      return static_cast<double>(top.lateness - left.lateness) *
                 static_cast<double>(point.at - left.at) >=
             static_cast<double>(point.lateness - left.lateness) *
                 static_cast<double>(top.at - left.at);
    };
    while (hull.size() >= 2 && is_above())
      hull.pop_back();
    hull.push_back(point);
  }
  std::size_t right = 1;
  while (right + 1 < hull.size() && static_cast<double>(hull[right].at) < middle)
    ++right;
  const Least& from = hull[right - 1];
  const Least& to = hull[right];
  if (to.at <= from.at) return std::nullopt;
  const double slope =
      static_cast<double>(to.lateness - from.lateness) / static_cast<double>(to.at - from.at);
  return Line{static_cast<double>(from.at), static_cast<double>(from.lateness),
              std::clamp(slope, -kSlopeMax, kSlopeMax)};
}

void ChannelPlacer::note(SamplePosition at, SamplePosition lateness) {
  if (seconds_.empty() || at - second_began_ >= kSecond) {
    line_ = line_below(seconds_);
    if (seconds_.size() == kSecondsMax) seconds_.pop_front();
    seconds_.push_back({at, lateness});
    second_began_ = at;
  } else if (lateness < seconds_.back().lateness) {
    seconds_.back() = {at, lateness};
  }
}

// How far the front frame's place is from where the clock wants it.
SamplePosition ChannelPlacer::deviation(SamplePosition lateness) {
  const SamplePosition at = held_.front().start;
  note(at, at - next_ + moved_);
  if (!line_) {
    for (const Least& least : seconds_)
      lateness = std::min(lateness, least.lateness - moved_);
    return lateness;
  }
  const double wanted = line_->lateness + line_->slope * (static_cast<double>(at) - line_->at);
  return std::min(lateness, static_cast<SamplePosition>(std::lround(wanted)) - moved_);
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
    begin_run();
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
  const SamplePosition by = clock_ == ClockOf::peer ? correction(samples, deviation(lateness)) : 0;
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
