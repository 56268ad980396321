#include "core/result.h"

#include "core/sensitive.h"
#include "core/strong.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <type_traits>

namespace antiphon {
namespace {

using Meters = Strong<struct MetersTag, int>;
using Feet = Strong<struct FeetTag, int>;

Result<int> parse_digit(char character) {
  if (character < '0' || character > '9') {
    return failure(ErrorCode::invalid_argument, "not a digit", {{"/digit", "must be 0..9"}});
  }
  return character - '0';
}

TEST(Result, CarriesAValueOrAnErrorWithItsFields) {
  EXPECT_EQ(parse_digit('7').value(), 7);
  const Result<int> bad = parse_digit('x');
  ASSERT_FALSE(bad.has_value());
  EXPECT_EQ(bad.error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(bad.error().message, "not a digit");
  EXPECT_EQ(bad.error().fields, (std::vector<FieldError>{{"/digit", "must be 0..9"}}));
}

TEST(Result, TransformChangesTheValueAndKeepsTheError) {
  const auto twice = [](int value) { return value * 2; };
  EXPECT_EQ(parse_digit('4').transform(twice).value(), 8);
  EXPECT_EQ(parse_digit('x').transform(twice).error().code, ErrorCode::invalid_argument);
}

TEST(Result, AndThenChainsAndStopsAtTheFirstError) {
  int calls = 0;
  const auto halve = [&calls](int value) -> Result<double> {
    ++calls;
    if (value % 2 != 0) return failure(ErrorCode::unsupported, "odd");
    return value / 2.0;
  };
  EXPECT_EQ(parse_digit('4').and_then(halve).value(), 2.0);
  EXPECT_EQ(parse_digit('3').and_then(halve).error().message, "odd");
  EXPECT_EQ(parse_digit('x').and_then(halve).error().message, "not a digit");
  EXPECT_EQ(calls, 2);
}

TEST(Result, MovesWhatCannotBeCopied) {
  Result<std::unique_ptr<int>> owner = std::make_unique<int>(7);
  const auto value = std::move(owner).transform([](std::unique_ptr<int> inner) { return *inner; });
  EXPECT_EQ(value.value(), 7);
}

TEST(Result, OfNothingIsSuccessByDefault) {
  EXPECT_TRUE(Result<>{}.has_value());
  const Result<> bad = failure(ErrorCode::closed, "gone");
  EXPECT_EQ(bad.error().code, ErrorCode::closed);
}

TEST(ErrorCode, EveryCodeHasItsOwnName) {
  std::set<std::string_view> names;
  for (unsigned code = 0; code <= static_cast<unsigned>(ErrorCode::internal); ++code) {
    names.insert(name_of(static_cast<ErrorCode>(code)));
  }
  EXPECT_EQ(names.size(), static_cast<unsigned>(ErrorCode::internal) + 1U);
  EXPECT_EQ(name_of(ErrorCode::resource_exhausted), "resource_exhausted");
}

TEST(Strong, AddsAndComparesOnlyItsOwnUnit) {
  EXPECT_EQ(Meters(2) + Meters(3), Meters(5));
  EXPECT_EQ(Meters(2) - Meters(3), Meters(-1));
  EXPECT_LT(Meters(2), Meters(3));
  static_assert(!std::is_convertible_v<int, Meters>);
  static_assert(!std::is_convertible_v<Meters, int>);
  static_assert(!std::is_constructible_v<Meters, Feet>);
  static_assert(sizeof(Meters) == sizeof(int));
}

TEST(Sensitive, IsReadOnlyByRevealing) {
  const Sensitive<std::string> name(std::string("Ada"));
  EXPECT_EQ(name.reveal(), "Ada");
  static_assert(!std::is_convertible_v<Sensitive<std::string>, std::string>);
  static_assert(!std::is_convertible_v<Sensitive<std::string>, std::string_view>);
}

}  // namespace
}  // namespace antiphon
