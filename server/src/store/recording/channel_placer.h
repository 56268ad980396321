// Puts the frames of one channel where our clock says they belong.
//
// Frames follow each other without a seam as long as the clock agrees within its jitter. A packet
// can only be late, never early. So the truth about now is the least delayed of the next
// kLookahead, which is why a frame is held for so long before it is placed; and the truth about the
// peer's clock is the straight line below the least delayed of each of the last 32 seconds. A frame
// that is late together with all that follow it begins after a gap, which stays silent; a burst
// after a stall fills the hole it left.
//
//   ClockOf::ours   the agent: its frames are ticks of our own clock, nothing needs correction.
//   ClockOf::peer   the caller: a sound card may run 2 % fast. In silence the difference is taken
//                   out at once; in speech only beyond 2 ms, by stretching the frame by at most
//                   1 in 40, which gives a card that is off its true pitch back.
// Limits  what would lie kAheadMax before its time is dropped and counted: a peer that floods.
// Thread  one.
// Source  the line: Moon, Skelly and Towsley, "Estimation and Removal of Clock Skew from Network
//         Delay Measurements", 1999.
#pragma once

#include "store/recording/channel_line.h"

#include <array>
#include <deque>
#include <optional>

namespace antiphon {

enum class ClockOf : std::uint8_t { ours, peer };

class ChannelPlacer {
 public:
  static constexpr SamplePosition kLookahead = 2'560;  // 160 ms
  static constexpr SamplePosition kAheadMax = 16'000;  // 1 s

  explicit ChannelPlacer(ClockOf clock) : clock_(clock) {}

  // `start`: where our clock puts the first of the (at most 320) samples.
  void hold(SamplePosition start, std::span<const Sample> samples);
  // Places what began before `until`.
  void place(SamplePosition until, ChannelLine& line);

  [[nodiscard]] std::uint64_t lost() const { return lost_; }
  // Samples added or, negative, taken away.
  [[nodiscard]] std::int64_t corrected() const { return corrected_; }

 private:
  struct Held {
    SamplePosition start = 0;
    std::uint32_t count = 0;
    std::array<Sample, kFrameSamples.value()> samples;
  };
  // The least lateness of one second, as it would be without our corrections.
  struct Least {
    SamplePosition at = 0;
    SamplePosition lateness = 0;
  };
  // Of lateness over time.
  struct Line {
    double at = 0;
    double lateness = 0;
    double slope = 0;
  };

  void place_front(ChannelLine& line);
  [[nodiscard]] SamplePosition least_lateness() const;
  void begin_run();
  void move(SamplePosition by);
  [[nodiscard]] static std::optional<Line> line_below(const std::deque<Least>& points);
  void note(SamplePosition at, SamplePosition lateness);
  [[nodiscard]] SamplePosition deviation(SamplePosition lateness);
  [[nodiscard]] SamplePosition correction(std::span<const Sample> samples, SamplePosition off);

  ClockOf clock_;
  std::deque<Held> held_;
  bool running_ = false;
  SamplePosition next_ = 0;    // where the next sample goes when nothing speaks against it
  std::deque<Least> seconds_;  // the last one fills
  SamplePosition second_began_ = 0;
  std::optional<Line> line_;  // below all of them
  SamplePosition moved_ = 0;  // by corrections since the run began
  std::uint64_t lost_ = 0;
  std::int64_t corrected_ = 0;
};

// `in` made longer or shorter by linear interpolation; the end meets what follows.
void stretch(std::span<const Sample> in, std::span<Sample> out);

}  // namespace antiphon
