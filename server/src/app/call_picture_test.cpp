#include "app/call_picture.h"

#include <gtest/gtest.h>

#include <array>

namespace antiphon {
namespace {

using std::chrono::milliseconds;

TEST(CallPicture, DrawsEachSideWhereItIsLoud) {
  std::vector<Sample> caller(16'000, 0);
  std::vector<Sample> agent(32'000, 0);
  std::fill(caller.begin(), caller.begin() + 8'000, Sample{16'000});
  std::fill(agent.begin() + 16'000, agent.begin() + 24'000, Sample{16'000});
  EXPECT_EQ(draw_ribbon(caller, agent, 20),
            "caller █████\n"
            "agent            █████\n"
            "       0s        1s\n");
}

TEST(CallPicture, DrawsAnEmptyCallWithoutFailing) {
  EXPECT_EQ(draw_ribbon({}, {}, 40), "caller \nagent  \n       \n");
}

TEST(CallPicture, DrawsQuietSoundLowAndSilenceNotAtAll) {
  const std::vector<Sample> quiet(6'400, Sample{100});
  EXPECT_EQ(draw_ribbon(quiet, {}, 20).substr(0, 10), "caller ▁");
}

TEST(CallPicture, DrawsTheStepsOfAReplyOneAfterTheOther) {
  const std::array steps{WaterfallStep{"turn ended", milliseconds(200)},
                         WaterfallStep{"first text", std::nullopt},
                         WaterfallStep{"audio", milliseconds(400)}};
  EXPECT_EQ(draw_waterfall(steps, 10),
            "  turn ended   200 ms  █████\n"
            "  first text        -\n"
            "  audio        400 ms       █████\n");
}

}  // namespace
}  // namespace antiphon
