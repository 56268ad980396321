// Judges from the sound whether the caller has finished.
//
// Input   the last 8 s of the caller at most, 16 kHz mono, ending with the silence (200 ms or more
//         of it).
// Output  the probability that the turn is complete, 0 to 1.
// Errors  timeout, resource_exhausted, unavailable, cancelled: then silence alone decides.
// Thread  the session's executor.
#pragma once

#include "core/audio_frame.h"
#include "core/result.h"
#include "core/task.h"

#include <vector>

namespace antiphon {

class TurnDetector {
 public:
  virtual ~TurnDetector() = default;
  virtual Task<Result<float>> completion(std::vector<Sample> audio) = 0;
};

}  // namespace antiphon
