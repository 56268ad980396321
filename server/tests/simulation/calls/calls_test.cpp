// Simulated calls: a slice of the seeds, those that once failed, and the tools themselves.
#include "calls/call_checks.h"
#include "calls/shrink.h"
#include "testing/run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace antiphon::simulated {
namespace {

constexpr std::uint64_t kSeeds = 200;

TEST(SimulatedCalls, HoldWhateverTheCallerTheNetworkAndTheProvidersDo) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const std::string faults = print_faults(check_call(run_call(make_script(Seed{seed}))));
    EXPECT_EQ(faults, "") << "of seed " << seed;
  }
}

TEST(SimulatedCalls, StayMendedOnceTheyFailed) {
  const auto folder = repository_root() / "server/testdata/simulation";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no call has ever failed";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path());
    const auto script = read_script(std::string(std::istreambuf_iterator<char>(file), {}));
    ASSERT_TRUE(script) << entry.path() << ": " << script.error().message;
    EXPECT_EQ(print_faults(check_call(run_call(*script))), "") << "of " << entry.path();
  }
}

TEST(SimulatedCalls, AreTheSameTwice) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const CallScript script = make_script(Seed{seed});
    EXPECT_EQ(digest(run_call(script)), digest(run_call(script))) << "of seed " << seed;
  }
}

TEST(CallScript, IsReadAsItWasPrinted) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const CallScript script = make_script(Seed{seed});
    const auto read = read_script(print_script(script));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, script) << "of seed " << seed;
  }
}

TEST(CallScript, LeavesOutWhatIsAsUsual) {
  const auto script = read_script(R"({"acts":[{"kind":"speak","text":"hello","length_ms":500}]})");
  ASSERT_TRUE(script);
  EXPECT_EQ(script->acts.size(), 1U);
  EXPECT_EQ(script->recognizer, RecognizerScript{});
}

// A planted fault: an interruption counts as one.
bool is_interrupted(const CallScript& script) {
  const CallRecord record = run_call(script);
  return std::ranges::any_of(record.entries, [](const auto& entry) {
    const auto* message = std::get_if<Message>(&entry.what.what);
    return message != nullptr && message->interrupted;
  });
}

TEST(Shrink, LeavesOneActOfACallThatFailsBecauseOfIt) {
  std::uint64_t seed = 1;
  while (make_script(Seed{seed}).acts.size() < 6 || !is_interrupted(make_script(Seed{seed})))
    ++seed;
  const CallScript script = make_script(Seed{seed});
  const CallScript smallest = shrink(script, is_interrupted);
  EXPECT_TRUE(is_interrupted(smallest));
  EXPECT_LE(smallest.acts.size(), 2U) << print_script(smallest);
  EXPECT_LE(smallest.replies.size(), 1U) << print_script(smallest);
  EXPECT_EQ(smallest.network, NetworkScript{});
  EXPECT_EQ(smallest.recognizer, RecognizerScript{});
}

TEST(Shrink, StopsAtItsLimitOfRuns) {
  int runs = 0;
  const CallScript script = make_script(Seed{3});
  static_cast<void>(shrink(
      script,
      [&runs](const CallScript&) {
        ++runs;
        return true;
      },
      5));
  EXPECT_EQ(runs, 5);
}

}  // namespace
}  // namespace antiphon::simulated
