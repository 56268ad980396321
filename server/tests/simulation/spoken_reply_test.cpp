// The voice is given words, everything that is kept holds what was written.
#include "engine/fixed_prompts.h"
#include "testing/simulation/simulation.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace antiphon {

namespace {

using namespace std::chrono_literals;

constexpr const char* kPrice = "It costs **$3.50** on Nov 22, all day.";
constexpr const char* kSpokenPrice =
    "It costs three dollars and fifty cents on November twenty-second, all day.";

TEST(SpokenReply, IsWordsForTheVoiceAndWrittenInTheTranscript) {
  Simulation call{Seed{11}};
  call.agent_says(kPrice);
  call.advance(15s);
  std::string asked;
  for (const std::string& clause : call.synthesizer.requested)
    asked += (asked.empty() ? "" : " ") + clause;
  EXPECT_TRUE(asked.starts_with(kSpokenPrice)) << asked;
  const auto lines = call.transcript();
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(lines[0].said, kPrice);
  EXPECT_EQ(lines[0].heard_by_caller, kPrice);
}

TEST(SpokenReply, IsCutToTheWrittenWordsThatWereHeard) {
  Simulation call{Seed{12}};
  call.agent_says(kPrice);
  while (!call.heard_words().ends_with("fifty cents") && !call.closed())
    call.advance(20ms);
  call.caller_speaks("wait a moment please", 1200ms);
  call.advance(4s);
  const auto lines = call.transcript();
  ASSERT_FALSE(lines.empty());
  EXPECT_TRUE(lines[0].interrupted);
  EXPECT_TRUE(lines[0].heard_by_caller.starts_with("It costs **$3.50**"))
      << lines[0].heard_by_caller;
  EXPECT_LE(lines[0].heard_by_caller.size(), std::string_view("It costs **$3.50** on Nov").size());
}

TEST(SpokenReply, FollowsTheAgentsOwnPronunciations) {
  Simulation call{Seed{13}};
  Pronunciation name;
  name.written = *Text<1, 64>::make("Nguyen");
  name.spoken = *Text<1, 128>::make("win");
  call.configuration.pronunciations = *List<Pronunciation, 200>::make({name});
  call.agent_says("This is Nguyen's office.");
  call.advance(1s);
  ASSERT_FALSE(call.synthesizer.requested.empty());
  EXPECT_EQ(call.synthesizer.requested[0], "This is win's office.");
  const auto prompts = fixed_prompts(call.configuration);
  EXPECT_TRUE(std::ranges::any_of(prompts, [](const SynthesisRequest& prompt) {
    return prompt.text == "This is win's office.";
  })) << "what is prepared is what will be asked for";
}

TEST(SpokenReply, LeavesOutAClauseOfWhichNothingIsSpoken) {
  Simulation call{Seed{14}};
  call.agent_says("Hello there.\n---\n👍 👍\nHow are you?");
  call.advance(10s);
  ASSERT_GE(call.synthesizer.requested.size(), 2U);
  EXPECT_EQ(call.synthesizer.requested[0], "Hello there.");
  EXPECT_EQ(call.synthesizer.requested[1], "How are you?");
  EXPECT_EQ(call.transcript()[0].heard_by_caller, "Hello there. How are you?");
}

}  // namespace

}  // namespace antiphon
