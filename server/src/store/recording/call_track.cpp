#include "store/recording/call_track.h"

#include <algorithm>

namespace antiphon {

namespace {

constexpr SamplePosition kAll = std::numeric_limits<SamplePosition>::max();

}  // namespace

CallTrack::CallTrack(Timepoint began) : began_(began) {}

SamplePosition CallTrack::position_of(Timepoint time) const {
  return (time - began_).count() / 62'500;  // nanoseconds of one sample
}

void CallTrack::caller(Timepoint arrived, std::span<const Sample> samples) {
  caller_.hold(position_of(arrived) - static_cast<SamplePosition>(samples.size()), samples);
}

void CallTrack::agent(Timepoint sent, std::span<const Sample> samples) {
  agent_.hold(position_of(sent), samples);
}

void CallTrack::pause(Timepoint at) {
  if (!paused_since_) paused_since_ = std::max(position_of(at), length());
}

void CallTrack::resume(Timepoint at) {
  if (!paused_since_) return;
  const SamplePosition end = position_of(at) + kResumeGuard;
  pauses_.push_back({*paused_since_, std::max(end, *paused_since_)});
  paused_since_.reset();
}

void CallTrack::advance(Timepoint now, const Sink& sink) {
  const SamplePosition here = position_of(now);
  caller_.place(here - ChannelPlacer::kLookahead, caller_line_);
  agent_.place(here - ChannelPlacer::kLookahead, agent_line_);
  while (length() + kBlock <= here - kSettled)
    give(kBlock, sink);
}

void CallTrack::finish(Timepoint at, const Sink& sink) {
  caller_.place(kAll, caller_line_);
  agent_.place(kAll, agent_line_);
  const SamplePosition end =
      std::max({position_of(at), caller_line_.end(), agent_line_.end(), length()});
  while (length() < end)
    give(std::min(kBlock, end - length()), sink);
}

void CallTrack::give(SamplePosition count, const Sink& sink) {
  const SamplePosition first = length();
  block_.caller.resize(static_cast<std::size_t>(count));
  block_.agent.resize(static_cast<std::size_t>(count));
  caller_line_.take(block_.caller);
  agent_line_.take(block_.agent);
  silence_pauses(first);
  sink(block_);
}

void CallTrack::silence_pauses(SamplePosition first) {
  const SamplePosition end = first + static_cast<SamplePosition>(block_.caller.size());
  const auto silence = [&](SampleSpan pause) {
    const SamplePosition from = std::clamp(pause.first, first, end) - first;
    const SamplePosition to = std::clamp(pause.end, first, end) - first;
    for (std::vector<Sample>* channel : {&block_.caller, &block_.agent})
      std::fill(channel->begin() + from, channel->begin() + to, Sample{0});
  };
  for (const SampleSpan& pause : pauses_)
    silence(pause);
  if (paused_since_) silence({*paused_since_, end});
}

std::vector<SampleSpan> CallTrack::pauses() const {
  std::vector<SampleSpan> pauses = pauses_;
  if (paused_since_) pauses.push_back({*paused_since_, std::max(*paused_since_, length())});
  for (SampleSpan& pause : pauses)
    pause.end = std::max(pause.first, std::min(pause.end, length()));
  return pauses;
}

}  // namespace antiphon
