#include "core/bounded.h"

#include <gtest/gtest.h>

#include <cmath>
#include <type_traits>

namespace antiphon {
namespace {

template <class T>
std::string message_of(const Result<T>& result) {
  return result ? "accepted" : result.error().message;
}

TEST(Text, CountsCodePointsAndNotBytes) {
  using Name = Text<1, 4>;
  EXPECT_EQ(Name::make("äöü€").value().value(), "äöü€");
  EXPECT_EQ(message_of(Name::make("äöü€a")), "must be a string of 1 to 4 characters");
  EXPECT_EQ(message_of(Name::make("")), "must be a string of 1 to 4 characters");
}

TEST(Text, RefusesNulAndInvalidUtf8) {
  using Name = Text<0, 10>;
  EXPECT_EQ(message_of(Name::make(std::string("a\0b", 3))), "must not contain a NUL character");
  EXPECT_EQ(message_of(Name::make("\xC3\x28")), "must be valid UTF-8");
  EXPECT_EQ(message_of(Name::make("\xED\xA0\x80")), "must be valid UTF-8");
}

TEST(Text, NamesTheWholeValueInItsFieldError) {
  const auto refusal = Text<1, 1>::make("ab");
  ASSERT_FALSE(refusal.has_value());
  EXPECT_EQ(refusal.error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(refusal.error().fields,
            (std::vector<FieldError>{{"", "must be a string of 1 character"}}));
}

TEST(Text, IsMadeFromALiteralButNotFromRuntimeText) {
  const Text<1, 64> voice{"joe"};
  EXPECT_EQ(voice.value(), "joe");
  static_assert(!std::is_constructible_v<Text<1, 64>, std::string>);
  static_assert(!std::is_constructible_v<Text<1, 64>, std::string_view>);
  static_assert(!std::is_constructible_v<Text<1, 64>, const char*>);
}

TEST(TextDeathTest, EndsTheProcessWhenALiteralBreaksTheLimits) {
  EXPECT_DEATH((Text<1, 2>{"three"}), "a literal keeps the limits of its Text");
}

TEST(Integer, AcceptsItsBoundsAndNothingBeyond) {
  using Pause = Integer<-5, 5'000>;
  EXPECT_EQ(Pause::make(-5).value().value(), -5);
  EXPECT_EQ(Pause::make(5'000).value().value(), 5'000);
  EXPECT_EQ(message_of(Pause::make(-6)), "must be an integer from -5 to 5000");
  EXPECT_EQ(message_of(Pause::make(5'001)), "must be an integer from -5 to 5000");
}

TEST(Integer, StartsAtZeroOrTheLimitNearestToIt) {
  EXPECT_EQ((Integer<-5, 5>{}).value(), 0);
  EXPECT_EQ((Integer<3, 5>{}).value(), 3);
  EXPECT_EQ((Integer<-9, -3>{}).value(), -3);
}

TEST(Number, AcceptsItsBoundsAndNothingBeyond) {
  using Speed = Number<250, 4'000>;
  EXPECT_EQ(Speed::make(0.25).value().value(), 0.25);
  EXPECT_EQ(Speed::make(4).value().value(), 4.0);
  EXPECT_EQ(message_of(Speed::make(0.2499)), "must be a number from 0.25 to 4");
  EXPECT_EQ(message_of(Speed::make(4.0001)), "must be a number from 0.25 to 4");
  EXPECT_EQ(message_of(Speed::make(std::nan(""))), "must be a number from 0.25 to 4");
}

TEST(List, KeepsItsSizeLimits) {
  using Names = List<int, 3, 1>;
  EXPECT_EQ(Names::make({1, 2, 3}).value().value(), (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(message_of(Names::make({})), "must be an array of 1 to 3 items");
  EXPECT_EQ(message_of(Names::make({1, 2, 3, 4})), "must be an array of 1 to 3 items");
}

TEST(JsonObject, IsEmptyAtFirstAndBoundedInBytes) {
  EXPECT_EQ(JsonObject<8>{}.text(), "{}");
  EXPECT_EQ(JsonObject<8>::from_valid(R"({"a":1})").value().text(), R"({"a":1})");
  EXPECT_EQ(message_of(JsonObject<8>::from_valid(R"({"ab":12})")),
            "must be an object of at most 8 bytes");
}

TEST(Rules, AreWrittenTheWayPeopleSpeak) {
  constexpr auto kNoLimit = static_cast<std::size_t>(-1);
  EXPECT_EQ(text_rule(0, kNoLimit), "must be a string");
  EXPECT_EQ(text_rule(1, kNoLimit), "must be a string of at least 1 character");
  EXPECT_EQ(text_rule(0, 500), "must be a string of at most 500 characters");
  EXPECT_EQ(text_rule(2, 2), "must be a string of 2 characters");
  EXPECT_EQ(list_rule(0, 1), "must be an array of at most 1 item");
  EXPECT_EQ(integer_rule(0, INT64_MAX), "must be an integer of at least 0");
  EXPECT_EQ(integer_rule(INT64_MIN, INT64_MAX), "must be an integer");
}

}  // namespace
}  // namespace antiphon
