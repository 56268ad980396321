// One call as two channels on one clock: frames with their times go in, blocks of both come out.
//
// What lies kSettled in the past is final: until then a packet that was held up still finds its
// place. A pause is silence on both channels; it ends kResumeGuard late, so that what was on its
// way when somebody said "go on" stays out as well.
// Thread  one.
#pragma once

#include "core/clock.h"
#include "store/recording/channel_placer.h"

#include <functional>
#include <optional>
#include <vector>

namespace antiphon {

struct SampleSpan {
  SamplePosition first = 0;
  SamplePosition end = 0;
  bool operator==(const SampleSpan&) const = default;
};

struct StereoBlock {
  std::vector<Sample> caller;
  std::vector<Sample> agent;
};

class CallTrack {
 public:
  static constexpr SamplePosition kBlock = 3'200;        // 200 ms
  static constexpr SamplePosition kSettled = 8'000;      // 500 ms
  static constexpr SamplePosition kResumeGuard = 4'800;  // 300 ms
  using Sink = std::function<void(const StereoBlock&)>;

  explicit CallTrack(Timepoint began);

  void caller(Timepoint arrived, std::span<const Sample> samples);
  void agent(Timepoint sent, std::span<const Sample> samples);
  void pause(Timepoint at);
  void resume(Timepoint at);
  // Gives the sink every block that is final.
  void advance(Timepoint now, const Sink& sink);
  // And the rest, the last block shorter: the call ended at `at`.
  void finish(Timepoint at, const Sink& sink);

  [[nodiscard]] SamplePosition position_of(Timepoint time) const;
  [[nodiscard]] SamplePosition length() const { return caller_line_.begin(); }
  // The last one may still be open: its end is length() then.
  [[nodiscard]] std::vector<SampleSpan> pauses() const;
  [[nodiscard]] std::uint64_t lost() const { return caller_.lost() + agent_.lost(); }
  [[nodiscard]] std::int64_t corrected() const { return caller_.corrected(); }

 private:
  void give(SamplePosition count, const Sink& sink);
  void silence_pauses(SamplePosition first);

  Timepoint began_;
  ChannelPlacer caller_{ClockOf::peer};
  ChannelPlacer agent_{ClockOf::ours};
  ChannelLine caller_line_;
  ChannelLine agent_line_;
  std::vector<SampleSpan> pauses_;
  std::optional<SamplePosition> paused_since_;
  StereoBlock block_;
};

}  // namespace antiphon
