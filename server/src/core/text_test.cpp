#include "core/base64.h"
#include "core/percent.h"
#include "core/random.h"
#include "core/utf8.h"
#include "core/uuid.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <unordered_set>

namespace antiphon {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

std::string text_of(const std::vector<std::byte>& bytes) {
  std::string text;
  for (const std::byte byte : bytes)
    text += static_cast<char>(byte);
  return text;
}

struct Base64Case {
  std::string_view plain;
  std::string_view standard;
  std::string_view url;
};

// RFC 4648 section 10, and two bytes that need the characters in which the alphabets differ.
constexpr Base64Case kBase64Cases[] = {
    {"", "", ""},
    {"f", "Zg==", "Zg"},
    {"fo", "Zm8=", "Zm8"},
    {"foo", "Zm9v", "Zm9v"},
    {"foob", "Zm9vYg==", "Zm9vYg"},
    {"fooba", "Zm9vYmE=", "Zm9vYmE"},
    {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
    {"\xfb\xff", "+/8=", "-_8"},
};

TEST(Base64, AgreesWithTheRfcBothWays) {
  for (const auto& [plain, standard, url] : kBase64Cases) {
    EXPECT_EQ(base64_encode(bytes_of(plain)), standard);
    EXPECT_EQ(base64url_encode(bytes_of(plain)), url);
    ASSERT_TRUE(base64_decode(standard).has_value()) << standard;
    EXPECT_EQ(text_of(*base64_decode(standard)), plain);
    ASSERT_TRUE(base64url_decode(url).has_value()) << url;
    EXPECT_EQ(text_of(*base64url_decode(url)), plain);
  }
}

TEST(Base64, RefusesEverythingThatIsNotCanonical) {
  for (const std::string_view text :
       {"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Z===", "====", "=", "Zg==Zg==", "Zm 9",
        "Zm9v\n", "Zm-v", "Zm_v", "Zm9\xff"}) {
    EXPECT_FALSE(base64_decode(text).has_value()) << text;
  }
  for (const std::string_view text : {"Z", "Zg==", "Zh", "Zm9", "Zm+v", "Zm/v", "Zm9v ", "Zm9vZ"}) {
    EXPECT_FALSE(base64url_decode(text).has_value()) << text;
  }
}

TEST(Percent, LeavesTheUnreservedAndWhatItIsTold) {
  EXPECT_EQ(percent_encode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(percent_encode("a b/c?&=%+\xc3\xa9"), "a%20b%2Fc%3F%26%3D%25%2B%C3%A9");
  EXPECT_EQ(percent_encode("/run/a b", "/"), "/run/a%20b");
}

TEST(Uuid, PrintsAndParsesItsOneForm) {
  const std::string text = "f81d4fae-7dec-41d0-a765-00a0c91e6bf6";
  const auto uuid = Uuid::parse(text);
  ASSERT_TRUE(uuid.has_value());
  EXPECT_EQ(uuid->to_string(), text);
  EXPECT_EQ(Uuid::parse("F81D4FAE-7DEC-41D0-A765-00A0C91E6BF6"), uuid);
  EXPECT_EQ(Uuid{}.to_string(), "00000000-0000-0000-0000-000000000000");
  EXPECT_EQ(Uuid::from_bytes(std::as_bytes(std::span(uuid->bytes()))), uuid);
  EXPECT_TRUE(Uuid{}.is_nil());
  EXPECT_FALSE(uuid->is_nil());
}

TEST(Uuid, RefusesEveryOtherForm) {
  for (const std::string_view text :
       {"", "f81d4fae7dec41d0a76500a0c91e6bf6", "{f81d4fae-7dec-41d0-a765-00a0c91e6bf6}",
        "urn:uuid:f81d4fae-7dec-41d0-a765-00a0c91e6bf6", "f81d4fae-7dec-41d0-a765-00a0c91e6bf",
        "f81d4fae-7dec-41d0-a765-00a0c91e6bf67", "g81d4fae-7dec-41d0-a765-00a0c91e6bf6",
        "f81d4fae-7dec-41d0-a765_00a0c91e6bf6", "f81d4fae-7dec-41d0-a765-00a0c91e6b 6",
        "f81d4fae7-dec-41d0-a765-00a0c91e6bf6", " 81d4fae-7dec-41d0-a765-00a0c91e6bf6"}) {
    EXPECT_FALSE(Uuid::parse(text).has_value()) << text;
  }
}

TEST(Uuid, CarriesVersionAndVariant) {
  SeededRandom random(Seed{1});
  const Uuid fourth = Uuid::make_random(random);
  EXPECT_EQ(fourth.to_string()[14], '4');
  EXPECT_EQ(fourth.bytes()[8] & 0xC0, 0x80);
  // RFC 9562 appendix A.6: 0x017F22E279B0 is 2022-02-22 14:22:22 -05:00.
  const WallTime time{std::chrono::milliseconds(0x017F22E279B0)};
  const Uuid seventh = Uuid::make_ordered(time, random);
  EXPECT_EQ(seventh.to_string().substr(0, 15), "017f22e2-79b0-7");
  EXPECT_EQ(seventh.bytes()[8] & 0xC0, 0x80);
}

TEST(Uuid, OrderedOnesSortByTheTimeTheyWereMade) {
  SeededRandom random(Seed{2});
  WallTime time{std::chrono::hours(500'000)};
  Uuid before = Uuid::make_ordered(time, random);
  for (int round = 0; round < 1000; ++round) {
    time += std::chrono::milliseconds(1);
    const Uuid after = Uuid::make_ordered(time, random);
    ASSERT_LT(before, after);
    ASSERT_LT(before.to_string(), after.to_string());
    before = after;
  }
}

TEST(Uuid, HashesAndNeverRepeatsInAThousand) {
  SeededRandom random(Seed{3});
  std::unordered_set<Uuid> seen;
  for (int round = 0; round < 1000; ++round)
    seen.insert(Uuid::make_random(random));
  EXPECT_EQ(seen.size(), 1000U);
}

struct Utf8Case {
  std::string_view text;
  bool valid;
  std::size_t length;
};

constexpr Utf8Case kUtf8Cases[] = {
    {"", true, 0},
    {"abc", true, 3},
    {"gr\xc3\xbc\xc3\x9f", true, 4},
    {"\xe2\x82\xac", true, 1},       // U+20AC
    {"\xf0\x9f\x98\x80", true, 1},   // U+1F600
    {"\xf4\x8f\xbf\xbf", true, 1},   // U+10FFFF
    {"\xed\x9f\xbf", true, 1},       // U+D7FF
    {"\xee\x80\x80", true, 1},       // U+E000
    {"\xc0\x80", false, 2},          // overlong NUL
    {"\xc1\xbf", false, 2},          // overlong
    {"\xe0\x9f\xbf", false, 3},      // overlong
    {"\xf0\x8f\xbf\xbf", false, 4},  // overlong
    {"\xed\xa0\x80", false, 3},      // surrogate
    {"\xf4\x90\x80\x80", false, 4},  // above U+10FFFF
    {"\xf5\x80\x80\x80", false, 4},  // no such lead
    {"\x80", false, 1},              // a continuation alone
    {"\xbf\xbf", false, 2},          // two of them
    {"a\xe2\x82", false, 3},         // cut
    {"\xe2\x28\xa1", false, 3},      // a lead, '(' and a continuation
    {"\xff", false, 1},
};

TEST(Utf8, TellsValidFromInvalidAndCountsCodePoints) {
  for (const auto& [text, valid, length] : kUtf8Cases) {
    EXPECT_EQ(is_valid_utf8(text), valid) << testing::PrintToString(text);
    EXPECT_EQ(utf8_length(text), length) << testing::PrintToString(text);
  }
  EXPECT_TRUE(is_valid_utf8(std::string_view("a\0b", 3)));
}

TEST(Utf8, TheLengthOfAPrefixIsWhatWasAskedFor) {
  for (const auto& [text, valid, length] : kUtf8Cases) {
    for (std::size_t count = 0; count <= length; ++count) {
      EXPECT_EQ(utf8_length(utf8_prefix(text, count)), count) << testing::PrintToString(text);
    }
    EXPECT_EQ(utf8_prefix(text, length + 1), text);
  }
  EXPECT_EQ(utf8_prefix("gr\xc3\xbc\xc3\x9f", 3), "gr\xc3\xbc");
}

TEST(Utf8, LowersAsciiLettersOnly) {
  EXPECT_EQ(to_lower_ascii("ABCxyz@[`{09\xc3\x9c"), "abcxyz@[`{09\xc3\x9c");
}

}  // namespace
}  // namespace antiphon
