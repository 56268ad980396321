#include "json/json_path.h"

#include <gtest/gtest.h>

namespace antiphon::json {
namespace {

const char* const kShop = R"({"slots":[{"start":"9:00"},{"start":"10:00"},{"start":"11:00"}],
  "open now":true,"by":{"a":1,"b":2}})";

std::string picked(std::string_view path) {
  const auto document = parse(kShop);
  const auto parsed = JsonPath::parse(path);
  if (!parsed) return parsed.error().message;
  const auto value = parsed->select(*document);
  return value ? write(*value) : "nothing";
}

TEST(JsonPath, PicksChildrenIndexesSlicesAndWildcards) {
  EXPECT_EQ(picked("$.slots[0].start"), R"("9:00")");
  EXPECT_EQ(picked("$.slots[-1].start"), R"("11:00")");
  EXPECT_EQ(picked("$['open now']"), "true");
  EXPECT_EQ(picked("$.slots[1:].start"), R"(["10:00","11:00"])");
  EXPECT_EQ(picked("$.slots[:-1].start"), R"(["9:00","10:00"])");
  EXPECT_EQ(picked("$.slots[*].start"), R"(["9:00","10:00","11:00"])");
  EXPECT_EQ(picked("$.by.*"), "[1,2]");
}

TEST(JsonPath, LeadsNowhereWithoutAnError) {
  EXPECT_EQ(picked("$.nothing.there"), "nothing");
  EXPECT_EQ(picked("$.slots[3]"), "nothing");
  EXPECT_EQ(picked("$.by[0]"), "nothing");
  EXPECT_EQ(picked("$.slots[5:9]"), "[]");
}

TEST(JsonPath, RefusesByNameWhatItDoesNotKnow) {
  EXPECT_EQ(picked("slots"), "a path begins with $ (at character 1)");
  EXPECT_EQ(picked("$..start"), "a path has no descent (..) here (at character 3)");
  EXPECT_EQ(picked("$.slots[?(@.a)]"), "a path has no filter ([?...]) here (at character 9)");
  EXPECT_EQ(picked("$.slots[0,1]"), "a path has no union ([a,b]) here (at character 10)");
  EXPECT_EQ(picked("$.slots[0:2:2]"), "a path has no step in a slice here (at character 12)");
  EXPECT_EQ(picked("$.slots[0"), "a path closes its bracket (at character 10)");
}

}  // namespace
}  // namespace antiphon::json
