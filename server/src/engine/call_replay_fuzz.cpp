// Logs that nobody wrote: whatever they say, a repetition ends.
#include "engine/call_replay.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace antiphon;
  SessionPlan plan;
  plan.configuration.greeting = *Text<0, 500>::make("Hello. Who is there?");
  const auto report = replay_call(plan, std::as_bytes(std::span(data, size)), {});
  static_cast<void>(report);
  return 0;
}
