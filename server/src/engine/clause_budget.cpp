#include "engine/clause_budget.h"

#include "engine/word_timeline.h"

#include <algorithm>
#include <cstdlib>

namespace antiphon {

namespace {

constexpr double kRoom = 20;
constexpr double kLeast = 10.0 * kEngineRate.value();
constexpr double kMost = 60.0 * kEngineRate.value();
constexpr SampleIndex kSilenceMax = 5 * SampleIndex{kEngineRate.value()};
constexpr int kEmptyMax = 50;
constexpr int kAudible = 200;  // -44 dB of full scale

}  // namespace

ClauseBudget::ClauseBudget(std::string_view text, double speed) {
  const double expected = weight_of(words_of_clause(text, {})) * kSamplesPerWeight;
  const double most = std::clamp(kRoom * expected, kLeast, kMost) / std::clamp(speed, 0.1, 1.0);
  left_ = static_cast<SampleIndex>(most);
}

Result<> ClauseBudget::admit(std::span<const Sample> chunk) {
  empty_ = chunk.empty() ? empty_ + 1 : 0;
  if (empty_ > kEmptyMax) {
    return failure(ErrorCode::protocol_error, "the synthesizer answers without any sound");
  }
  if (chunk.size() > left_) {
    return failure(ErrorCode::too_large,
                   "the synthesizer gives far more sound than the clause has words");
  }
  left_ -= chunk.size();
  for (const Sample sample : chunk) {
    silent_ = std::abs(int{sample}) >= kAudible ? 0 : silent_ + 1;
    if (silent_ > kSilenceMax) {
      return failure(ErrorCode::protocol_error,
                     "the synthesizer gives seconds of silence inside a clause");
    }
  }
  return Result<>{};
}

}  // namespace antiphon
