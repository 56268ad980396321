#include "providers/far_stream.h"

#include "testing/run.h"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace antiphon {
namespace {

class FarStreamTest : public testing::Test {
 protected:
  ~FarStreamTest() override {
    TaskGroup group(loop_.get_executor());
    group.spawn(far_.stop());
    run_until_idle(loop_);
    EXPECT_EQ(group.size(), 0u);
  }

  boost::asio::io_context loop_;
  FarLoop far_{loop_.get_executor()};
};

Task<> count_to(FarOutlet<int> out, int last, int* given) {
  for (int number = 1; number <= last; ++number) {
    if (!co_await out.give(number)) co_return;
    ++*given;
  }
}

TEST_F(FarStreamTest, GivesEverythingInItsOrderAndThenIsClosed) {
  int given = 0;
  FarStream<int> stream(far_, [&](FarOutlet<int> out) { return count_to(out, 3, &given); });
  for (int expected = 1; expected <= 3; ++expected)
    EXPECT_EQ(run(loop_, stream.next()), expected);
  const auto end = run(loop_, stream.next());
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, ErrorCode::closed);
}

TEST_F(FarStreamTest, HoldsTheMakerBackWhileNobodyReads) {
  int given = 0;
  FarStream<int> stream(far_, [&](FarOutlet<int> out) { return count_to(out, 1'000, &given); });
  run_until_idle(loop_);
  EXPECT_EQ(given, 64);
  for (int expected = 1; expected <= 1'000; ++expected)
    ASSERT_EQ(run(loop_, stream.next()), expected);
  EXPECT_EQ(given, 1'000);
}

TEST_F(FarStreamTest, EndsItsWorkWhenItGoes) {
  int given = 0;
  auto stream = std::make_unique<FarStream<int>>(
      far_, [&](FarOutlet<int> out) { return count_to(out, 1'000, &given); });
  run_until_idle(loop_);
  stream.reset();
  run_until_idle(loop_);
  EXPECT_EQ(given, 64);
}

TEST_F(FarStreamTest, LosesNothingWhenAWaitIsCancelled) {
  Mailbox<int> source(loop_.get_executor(), 4, WhenFull::refuse);
  FarStream<int> stream(far_, [&](FarOutlet<int> out) -> Task<> {
    auto item = co_await source.receive();
    if (!item) co_return;
    const bool given = co_await out.give(*item);
    static_cast<void>(given);
  });
  std::optional<Result<int>> first;
  {
    TaskGroup group(loop_.get_executor());
    group.spawn(detail::store_result(stream.next(), first));
    run_until_idle(loop_);
    group.cancel();
    run_until_idle(loop_);
  }
  ASSERT_TRUE(first && !*first);
  EXPECT_EQ(first->error().code, ErrorCode::cancelled);
  source.push(7);
  EXPECT_EQ(run(loop_, stream.next()), 7);
}

}  // namespace
}  // namespace antiphon
