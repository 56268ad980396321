#include "json/rfc3339.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

std::string again(std::string_view text) {
  const auto time = parse_rfc3339(text);
  return time ? to_rfc3339(*time) : "refused";
}

TEST(Rfc3339, IsWrittenInUtcWithMillisecondsOrMicroseconds) {
  EXPECT_EQ(to_rfc3339(WallTime{}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(again("2026-01-31T09:30:00Z"), "2026-01-31T09:30:00.000Z");
  EXPECT_EQ(again("2026-01-31T09:30:00.25Z"), "2026-01-31T09:30:00.250Z");
  EXPECT_EQ(again("2026-01-31T09:30:00.1234567Z"), "2026-01-31T09:30:00.123456Z");
  EXPECT_EQ(again("1969-12-31T23:59:59.999Z"), "1969-12-31T23:59:59.999Z");
}

TEST(Rfc3339, CountsTheOffsetInBothDirections) {
  EXPECT_EQ(again("2026-01-31t09:30:00+02:30"), "2026-01-31T07:00:00.000Z");
  EXPECT_EQ(again("2026-12-31T23:30:00-00:45"), "2027-01-01T00:15:00.000Z");
  EXPECT_EQ(again("2024-02-29T00:00:00z"), "2024-02-29T00:00:00.000Z");
}

TEST(Rfc3339, TakesALeapSecondAsTheSecondAfter) {
  EXPECT_EQ(again("2016-12-31T23:59:60Z"), "2017-01-01T00:00:00.000Z");
}

TEST(Rfc3339, RefusesWhatIsNoTime) {
  for (const std::string_view text :
       {"", "2026-01-31", "2026-01-31T09:30:00", "2026-01-31 09:30:00Z", "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-01-31T24:00:00Z", "2026-01-31T09:60:00Z",
        "2026-01-31T09:30:61Z", "2026-01-31T09:30:00.Z", "2026-01-31T09:30:00Zx",
        "2026-01-31T09:30:00+24:00", "2026-01-31T09:30:00+0200", "1677-12-31T00:00:00Z",
        "2262-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "1013-02-03T04:05:06Z",
        "9999-12-31T23:59:59Z", "+026-01-31T09:30:00Z"}) {
    EXPECT_EQ(again(text), "refused") << text;
  }
}

}  // namespace
}  // namespace antiphon
