// A call drawn in a terminal: both sides as a ribbon over time, and where the time of a reply went.
//
//   caller ▁▃▅▇▆▃▁
//   agent           ▂▅▇▇▆▅▇▃
//          0s      1s      2s
//
// Thread  any; pure.
#pragma once

#include "core/audio_frame.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

// Both spans start together; columns: 20 to 400 characters for the time axis.
[[nodiscard]] std::string draw_ribbon(std::span<const Sample> caller, std::span<const Sample> agent,
                                      std::size_t columns);

struct WaterfallStep {
  std::string_view name;
  std::optional<std::chrono::milliseconds> at;  // since the caller's speech ended
};

// One line a step; a bar from the step before to this one.
[[nodiscard]] std::string draw_waterfall(std::span<const WaterfallStep> steps, std::size_t columns);

}  // namespace antiphon
