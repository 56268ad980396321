#include "transports/outgoing_queue.h"

#include <gtest/gtest.h>

#include <string>

namespace antiphon {
namespace {

AudioFrame frame(Sample value) {
  AudioFrame made;
  made.samples.fill(value);
  return made;
}

// "1 a 2": frames by their samples, notices by their text.
std::string drain(OutgoingQueue& queue) {
  std::string seen;
  while (!queue.empty()) {
    const auto& item = queue.front();
    if (!seen.empty()) seen += ' ';
    seen += item.kind == OutgoingQueue::Item::Kind::frame ? std::to_string(item.samples[0])
                                                          : item.notice;
    queue.pop();
  }
  return seen;
}

TEST(OutgoingQueue, KeepsFramesAndNoticesInOrder) {
  OutgoingQueue queue;
  EXPECT_TRUE(queue.push_frame(frame(1)));
  EXPECT_TRUE(queue.push_notice("a"));
  EXPECT_TRUE(queue.push_frame(frame(2)));
  EXPECT_TRUE(queue.push_notice("b"));
  EXPECT_EQ(drain(queue), "1 a 2 b");
}

TEST(OutgoingQueue, DropsFramesAndKeepsNoticesInOrder) {
  OutgoingQueue queue;
  for (Sample round = 0; round < 3; ++round) {
    EXPECT_TRUE(queue.push_frame(frame(round)));
    EXPECT_TRUE(queue.push_notice(std::string(1, static_cast<char>('a' + round))));
  }
  queue.drop_frames();
  EXPECT_EQ(drain(queue), "a b c");
}

TEST(OutgoingQueue, DropsFramesAcrossTheEndOfItsSlots) {
  OutgoingQueue queue;
  for (std::size_t i = 0; i < OutgoingQueue::kSlots - 2; ++i) {
    EXPECT_TRUE(queue.push_frame(frame(1)));
    queue.pop();
  }
  EXPECT_TRUE(queue.push_notice("a"));
  EXPECT_TRUE(queue.push_frame(frame(2)));
  EXPECT_TRUE(queue.push_frame(frame(3)));
  EXPECT_TRUE(queue.push_notice("b"));
  queue.drop_frames();
  EXPECT_TRUE(queue.push_frame(frame(4)));
  EXPECT_EQ(drain(queue), "a b 4");
}

TEST(OutgoingQueue, RefusesAFrameWhenItIsFull) {
  OutgoingQueue queue;
  for (std::size_t i = 0; i < OutgoingQueue::kSlots; ++i)
    EXPECT_TRUE(queue.push_frame(frame(1)));
  EXPECT_FALSE(queue.push_frame(frame(2)));
  queue.pop();
  EXPECT_TRUE(queue.push_frame(frame(3)));
}

TEST(OutgoingQueue, MakesRoomForANoticeByDroppingFrames) {
  OutgoingQueue queue;
  EXPECT_TRUE(queue.push_notice("a"));
  for (std::size_t i = 1; i < OutgoingQueue::kSlots; ++i)
    EXPECT_TRUE(queue.push_frame(frame(1)));
  EXPECT_TRUE(queue.push_notice("b"));
  EXPECT_EQ(drain(queue), "a b");
}

TEST(OutgoingQueue, RefusesANoticeWhenItHoldsNothingElse) {
  OutgoingQueue queue;
  for (std::size_t i = 0; i < OutgoingQueue::kSlots; ++i)
    EXPECT_TRUE(queue.push_notice("a"));
  EXPECT_FALSE(queue.push_notice("b"));
  EXPECT_FALSE(queue.push_frame(frame(1)));
}

}  // namespace
}  // namespace antiphon
