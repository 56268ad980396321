#include "api/recordings/byte_range.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

constexpr std::string_view kTag = "\"abc\"";

RequestHead asking(Headers headers, Method method = Method::get) {
  RequestHead head;
  head.method = method;
  head.headers = std::move(headers);
  return head;
}

RangePlan plan(std::string range, std::uint64_t size = 1'000) {
  return plan_range(asking({{"Range", std::move(range)}}), size, kTag);
}

void expect_part(const RangePlan& plan, std::uint64_t first, std::uint64_t last) {
  EXPECT_EQ(plan.outcome, RangeOutcome::part);
  EXPECT_EQ(plan.range, (ByteRange{first, last}));
}

TEST(ByteRange, TakesOneRange) {
  expect_part(plan("bytes=0-0"), 0, 0);
  expect_part(plan("bytes=0-499"), 0, 499);
  expect_part(plan("bytes=500-"), 500, 999);
  expect_part(plan("bytes=999-"), 999, 999);
  expect_part(plan("bytes=0-99999"), 0, 999);
  expect_part(plan("bytes=5-99999999999999999999999"), 5, 999);
  expect_part(plan("BYTES= 1-2 "), 1, 2);
}

TEST(ByteRange, TakesTheEnd) {
  expect_part(plan("bytes=-1"), 999, 999);
  expect_part(plan("bytes=-500"), 500, 999);
  expect_part(plan("bytes=-5000"), 0, 999);
}

TEST(ByteRange, SaysWhatCannotBe) {
  for (const char* range :
       {"bytes=1000-", "bytes=1000-2000", "bytes=-0", "bytes=99999999999999999999999-"}) {
    EXPECT_EQ(plan(range).outcome, RangeOutcome::unsatisfiable) << range;
  }
  EXPECT_EQ(plan("bytes=0-", 0).outcome, RangeOutcome::unsatisfiable);
  EXPECT_EQ(plan("bytes=-1", 0).outcome, RangeOutcome::unsatisfiable);
}

TEST(ByteRange, IgnoresWhatItDoesNotUnderstand) {
  for (const char* range :
       {"", "bytes", "bytes=", "bytes=-", "bytes=5-4", "bytes=a-b", "bytes=1-b", "bytes=+1-2",
        "bytes=0x1-2", "seconds=0-1", "bytes=0-1,5-6", "bytes=1 -2", "bytes=-1-2", "bytes = 1-2"}) {
    EXPECT_EQ(plan(range).outcome, RangeOutcome::whole) << range;
  }
}

TEST(ByteRange, CountsForGetAlone) {
  EXPECT_EQ(plan_range(asking({{"Range", "bytes=0-1"}}, Method::head), 10, kTag).outcome,
            RangeOutcome::whole);
}

TEST(ByteRange, CountsOnlyForTheVersionThatIfRangeNames) {
  const auto outcome = [](std::string condition) {
    return plan_range(asking({{"Range", "bytes=0-1"}, {"If-Range", std::move(condition)}}), 10,
                      kTag)
        .outcome;
  };
  EXPECT_EQ(outcome("\"abc\""), RangeOutcome::part);
  EXPECT_EQ(outcome("\"old\""), RangeOutcome::whole);
  EXPECT_EQ(outcome("W/\"abc\""), RangeOutcome::whole);
  EXPECT_EQ(outcome("Sun, 22 Nov 2026 10:00:00 GMT"), RangeOutcome::whole);
}

TEST(ByteRange, KnowsTheTagsOfConditions) {
  EXPECT_TRUE(is_unchanged(asking({{"If-None-Match", "\"x\", W/\"abc\""}}), kTag));
  EXPECT_TRUE(is_unchanged(asking({{"If-None-Match", "*"}}), kTag));
  EXPECT_FALSE(is_unchanged(asking({{"If-None-Match", "\"x\""}}), kTag));
  EXPECT_FALSE(is_unchanged(asking({}), kTag));
  EXPECT_TRUE(is_expected(asking({}), kTag));
  EXPECT_TRUE(is_expected(asking({{"If-Match", "\"x\",\"abc\""}}), kTag));
  EXPECT_FALSE(is_expected(asking({{"If-Match", "W/\"abc\""}}), kTag));
}

}  // namespace
}  // namespace antiphon
