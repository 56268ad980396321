#include "providers/knowledge/sentences.h"

#include "core/utf8.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

using Sentences = std::vector<std::string>;

TEST(Sentences, EndAtMarksBeforeWhiteSpace) {
  EXPECT_EQ(split_sentences("We open at nine. Is that early? No!  It is\nnot."),
            (Sentences{"We open at nine.", "Is that early?", "No!", "It is not."}));
}

TEST(Sentences, DoNotEndInsideNumbersAbbreviationsAndInitials) {
  EXPECT_EQ(split_sentences("Dr. Lee charges 3.50 dollars, e.g. for J. Smith. Pay at no. 5."),
            (Sentences{"Dr. Lee charges 3.50 dollars, e.g. for J. Smith.", "Pay at no. 5."}));
}

TEST(Sentences, KeepClosingQuotesWithTheirSentence) {
  EXPECT_EQ(split_sentences("She said \"come in.\" Then she left."),
            (Sentences{"She said \"come in.\"", "Then she left."}));
}

TEST(Sentences, OfNothingAreNone) {
  EXPECT_EQ(split_sentences(""), Sentences{});
  EXPECT_EQ(split_sentences(" \n\t "), Sentences{});
}

TEST(Sentences, AreCutWhenTooLongWithoutLosingAByte) {
  std::string text;
  for (int word = 0; word < 300; ++word)
    text += word % 20 == 19 ? "word, " : "word ";
  std::string joined;
  for (const std::string& sentence : split_sentences(text)) {
    EXPECT_LE(sentence.size(), kSentenceMax);
    joined += (joined.empty() ? "" : " ") + sentence;
  }
  text.pop_back();
  EXPECT_EQ(joined, text);
}

TEST(Sentences, AreCutBetweenCodePointsWhereThereIsNoSpace) {
  std::string text;
  for (int index = 0; index < 400; ++index)
    text += "ü";
  for (const std::string& sentence : split_sentences(text))
    EXPECT_TRUE(is_valid_utf8(sentence));
}

}  // namespace
}  // namespace antiphon
