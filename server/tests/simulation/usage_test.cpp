// What calls use of the providers.
#include "domain/usage.h"

#include "testing/simulation/simulation.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

namespace antiphon {
namespace {

// By kind: the sum of the quantities.
std::map<std::string, std::int64_t> used(const Simulation& call) {
  std::map<std::string, std::int64_t> sums;
  for (const JournalEntry& entry : call.journal.entries) {
    const auto* event = std::get_if<ConversationEvent>(&entry.what);
    if (event == nullptr || event->kind != kUsageEvent) continue;
    const std::string& text = event->payload;
    const std::size_t kind = text.find(R"("used":")") + 8;
    const std::size_t quantity = text.find(R"("quantity":)") + 11;
    sums[text.substr(kind, text.find('"', kind) - kind)] += std::stoll(text.substr(quantity));
  }
  return sums;
}

void greet_with(Simulation& call, const std::string& greeting) {
  call.configuration.greeting = *decltype(call.configuration.greeting)::make(greeting);
}

TEST(Usage, CountsEveryStageOfACall) {
  Simulation call{Seed{2}};
  greet_with(call, "");
  call.model.replies.push_back({.texts = {"We open at nine."}, .usage = TokenUsage{120, 6}});
  call.caller_speaks("when do you open", 1200ms);
  call.advance(5s);
  call.hang_up();
  ASSERT_TRUE(call.advance_until_closed(1s));
  const auto sums = used(call);
  EXPECT_EQ(sums.at("synthesized_characters"), 16);
  EXPECT_EQ(sums.at("heard_characters"), 16);
  EXPECT_EQ(sums.at("replies"), static_cast<std::int64_t>(call.model.requests.size()));
  EXPECT_EQ(sums.at("input_tokens"), 120);
  EXPECT_EQ(sums.at("output_tokens"), 6);
  // The sound, what came before it was noticed, and the pause behind it.
  EXPECT_GE(sums.at("recognized_ms"), 1'200);
  EXPECT_LE(sums.at("recognized_ms"), 2'500);
  EXPECT_GE(sums.at("conversation_ms"), 5'000);
  EXPECT_LE(sums.at("conversation_ms"), 6'000);
}

TEST(Usage, CountsWhatWasSynthesizedAndWhatWasHeardApart) {
  Simulation call{Seed{7}};
  call.agent_says("Our opening hours are nine to five, Monday to Friday, and ten to four.");
  call.advance(1s);
  call.hang_up();
  ASSERT_TRUE(call.advance_until_closed(1s));
  const auto sums = used(call);
  EXPECT_GT(sums.at("heard_characters"), 0);
  EXPECT_LT(sums.at("heard_characters"), sums.at("synthesized_characters"));
}

TEST(Usage, WritesEveryRecordUnderANumberOfItsOwnAndNoneAfterTheEnd) {
  Simulation call{Seed{3}};
  greet_with(call, "Good morning.");
  call.start();
  call.advance(2s);
  call.caller_speaks("when do you open", 1s);
  call.advance(4s);
  call.hang_up();
  ASSERT_TRUE(call.advance_until_closed(1s));
  std::set<std::int64_t> known;
  for (const JournalEntry& entry : call.journal.entries) {
    const auto* event = std::get_if<ConversationEvent>(&entry.what);
    if (event == nullptr || event->kind != kUsageEvent) continue;
    EXPECT_TRUE(known.insert(event->sequence).second);
  }
  EXPECT_GE(known.size(), 6U);
  EXPECT_TRUE(std::holds_alternative<JournalEntry::Ended>(call.journal.entries.back().what));
}

}  // namespace
}  // namespace antiphon
