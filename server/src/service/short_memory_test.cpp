#include "service/short_memory.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

constexpr Timepoint kStart{};

TEST(ShortMemory, KnowsAValueUntilItsTime) {
  ShortMemory<int> memory;
  memory.put("a", 7, kStart, kStart + 1s);
  ASSERT_NE(memory.find("a", kStart + 999ms), nullptr);
  EXPECT_EQ(*memory.find("a", kStart + 999ms), 7);
  EXPECT_EQ(memory.find("a", kStart + 1s), nullptr);
  EXPECT_EQ(memory.find("b", kStart), nullptr);
}

TEST(ShortMemory, ForgetsByKeyAndByValue) {
  ShortMemory<int> memory;
  memory.put("a", 1, kStart, kStart + 1s);
  memory.put("b", 2, kStart, kStart + 1s);
  memory.put("c", 3, kStart, kStart + 1s);
  memory.forget("a");
  memory.forget_if([](int value) { return value == 2; });
  EXPECT_EQ(memory.find("a", kStart), nullptr);
  EXPECT_EQ(memory.find("b", kStart), nullptr);
  EXPECT_NE(memory.find("c", kStart), nullptr);
}

TEST(ShortMemory, DropsWhatIsTooOldFirstWhenItIsFull) {
  ShortMemory<int> memory;
  for (std::size_t index = 0; index + 1 < ShortMemory<int>::kEntriesMax; ++index)
    memory.put(std::to_string(index), 1, kStart, kStart + 1s);
  memory.put("young", 2, kStart, kStart + 9s);
  memory.put("new", 3, kStart + 2s, kStart + 9s);
  EXPECT_NE(memory.find("young", kStart + 2s), nullptr);
  EXPECT_NE(memory.find("new", kStart + 2s), nullptr);
  EXPECT_EQ(memory.find("0", kStart), nullptr);
}

TEST(ShortMemory, DropsEverythingWhenItIsFullOfWhatIsYoung) {
  ShortMemory<int> memory;
  for (std::size_t index = 0; index < ShortMemory<int>::kEntriesMax; ++index)
    memory.put(std::to_string(index), 1, kStart, kStart + 1s);
  memory.put("new", 3, kStart, kStart + 1s);
  EXPECT_EQ(memory.find("1", kStart), nullptr);
  EXPECT_NE(memory.find("new", kStart), nullptr);
}

}  // namespace
}  // namespace antiphon
