// Each check finds what it is for: a record of a good call is falsified, one thing at a time.
#include "calls/call_checks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace antiphon::simulated {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

CallRecord good_call() {
  CallScript script;
  script.agent.greeting = "Hello! How can I help you today?";
  script.replies.push_back({{"We open at nine every day."}});
  script.replies.push_back({{"It costs ten euros."}});
  script.acts.push_back({ActKind::speak, 4'000, 1'000, 0, 0, "mark1 when do you open"});
  script.acts.push_back({ActKind::speak, 5'000, 1'000, 0, 0, "mark2 what does it cost"});
  script.linger_ms = 5'000;
  return run_call(script);
}

std::set<std::string> checks_that_fail(const CallRecord& record) {
  std::set<std::string> checks;
  for (const Fault& fault : check_call(record))
    checks.insert(fault.check);
  return checks;
}

using Entries = std::vector<Seen<JournalEntry>>;

Entries::iterator find_event(CallRecord& record, std::string_view kind) {
  return std::ranges::find_if(record.entries, [kind](const auto& entry) {
    const auto* event = std::get_if<ConversationEvent>(&entry.what.what);
    return event != nullptr && event->kind == kind;
  });
}

Entries::iterator find_caller_message(CallRecord& record) {
  return std::ranges::find_if(record.entries, [](const auto& entry) {
    const auto* message = std::get_if<Message>(&entry.what.what);
    return message != nullptr && message->speaker == Speaker::caller;
  });
}

class Checks : public testing::Test {
 protected:
  [[nodiscard]] std::size_t fails(const char* check) const {
    return checks_that_fail(record_).count(check);
  }
  CallRecord record_ = good_call();
};

TEST_F(Checks, FindNothingInAGoodCall) { EXPECT_EQ(print_faults(check_call(record_)), ""); }

TEST_F(Checks, FindWhatStillRunsAfterTheEnd) {
  record_.end_faults.emplace_back("a task is still waiting");
  EXPECT_EQ(fails("clean_end"), 1U);
}

TEST_F(Checks, FindASecondEnd) {
  record_.finishes = 2;
  EXPECT_EQ(fails("one_end"), 1U);
}

TEST_F(Checks, FindAReasonThatTheCallDidNotGive) {
  record_.script.end = CallEnd::nobody;
  EXPECT_EQ(fails("reason"), 1U);
}

TEST_F(Checks, FindACallBeyondItsLimit) {
  record_.script.agent.duration_max_s = 0;
  record_.entries.back().at = seconds(16);
  EXPECT_EQ(fails("limits"), 1U);
}

TEST_F(Checks, FindASilentAgent) {
  record_.silence.length = seconds(30);
  EXPECT_EQ(fails("silence"), 1U);
}

TEST_F(Checks, FindAnEventThatIsMissing) {
  record_.entries.erase(find_event(record_, "reply.text"));
  EXPECT_EQ(fails("order"), 1U);
}

TEST_F(Checks, FindAnEventOfAReplyThatIsOver) {
  const auto text = *find_event(record_, "reply.text");
  record_.entries.insert(record_.entries.end() - 1, text);
  EXPECT_EQ(fails("cancelled"), 1U);
}

TEST_F(Checks, FindAFrameOutsideEveryReply) {
  record_.frames.push_back(record_.frames.back() + milliseconds(20));
  EXPECT_EQ(fails("cancelled"), 1U);
}

TEST_F(Checks, FindAWordOfAnotherReply) {
  record_.words.back().number = record_.words.front().number;
  EXPECT_EQ(fails("cancelled"), 1U);
  record_.words.back().text = "Hello!";
  EXPECT_EQ(fails("foreign_words"), 1U);
}

TEST_F(Checks, FindAnEndThatTheLastReplyDidNotAskFor) {
  auto& ended = std::get<JournalEntry::Ended>(record_.entries.back().what.what);
  ended.reason = EndReason::agent_said_goodbye;
  EXPECT_EQ(fails("cancelled"), 1U);
}

TEST_F(Checks, FindAnEndThatAReplyAskedForInVain) {
  for (auto& [generation, reply] : record_.asked)
    reply.end = ReplyEnd::end_call;
  EXPECT_EQ(fails("action"), 1U);
}

TEST_F(Checks, FindWordsThatWereHeardAndNeverSent) {
  record_.words.resize(record_.words.size() - 3);
  EXPECT_EQ(fails("heard"), 1U);
}

TEST_F(Checks, FindWordsOfTheCallerThatAreLost) {
  record_.entries.erase(find_caller_message(record_));
  EXPECT_EQ(fails("caller_words"), 1U);
}

TEST_F(Checks, FindWordsOfTheCallerThatStandThereTwice) {
  const auto message = *find_caller_message(record_);
  record_.entries.insert(record_.entries.end() - 1, message);
  EXPECT_EQ(fails("caller_words"), 1U);
}

TEST_F(Checks, FindFramesThatAreTooClose) {
  for (std::size_t at = 0; at < 10; ++at)
    record_.frames[at + 1] = record_.frames[0];
  EXPECT_EQ(fails("pace"), 1U);
}

}  // namespace
}  // namespace antiphon::simulated
