// What a program and all processes below it have used so far, from /proc.
//
// Errors  a process that ends while it is read counts as little as was read of it.
// Thread  any; takes some milliseconds, with the memory more: the kernel walks the pages, and
//         holds up whoever maps new ones meanwhile.
#pragma once

#include "samples.h"

#include <cstdint>
#include <future>

namespace calls {

struct ProcessUsage {
  Time taken{};
  double processor_seconds = 0;
  double waiting_seconds = 0;  // of threads that could run and did not
  double stolen_seconds = 0;   // that the hypervisor gave to others; of the whole machine
  double proportional_mb = 0;  // PSS: pages that processes share are shared out
  double resident_mb = 0;
  int processes = 0;
  int threads = 0;
};

enum class Memory : std::uint8_t { measured, left_out };

ProcessUsage usage_of(int process, Memory memory);

// The same on a thread of low priority: reading takes longer than a call may wait for its frame.
std::future<ProcessUsage> usage_later(int process, Memory memory);

}  // namespace calls
