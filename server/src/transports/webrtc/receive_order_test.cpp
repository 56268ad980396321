#include "transports/webrtc/receive_order.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace antiphon {
namespace {

// Each packet holds its own number; "-" stands for one that was lost, "+" for a lost one whose
// successor is here.
class ReceiveOrderTest : public ::testing::Test {
 protected:
  bool push(unsigned sequence) {
    const std::byte payload[] = {static_cast<std::byte>(sequence & 0xff)};
    return order_.push(static_cast<std::uint16_t>(sequence), payload);
  }
  std::string pop_all() {
    std::string seen;
    while (const auto next = order_.pop()) {
      if (!seen.empty()) seen += ' ';
      if (next->lost) {
        seen += next->payload.empty() ? "-" : "+";
      } else {
        seen += std::to_string(std::to_integer<int>(next->payload[0]));
      }
    }
    return seen;
  }
  ReceiveOrder order_;
};

TEST_F(ReceiveOrderTest, PassesOnWhatComesInOrder) {
  push(7);
  EXPECT_EQ(pop_all(), "7");
  push(8);
  EXPECT_EQ(pop_all(), "8");
}

TEST_F(ReceiveOrderTest, WaitsForAPacketThatIsLate) {
  push(1);
  EXPECT_EQ(pop_all(), "1");
  push(3);
  EXPECT_EQ(pop_all(), "");
  push(2);
  EXPECT_EQ(pop_all(), "2 3");
}

TEST_F(ReceiveOrderTest, GivesUpALostPacketWhenThreeSuccessorsAreHere) {
  push(1);
  EXPECT_EQ(pop_all(), "1");
  push(3);
  push(4);
  EXPECT_EQ(pop_all(), "");
  push(5);
  EXPECT_EQ(pop_all(), "+ 3 4 5");
}

TEST_F(ReceiveOrderTest, TwoLostPacketsAreTwo) {
  push(1);
  pop_all();
  push(4);
  push(5);
  push(6);
  EXPECT_EQ(pop_all(), "- + 4 5 6");
}

TEST_F(ReceiveOrderTest, RefusesWhatIsLateOrSeenBefore) {
  push(1);
  pop_all();
  EXPECT_FALSE(push(1));
  EXPECT_TRUE(push(3));
  EXPECT_FALSE(push(3));
}

TEST_F(ReceiveOrderTest, GoesOnAcrossTheWrap) {
  push(65'535);
  EXPECT_EQ(pop_all(), "255");
  push(0);
  EXPECT_EQ(pop_all(), "0");
}

TEST_F(ReceiveOrderTest, BeginsAnewAfterAJumpInEitherDirection) {
  push(1);
  pop_all();
  EXPECT_TRUE(push(1'000));
  EXPECT_EQ(pop_all(), "232");
  EXPECT_TRUE(push(5));
  EXPECT_EQ(pop_all(), "5");
}

TEST_F(ReceiveOrderTest, RefusesAPayloadThatIsTooLong) {
  EXPECT_FALSE(order_.push(1, std::vector<std::byte>(ReceiveOrder::kPayloadMax + 1)));
}

}  // namespace
}  // namespace antiphon
