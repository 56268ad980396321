// One telephone call as Twilio's Media Streams show it: a caller who speaks, waits and interrupts,
// and a player that holds what the server sent ahead.
//
// Input   tick() every 20 ms from connect to the end; take() with each message of the server.
// Output  both append whole WebSocket frames to send to `out`.
// Limits  a reply that does not come within 10 s is missed.
// Errors  what breaks the format is ignored and shows as a missed turn.
// Thread  that of the callers' loop.
//
//  lead --> speaking --> waiting --> listening --> gap --> speaking ...
//              ^                        |
//              +---- interrupts --------+   every Script::interrupt_every turns, 1.2 s into a reply
#pragma once

#include "samples.h"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace calls {

// What all callers share.
struct Script {
  std::vector<std::string> speech;  // 20 ms of mu-law each, in base64
  std::string silence;
  int interrupt_every = 3;
  Time begin = Time::max();  // of the window that is measured
  Time end = Time::max();

  [[nodiscard]] bool is_measured(Time when) const { return when >= begin && when < end; }
};

struct Figures {
  Samples reply;        // last frame of speech sent -> first audible frame of the reply received
  Samples interrupted;  // first frame over the agent -> the player is silent
  Samples cleared;      // first frame over the agent -> `clear` received
  Samples lateness;     // of a frame against the beginning of its reply
  Samples jitter;
  Samples connecting;
  long turns = 0, missed = 0, not_interrupted = 0, stalls = 0, frames = 0, unasked = 0;
};

class Caller {
 public:
  Caller(int number, const Script& script, Figures& figures);

  void start(Time now, std::string& out);
  void tick(Time now, std::string& out);
  void take(std::string_view message, Time now);
  void stop(std::string& out) const;

 private:
  enum class Phase : std::uint8_t { lead, speaking, waiting, listening, gap };
  struct Mark {
    Time due;
    std::string name;
  };

  void speak(Time now, bool interrupts);
  void end_speech(Time now);
  void advance(Time now);
  void media(std::string_view payload, Time now);
  void pace(Time now, Clock::duration length);
  void clear(Time now);
  void echo_marks(Time now, std::string& out);

  const Script& script_;
  Figures& figures_;
  int number_;
  std::string stream_;
  Phase phase_ = Phase::lead;
  Time phase_began_{};
  std::size_t next_frame_ = 0;
  int turn_ = 0;
  bool will_interrupt_ = false;
  bool interrupts_ = false;
  Time speech_began_{};
  Time speech_ended_{};
  Time reply_began_{};
  Time cleared_{};
  Time played_until_{};  // by a player that throws its buffer away at `clear`
  Time last_audible_{};
  Time run_began_{};  // frames of one reply without a hole
  Clock::duration run_length_{};
  Clock::duration last_length_{};
  std::uint64_t sequence_ = 1;
  std::deque<Mark> marks_;
};

}  // namespace calls
