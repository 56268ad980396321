#include "engine/usage_meter.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

const AgentId kAgent{*Uuid::parse("00000000-0000-4000-8000-0000000000a1")};

std::string line(const std::string& used, const std::string& provider, const std::string& model,
                 std::int64_t quantity) {
  return R"({"used":")" + used + R"(","provider":")" + provider + R"(","model":")" + model +
         R"(","agent":")" + kAgent.to_string() + R"(","quantity":)" + std::to_string(quantity) +
         "}";
}

std::vector<std::string> payloads(const std::vector<ConversationEvent>& events) {
  std::vector<std::string> texts;
  for (const ConversationEvent& event : events)
    texts.push_back(event.payload);
  return texts;
}

UsageMeter a_meter() { return UsageMeter({{"ears", "1"}, {"voice", "2"}, {}}); }

TEST(UsageMeter, SaysNothingOfWhatWasNotUsed) {
  UsageMeter meter = a_meter();
  EXPECT_TRUE(meter.take(1, kAgent, 5ms).empty());
}

TEST(UsageMeter, CountsUnderTheProviderOfEachKind) {
  UsageMeter meter = a_meter();
  meter.asked({"mind", "3"});
  meter.answered({.input = 70, .output = 9});
  meter.synthesized("Grüße");
  meter.heard("Grü");
  meter.recognized(32'000);
  const auto events = meter.take(1, kAgent, 5ms);
  EXPECT_EQ(payloads(events),
            (std::vector<std::string>{
                line("recognized_ms", "ears", "1", 2'000),
                line("synthesized_characters", "voice", "2", 5),
                line("heard_characters", "voice", "2", 3), line("replies", "mind", "3", 1),
                line("input_tokens", "mind", "3", 70), line("output_tokens", "mind", "3", 9)}));
  for (const ConversationEvent& event : events) {
    EXPECT_EQ(event.kind, "usage");
    EXPECT_EQ(event.at, 5ms);
  }
}

TEST(UsageMeter, NumbersTheKindsOfOneTurnApart) {
  UsageMeter meter = a_meter();
  meter.typed();
  meter.asked({"mind", "3"});
  const auto first = meter.take(0, kAgent, 0ms);
  meter.asked({"mind", "3"});
  const auto second = meter.take(1, kAgent, 0ms);
  ASSERT_EQ(first.size(), 2U);
  ASSERT_EQ(second.size(), 1U);
  EXPECT_NE(first[0].sequence, first[1].sequence);
  EXPECT_NE(first[0].sequence, second[0].sequence);
  EXPECT_NE(first[1].sequence, second[0].sequence);
}

TEST(UsageMeter, TellsEverythingOnce) {
  UsageMeter meter = a_meter();
  meter.typed();
  ASSERT_EQ(meter.take(1, kAgent, 5ms).size(), 1U);
  EXPECT_TRUE(meter.take(2, kAgent, 6ms).empty());
}

TEST(UsageMeter, LosesNoPartOfAMillisecond) {
  UsageMeter meter = a_meter();
  std::vector<std::string> texts;
  for (int frame = 0; frame < 2; ++frame) {
    meter.recognized(24);  // a millisecond and a half
    for (const ConversationEvent& event : meter.take(frame, kAgent, 0ms))
      texts.push_back(event.payload);
  }
  EXPECT_EQ(texts, (std::vector<std::string>{line("recognized_ms", "ears", "1", 1),
                                             line("recognized_ms", "ears", "1", 2)}));
}

TEST(UsageMeter, CountsTheConversationFromItsFirstMoment) {
  UsageMeter meter = a_meter();
  meter.conversed_until(Timepoint(10s));
  EXPECT_TRUE(meter.take(1, kAgent, 0ms).empty());
  meter.conversed_until(Timepoint(12'500ms));
  meter.conversed_until(Timepoint(12s));  // never backwards
  EXPECT_EQ(payloads(meter.take(2, kAgent, 0ms)),
            (std::vector<std::string>{line("conversation_ms", "antiphon", "", 2'500)}));
}

TEST(UsageMeter, DoesNotBelieveAbsurdNumbersOfTokens) {
  UsageMeter meter = a_meter();
  meter.answered({.input = -5, .output = std::int64_t{1} << 62});
  EXPECT_EQ(payloads(meter.take(1, kAgent, 0ms)),
            (std::vector<std::string>{line("output_tokens", "", "", 10'000'000)}));
}

}  // namespace
}  // namespace antiphon
