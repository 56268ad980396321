// Makes a failing call small: as few acts, replies and faults, as short as it can be while it still
// fails.
//
//   CallScript smallest = shrink(script, [](const CallScript& s) { return fails(s); });
//
// Limits  asks `still_fails` at most `runs_max` times. The result fails, and no single one of the
//         tried simplifications of it does, unless the limit was reached.
#pragma once

#include "calls/call_script.h"

#include <functional>

namespace antiphon::simulated {

inline constexpr int kShrinkRunsMax = 600;

[[nodiscard]] CallScript shrink(CallScript script,
                                const std::function<bool(const CallScript&)>& still_fails,
                                int runs_max = kShrinkRunsMax);

}  // namespace antiphon::simulated
