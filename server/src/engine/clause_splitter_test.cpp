#include "engine/clause_splitter.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace antiphon {

namespace {

std::vector<std::string> clauses_of(std::string_view text) {
  ClauseSplitter splitter;
  splitter.push(text);
  splitter.finish();
  std::vector<std::string> clauses;
  while (auto clause = splitter.next())
    clauses.push_back(std::move(*clause));
  return clauses;
}

using Clauses = std::vector<std::string>;

TEST(ClauseSplitter, DoesNotCutBehindAnAbbreviation) {
  EXPECT_EQ(clauses_of("Come on Nov. 22 to Prof. Green. Bring pens."),
            (Clauses{"Come on Nov. 22 to Prof. Green.", "Bring pens."}));
  EXPECT_EQ(clauses_of("Open Mon. to Fri. from nine. Closed on Dec. 25."),
            (Clauses{"Open Mon. to Fri. from nine.", "Closed on Dec. 25."}));
}

TEST(ClauseSplitter, KeepsTheNumberOfAListItemWithIt) {
  EXPECT_EQ(clauses_of("1. Press start\n2. Wait"), (Clauses{"1. Press start", "2. Wait"}));
  EXPECT_EQ(clauses_of("I have 5. Take one."), (Clauses{"I have 5.", "Take one."}));
}

}  // namespace

}  // namespace antiphon
