// A call and its repetition. That every simulated call repeats is asked by Simulation itself.
#include "engine/call_replay.h"

#include "testing/simulation/simulation.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace antiphon {
namespace {

// A greeting that is interrupted, a question, an answer, a typed question, a goodbye.
MemoryCallLogs::Kept a_call(Simulation& call) {
  call.configuration.recording.enabled = true;
  call.agent_says("Our opening hours are nine to five, Monday to Friday, all year.");
  call.advance(400ms);
  call.caller_speaks("what does it cost", 1s);
  call.advance(6s);
  call.caller_types("and on Sunday");
  call.advance(4s);
  call.hang_up();
  call.advance(1s);
  EXPECT_TRUE(call.stop());
  return *call.call_logs.calls.at(0);
}

std::size_t find(std::span<const std::byte> log, std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return static_cast<std::size_t>(std::ranges::search(log, bytes).begin() - log.begin());
}

TEST(CallReplay, SendsTheSameFramesAndWritesTheSameJournal) {
  Simulation call{Seed{11}, {.jitter = 15ms, .configuration = {}}};
  const auto kept = a_call(call);
  std::vector<Sample> sent;
  std::vector<std::string> said;
  const auto report =
      replay_call(kept.plan, kept.log,
                  {.on_agent =
                       [&](Duration, const AudioFrame& frame) {
                         sent.insert(sent.end(), frame.samples.begin(), frame.samples.end());
                       },
                   .on_entry =
                       [&](Duration, const JournalEntry& entry) {
                         if (const auto* message = std::get_if<Message>(&entry.what))
                           said.push_back(message->said + '|' + message->heard);
                       }});
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->difference);
  EXPECT_FALSE(report->cut);
  EXPECT_GT(sent.size(), 16'000U);
  EXPECT_EQ(sent, call.transport.samples);
  std::vector<std::string> recorded;
  for (const Message& message : call.messages())
    recorded.push_back(message.said + '|' + message.heard);
  EXPECT_GE(said.size(), 4U);
  EXPECT_EQ(said, recorded);
}

TEST(CallReplay, NamesTheEventAtWhichItFirstDiffers) {
  Simulation call{Seed{12}};
  auto kept = a_call(call);
  const std::size_t at = find(kept.log, "what does it cost");
  ASSERT_LT(at, kept.log.size());
  kept.log[at] = std::byte{'W'};
  const auto report = replay_call(kept.plan, kept.log, {});
  ASSERT_TRUE(report && report->difference);
  EXPECT_EQ(report->difference->what, "the call sent something else than it had");
  EXPECT_EQ(report->difference->input, CallInput::answered);
  EXPECT_GT(report->difference->at, 1s);
}

TEST(CallReplay, TellsAnAgentThatIsNoLongerTheSame) {
  Simulation call{Seed{13}};
  auto kept = a_call(call);
  kept.plan.configuration.greeting = *Text<0, 500>::make("Good morning.");
  const auto report = replay_call(kept.plan, kept.log, {});
  ASSERT_TRUE(report && report->difference);
  EXPECT_LT(report->difference->event, 10U);
}

TEST(CallReplay, RepeatsWhatThereIsOfALogThatWasCut) {
  Simulation call{Seed{14}};
  const auto kept = a_call(call);
  std::size_t whole = 0;
  for (std::size_t size = 0; size < kept.log.size(); size += 997) {
    const auto report = replay_call(kept.plan, std::span(kept.log).first(size), {});
    if (!report) continue;
    // Behind the end of the call there is nothing that could be missed.
    EXPECT_TRUE(report->cut || size + 1'000 > kept.log.size()) << size;
    // A record that is cut is found; all before it is the same.
    if (report->difference) {
      EXPECT_NE(report->difference->what.find("not the start"), std::string::npos) << size;
    } else {
      ++whole;
    }
  }
  EXPECT_GT(whole, 0U);
}

TEST(CallReplay, EndsTheLogWhereTheRecordingIsPaused) {
  Simulation call{Seed{16}};
  call.configuration.recording.enabled = true;
  call.agent_says("Our opening hours are nine to five, Monday to Friday, all year.");
  call.advance(1s);
  ASSERT_TRUE(call.pause_recording());
  const std::size_t kept = call.call_logs.calls.at(0)->log.size();
  call.caller_speaks("four one one one", 2s);
  call.advance(5s);
  EXPECT_EQ(call.call_logs.calls.at(0)->log.size(), kept);
  const auto report =
      replay_call(call.call_logs.calls.at(0)->plan, call.call_logs.calls.at(0)->log, {});
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->cut);
  EXPECT_FALSE(report->difference);
}

TEST(CallReplay, RefusesWhatIsNoLog) {
  EXPECT_FALSE(replay_call({}, {}, {}));
  const std::array nonsense{std::byte{200}, std::byte{1}, std::byte{2}};
  EXPECT_FALSE(replay_call({}, nonsense, {}));
}

TEST(CallReplay, TakesAMegabyteAMinuteAtMost) {
  Simulation call{Seed{15}};
  call.agent_says("Hello.");
  call.advance(60s);
  call.hang_up();
  EXPECT_TRUE(call.stop());
  EXPECT_LT(call.call_logs.calls.at(0)->log.size(), 1'000'000U);
}

}  // namespace
}  // namespace antiphon
