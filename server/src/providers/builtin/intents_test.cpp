#include "providers/builtin/intents.h"

#include <gtest/gtest.h>

#include <vector>

namespace antiphon {
namespace {

struct Case {
  std::string_view remark;
  Intent intent;
};

TEST(Intents, KnowsWhatAShortRemarkIsFor) {
  const std::vector<Case> cases{
      {"", Intent::nothing},
      {"...", Intent::nothing},
      {"Hello!", Intent::greeting},
      {"Good morning.", Intent::greeting},
      {"Hi, how are you today?", Intent::how_are_you},
      {"Are you a robot?", Intent::identity},
      {"Sorry, who am I speaking to?", Intent::identity},
      {"What can you do?", Intent::abilities},
      {"Thank you very much.", Intent::thanks},
      {"Okay, great.", Intent::agreement},
      {"No.", Intent::refusal},
      {"No, thank you.", Intent::goodbye},
      {"Could you say that again, please?", Intent::repeat},
      {"Pardon?", Intent::repeat},
      {"Sorry, I didn't catch that.", Intent::repeat},
      {"One moment, please.", Intent::wait},
      {"Stop!", Intent::wait},
      {"Please stop talking.", Intent::wait},
      {"I want to speak to a human.", Intent::person},
      {"Can you connect me with someone?", Intent::person},
      {"Let me talk to the manager please", Intent::person},
      {"That's all, thanks. Bye!", Intent::goodbye},
      {"Thank you, goodbye.", Intent::goodbye},
  };
  for (const Case& item : cases) {
    EXPECT_EQ(understand(item.remark).intent, item.intent) << item.remark;
  }
}

TEST(Intents, FindsTheQuestionAmongPoliteWords) {
  struct Question {
    std::string_view remark;
    std::string_view question;
  };
  const std::vector<Question> cases{
      {"When do you open?", "when do you open"},
      {"Hello, when do you open on Saturday?", "when do you open on saturday"},
      {"Thanks, and how much is a cleaning?", "how much is a cleaning"},
      {"Okay. Um, is there parking?", "is there parking"},
      {"What's your phone number, please?", "whats your phone number"},
      {"Who is the manager of the practice?", "who is the manager of the practice"},
      {"Do I have to wait long if I walk in without an appointment?",
       "do i have to wait long if i walk in without an appointment"},
  };
  for (const Question& item : cases) {
    const Understanding understood = understand(item.remark);
    EXPECT_EQ(understood.intent, Intent::question) << item.remark;
    EXPECT_EQ(understood.question, item.question);
  }
}

}  // namespace
}  // namespace antiphon
