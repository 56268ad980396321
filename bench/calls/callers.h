// Many calls at once: connects them one after the other, ticks each every 20 ms, prints one line.
//
// Output  a JSON object on standard output; its fields are explained in bench/calls/README.md.
// Limits  the loopback only; calls are spread over 20 slots of 1 ms.
// Errors  a refused or broken call is counted, by HTTP status or close code, and never repeated.
// Thread  run() is the only one.
#pragma once

#include "caller.h"
#include "link.h"
#include "options.h"
#include "process_usage.h"
#include "samples.h"

#include <cstdint>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace calls {

class Callers {
 public:
  Callers(const Options& options, int poll);
  // False: the speech could not be read.
  bool run();

 private:
  enum class State : std::uint8_t { idle, connecting, up, over };
  struct Call {
    State state = State::idle;
    std::unique_ptr<Link> link;
    std::unique_ptr<Caller> caller;
    Time dialled{};
    std::string fragments;
  };

  bool read_speech();
  void step(Time now);
  void dial(std::size_t number, Time now);
  void tick_due(Time now);
  void wait();
  void arrive(std::size_t number, Time now);
  void shake_hands(Call& call, Time now);
  void read_frames(Call& call, Time now);
  // `why` is an HTTP status, a close code, or 0 for a connection that broke.
  void lose(Call& call, int why);
  void measure(Time now);
  void hang_up();
  void print();

  const Options& options_;
  int poll_;
  std::uint16_t port_ = 0;
  std::string path_;
  std::vector<Call> calls_;
  std::size_t dialled_ = 0;
  Script script_;
  Figures figures_;
  Samples tick_lateness_;
  std::map<int, long> lost_;
  Time began_{};
  std::int64_t slot_ = 0;
  ProcessUsage idle_;
  std::future<ProcessUsage> first_, last_;
  double own_seconds_ = 0;
};

}  // namespace calls
