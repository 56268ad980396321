#include "core/check.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

TEST(Check, PassesWhatHolds) {
  int evaluations = 0;
  CHECK(++evaluations == 1, "the condition is evaluated once");
  EXPECT_EQ(evaluations, 1);
}

TEST(CheckDeathTest, EndsTheProcessWithFileConditionAndReason) {
  const int items = 3;
  EXPECT_DEATH(CHECK(items < 2, "a pair has two ends"),
               "bug: .*check_test.cpp:[0-9]+: items < 2 does not hold: a pair has two ends");
}

}  // namespace
}  // namespace antiphon
