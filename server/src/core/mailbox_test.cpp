#include "core/mailbox.h"

#include "core/task_group.h"
#include "testing/run.h"

#include <boost/asio/executor_work_guard.hpp>
#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

namespace antiphon {
namespace {

Task<> collect(Mailbox<int>& mailbox, std::vector<int>& items, ErrorCode& end) {
  while (true) {
    const auto item = co_await mailbox.receive();
    if (!item) {
      end = item.error().code;
      co_return;
    }
    items.push_back(*item);
  }
}

TEST(Mailbox, DeliversInOrder) {
  boost::asio::io_context loop;
  Mailbox<int> mailbox(loop.get_executor(), 8, WhenFull::refuse);
  TaskGroup group(loop.get_executor());
  std::vector<int> items;
  ErrorCode end = ErrorCode::internal;
  group.spawn(collect(mailbox, items, end));
  run_until_idle(loop);
  EXPECT_TRUE(mailbox.push(1));
  EXPECT_TRUE(mailbox.push(2));
  run_until_idle(loop);
  EXPECT_TRUE(mailbox.push(3));
  run_until_idle(loop);
  EXPECT_EQ(items, (std::vector{1, 2, 3}));
}

TEST(Mailbox, RefusesAndCountsWhenFull) {
  boost::asio::io_context loop;
  Mailbox<int> mailbox(loop.get_executor(), 2, WhenFull::refuse);
  EXPECT_TRUE(mailbox.push(1));
  EXPECT_TRUE(mailbox.push(2));
  EXPECT_FALSE(mailbox.push(3));
  EXPECT_EQ(mailbox.dropped(), 1U);
  EXPECT_EQ(mailbox.size(), 2U);
  EXPECT_EQ(mailbox.try_receive(), 1);
  EXPECT_TRUE(mailbox.push(4));
  EXPECT_EQ(mailbox.try_receive(), 2);
  EXPECT_EQ(mailbox.try_receive(), 4);
  EXPECT_EQ(mailbox.try_receive(), std::nullopt);
}

TEST(Mailbox, DropsTheOldestAndCountsWhenFull) {
  boost::asio::io_context loop;
  Mailbox<int> mailbox(loop.get_executor(), 2, WhenFull::drop_oldest);
  for (int item = 1; item <= 5; ++item)
    EXPECT_TRUE(mailbox.push(item));
  EXPECT_EQ(mailbox.dropped(), 3U);
  EXPECT_EQ(mailbox.try_receive(), 4);
  EXPECT_EQ(mailbox.try_receive(), 5);
}

TEST(Mailbox, CloseDeliversWhatIsThereThenSaysClosed) {
  boost::asio::io_context loop;
  Mailbox<int> mailbox(loop.get_executor(), 8, WhenFull::refuse);
  mailbox.push(1);
  mailbox.push(2);
  mailbox.close();
  EXPECT_FALSE(mailbox.push(3));
  EXPECT_EQ(mailbox.dropped(), 0U) << "a closed mailbox is not a full one";
  std::vector<int> items;
  ErrorCode end = ErrorCode::internal;
  run(loop, collect(mailbox, items, end));
  EXPECT_EQ(items, (std::vector{1, 2}));
  EXPECT_EQ(end, ErrorCode::closed);
}

TEST(Mailbox, CloseWakesAWaiter) {
  boost::asio::io_context loop;
  Mailbox<int> mailbox(loop.get_executor(), 8, WhenFull::refuse);
  TaskGroup group(loop.get_executor());
  std::vector<int> items;
  ErrorCode end = ErrorCode::internal;
  group.spawn(collect(mailbox, items, end));
  run_until_idle(loop);
  mailbox.close();
  run_until_idle(loop);
  EXPECT_EQ(end, ErrorCode::closed);
  EXPECT_EQ(group.size(), 0U);
}

TEST(Mailbox, ACancelledReceiveLeavesTheItemsForTheNext) {
  boost::asio::io_context loop;
  Mailbox<int> mailbox(loop.get_executor(), 8, WhenFull::refuse);
  std::vector<int> items;
  ErrorCode end = ErrorCode::internal;
  {
    TaskGroup group(loop.get_executor());
    group.spawn(collect(mailbox, items, end));
    run_until_idle(loop);
    group.cancel();
    run_until_idle(loop);
  }
  EXPECT_EQ(end, ErrorCode::cancelled);
  mailbox.push(7);
  mailbox.close();
  run(loop, collect(mailbox, items, end));
  EXPECT_EQ(items, std::vector{7});
}

TEST(Mailbox, CarriesWhatCannotBeCopied) {
  boost::asio::io_context loop;
  Mailbox<std::unique_ptr<int>> mailbox(loop.get_executor(), 1, WhenFull::refuse);
  mailbox.push(std::make_unique<int>(7));
  const auto item = run(loop, mailbox.receive());
  ASSERT_TRUE(item.has_value());
  EXPECT_EQ(**item, 7);
}

TEST(Mailbox, MayGoWhileAWakeIsOnItsWay) {
  boost::asio::io_context loop;
  {
    Mailbox<int> mailbox(loop.get_executor(), 1, WhenFull::refuse);
    mailbox.push(1);
  }
  run_until_idle(loop);
}

TEST(Mailbox, TakesItemsFromManyThreadsWithoutLosingOne) {
  constexpr int kThreads = 4;
  constexpr int kItems = 2'000;
  boost::asio::io_context loop;
  const auto work = boost::asio::make_work_guard(loop);
  Mailbox<int> mailbox(loop.get_executor(), kThreads * kItems, WhenFull::refuse);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&mailbox, thread] {
      for (int item = 0; item < kItems; ++item)
        mailbox.push(thread * kItems + item);
    });
  }
  std::vector<int> next(kThreads, 0);
  run(loop, [](Mailbox<int>& box, std::vector<int>& seen) -> Task<> {
    for (int count = 0; count < kThreads * kItems; ++count) {
      const auto item = co_await box.receive();
      const auto thread = static_cast<std::size_t>(*item / kItems);
      // What one thread pushed stays in its order.
      EXPECT_EQ(*item % kItems, seen[thread]);
      ++seen[thread];
    }
  }(mailbox, next));
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(next, std::vector<int>(kThreads, kItems));
  EXPECT_EQ(mailbox.dropped(), 0U);
}

}  // namespace
}  // namespace antiphon
