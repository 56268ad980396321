#include "providers/moonshine/local_agreement.h"

#include <gtest/gtest.h>

#include <array>

namespace antiphon {
namespace {

std::string stable(const LocalAgreement& agreement) {
  return agreement.text().substr(0, agreement.stable_bytes());
}

TEST(LocalAgreement, CallsNothingStableAfterOneHypothesis) {
  LocalAgreement agreement;
  agreement.update("I would like");
  EXPECT_EQ(agreement.text(), "I would like");
  EXPECT_EQ(stable(agreement), "");
}

TEST(LocalAgreement, CallsStableWhatTwoHypothesesSayExceptTheirLastWord) {
  LocalAgreement agreement;
  agreement.update("I would like two");
  agreement.update("I would like to book");
  EXPECT_EQ(stable(agreement), "I would like");
  agreement.update("I would like to book a table");
  EXPECT_EQ(stable(agreement), "I would like to");
}

TEST(LocalAgreement, LeavesOutPunctuationThatTheNextHypothesisMoves) {
  LocalAgreement agreement;
  agreement.update("Yes. I can come");
  agreement.update("Yes, I can come tomorrow");
  EXPECT_EQ(stable(agreement), "Yes");
  EXPECT_EQ(agreement.text(), "Yes, I can come tomorrow");
}

TEST(LocalAgreement, KeepsStableWordsWhenALaterHypothesisContradictsThem) {
  LocalAgreement agreement;
  agreement.update("two tickets please for");
  agreement.update("two tickets please for the");
  ASSERT_EQ(stable(agreement), "two tickets please");
  agreement.update("Too tickets please for the late show");
  EXPECT_EQ(agreement.text(), "two tickets please for the late show");
  EXPECT_EQ(stable(agreement), "two tickets please for");
}

TEST(LocalAgreement, NeverTakesAStableByteBack) {
  LocalAgreement agreement;
  std::string before;
  for (const char* hypothesis : {"a b c d", "a b c d e", "", "x y", "a b x d e f", "a b c d e f g",
                                 "b c", "A, b. c d e f g h"}) {
    agreement.update(hypothesis);
    EXPECT_TRUE(agreement.text().starts_with(before)) << agreement.text();
    before = stable(agreement);
  }
}

TEST(LocalAgreement, KeepsWhatWasPromisedBeyondACut) {
  LocalAgreement agreement;
  agreement.update("one two three four five");
  agreement.update("one two three four five six");
  EXPECT_EQ(agreement.split_off("One, two."), "one two");
  EXPECT_EQ(stable(agreement), "three four");
  EXPECT_EQ(agreement.text(), "three four five six");
  agreement.update("Three four five six seven");
  EXPECT_EQ(agreement.text(), "three four five six seven");
}

TEST(LocalAgreement, TakesThePartBeforeACutAsItIsWhenNothingBeyondItWasPromised) {
  LocalAgreement agreement;
  agreement.update("one two three");
  agreement.update("one two three four");
  EXPECT_EQ(agreement.split_off("one two three."), "one two three.");
  EXPECT_EQ(agreement.text(), "");
}

TEST(LocalAgreement, TheLastHypothesisIsStableAsAWhole) {
  LocalAgreement agreement;
  agreement.update("good");
  agreement.finish("Good morning.");
  EXPECT_EQ(stable(agreement), "Good morning.");
}

}  // namespace
}  // namespace antiphon
