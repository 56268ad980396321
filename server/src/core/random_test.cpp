#include "core/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <set>
#include <vector>

namespace antiphon {
namespace {

// The published first outputs of SplitMix64 for seed 1234567 (Vigna's reference implementation).
TEST(SeededRandom, GivesTheReferenceSequence) {
  SeededRandom random(Seed{1234567});
  EXPECT_EQ(random.next(), 6457827717110365317U);
  EXPECT_EQ(random.next(), 3203168211198807973U);
  EXPECT_EQ(random.next(), 9817491932198370423U);
  EXPECT_EQ(random.next(), 4593380528125082431U);
  EXPECT_EQ(random.next(), 16408922859458223821U);
}

TEST(SeededRandom, TheSameSeedGivesTheSameBytes) {
  std::array<std::byte, 37> first{};
  std::array<std::byte, 37> second{};
  SeededRandom(Seed{7}).fill(first);
  SeededRandom(Seed{7}).fill(second);
  EXPECT_EQ(first, second);
  SeededRandom(Seed{8}).fill(second);
  EXPECT_NE(first, second);
}

TEST(Random, BelowStaysBelowAndReachesEverything) {
  SeededRandom random(Seed{1});
  std::array<int, 6> counts{};
  for (int round = 0; round < 6'000; ++round)
    ++counts[random.below(6)];
  for (const int count : counts) {
    EXPECT_GT(count, 850);
    EXPECT_LT(count, 1150);
  }
  EXPECT_EQ(random.below(1), 0U);
}

// A source that yields what it is told: shows that the short last stretch of the range is rejected.
class FixedRandom final : public Random {
 public:
  explicit FixedRandom(std::vector<std::uint64_t> values) : values_(std::move(values)) {}
  void fill(std::span<std::byte> bytes) override {
    const std::uint64_t value = values_.at(used_++);
    std::memcpy(bytes.data(), &value, bytes.size());
  }

 private:
  std::vector<std::uint64_t> values_;
  std::size_t used_ = 0;
};

TEST(Random, BelowRejectsTheValuesThatWouldFavourSmallNumbers) {
  FixedRandom random({UINT64_MAX, UINT64_MAX - 1, 14});
  EXPECT_EQ(random.below(10), 4U);
}

TEST(SystemRandom, FillsAndDoesNotRepeat) {
  SystemRandom random;
  std::set<std::uint64_t> seen;
  for (int round = 0; round < 1000; ++round)
    seen.insert(random.next());
  EXPECT_EQ(seen.size(), 1000U);
  std::vector<std::byte> large(100'000);
  random.fill(large);
  const auto zeros = std::ranges::count(large, std::byte{0});
  EXPECT_GT(zeros, 200);
  EXPECT_LT(zeros, 600);
}

TEST(RandomDeathTest, AnEmptyRangeIsABug) {
  SeededRandom random(Seed{1});
  EXPECT_DEATH(static_cast<void>(random.below(0)), "an empty range has no number");
}

}  // namespace
}  // namespace antiphon
