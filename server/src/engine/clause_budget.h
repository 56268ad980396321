// What a synthesizer may send for one clause before it is taken for broken.
//
// Limits  20 times the length its text lets expect, at least 10 s and at most a minute at speed 1;
//         5 s of silence in a row; 50 chunks without a sample in a row.
// Errors  too_large, protocol_error. The chunk that breaks a limit is not to be played.
// Thread  owned by one reply.
#pragma once

#include "core/result.h"
#include "engine/caller_audio.h"

#include <cstddef>
#include <span>
#include <string_view>

namespace antiphon {

class ClauseBudget {
 public:
  ClauseBudget(std::string_view text, double speed);

  [[nodiscard]] Result<> admit(std::span<const Sample> chunk);

 private:
  SampleIndex left_;
  SampleIndex silent_ = 0;
  int empty_ = 0;
};

}  // namespace antiphon
