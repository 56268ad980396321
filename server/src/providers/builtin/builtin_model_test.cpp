#include "providers/builtin/builtin_model.h"

#include "testing/run.h"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace antiphon {
namespace {

// Finds what was put for a question, word for word.
class FixedIndex final : public KnowledgeIndex {
 public:
  Result<> replace(WorkspaceId, KnowledgeBaseId, DocumentId, std::string,
                   std::vector<Chunk>) override {
    return {};
  }
  Task<Result<std::vector<Passage>>> search(KnowledgeQuery query) override {
    if (away) co_return failure(ErrorCode::unavailable, "away");
    asked.push_back(query.text);
    const auto found = passages.find(query.text);
    co_return found == passages.end() ? std::vector<Passage>{} : found->second;
  }

  std::map<std::string, std::vector<Passage>> passages;
  std::vector<std::string> asked;
  bool away = false;
};

Passage passage(std::string text, double score, std::int32_t ordinal = 0) {
  return {DocumentId{}, ordinal, "Title", "Heading", std::move(text), score};
}

class BuiltinModelTest : public testing::Test {
 protected:
  // Turns alternate, the caller's first unless `first` says otherwise.
  ReplyChunk ask(std::vector<ContextTurn> history) {
    ReplyRequest request;
    request.history = std::move(history);
    const auto stream = BuiltinModel(index_).reply(std::move(request));
    auto chunk = run(loop_, stream->next());
    EXPECT_TRUE(chunk && *chunk);
    const auto end = run(loop_, stream->next());
    EXPECT_TRUE(end && !*end) << "one chunk, then the end";
    return **chunk;
  }
  ReplyChunk ask(std::string remark) { return ask({{Speaker::caller, std::move(remark)}}); }

  boost::asio::io_context loop_;
  FixedIndex index_;
  PhrasesConfiguration phrases_;
};

TEST_F(BuiltinModelTest, QuotesTheBestSentenceAndCitesIt) {
  index_.passages["when do you open"] = {passage("We open at nine", 0.8, 4)};
  const ReplyChunk reply = ask("When do you open?");
  EXPECT_EQ(reply.text, "We open at nine.");
  EXPECT_EQ(reply.action, ReplyAction::none);
  ASSERT_EQ(reply.citations.size(), 1U);
  EXPECT_EQ(reply.citations[0].quote, "We open at nine");
  EXPECT_EQ(reply.citations[0].chunk, 4);
}

TEST_F(BuiltinModelTest, QuotesNeighboursThatAnswerAlmostAsWellInTheirOrder) {
  index_.passages["when do you open"] = {passage("On Saturday at ten.", 0.80, 2),
                                         passage("On Monday at nine.", 0.78, 1),
                                         passage("We have parking.", 0.5, 3)};
  EXPECT_EQ(ask("When do you open?").text, "On Monday at nine. On Saturday at ten.");
}

TEST_F(BuiltinModelTest, RepeatsTheWholeOfAnAnswerThatWasCut) {
  index_.passages["when do you open"] = {passage("We open at nine in the morning.", 0.8, 4)};
  const auto repeated = [&](std::string heard) {
    return ask({{Speaker::caller, "When do you open?"},
                {Speaker::agent, std::move(heard)},
                {Speaker::caller, "Sorry, can you repeat that?"}})
        .text;
  };
  EXPECT_EQ(repeated("We open"), "We open at nine in the morning.");
  EXPECT_EQ(repeated("We opened an hour ago."), "We opened an hour ago.");
}

TEST_F(BuiltinModelTest, QuotesNoOtherDayBesideTheOneThatWasAskedAbout) {
  index_.passages["are you open on saturday"] = {passage("On Saturday at ten.", 0.80, 2),
                                                 passage("On Monday at nine.", 0.78, 1)};
  EXPECT_EQ(ask("Are you open on Saturday?").text, "On Saturday at ten.");
  std::swap(index_.passages["are you open on saturday"][0].score,
            index_.passages["are you open on saturday"][1].score);
  std::ranges::reverse(index_.passages["are you open on saturday"]);
  EXPECT_EQ(ask("Are you open on Saturday?").text, "On Saturday at ten.");
  index_.passages["are you open on tuesday"] = {
      passage("On Friday at ten.", 0.80, 2), passage("From Monday to Thursday at nine.", 0.78, 1)};
  EXPECT_EQ(ask("Are you open on Tuesday?").text,
            "From Monday to Thursday at nine. On Friday at ten.");
}

TEST_F(BuiltinModelTest, AnswersWhoWithTheSentenceThatHoldsAName) {
  Passage team = passage("Maria Stone does the cleanings.", 0.75, 1);
  team.heading = "Team";  // elsewhere in the document, so never quoted beside the other
  index_.passages["who cleans teeth"] = {passage("Cleaning takes time.", 0.80, 2), team};
  index_.passages["what cleans teeth"] = index_.passages["who cleans teeth"];
  EXPECT_EQ(ask("Who cleans teeth?").text, "Maria Stone does the cleanings.");
  EXPECT_EQ(ask("What cleans teeth?").text, "Cleaning takes time.");
}

TEST_F(BuiltinModelTest, SaysThatItDoesNotKnowBelowTheScore) {
  index_.passages["do you sell bread"] = {
      passage("We open at nine.", BuiltinModel::kScoreMin - 0.01)};
  EXPECT_EQ(ask("Do you sell bread?").text, phrases_.unknown.value());
}

TEST_F(BuiltinModelTest, SaysThatItDoesNotKnowWhatOnlyResemblesAnAnswer) {
  index_.passages["what does a haircut cost"] = {
      passage("A crown costs ninety.", 0.55, 0), passage("A filling costs fifty.", 0.5, 1),
      passage("A checkup costs forty.", 0.5, 2), passage("A cleaning costs ten.", 0.5, 3)};
  index_.passages["haircut"] = {passage("A crown costs ninety.", 0.2, 0)};
  EXPECT_EQ(ask("What does a haircut cost?").text, phrases_.unknown.value());
}

TEST_F(BuiltinModelTest, SaysThatItDoesNotKnowWhenAWordIsAboutSomethingElse) {
  Passage closed = passage("We are closed on Sunday.", 0.75, 3);
  closed.likeness = 0.6;
  index_.passages["are the banks open on sunday"] = {closed};
  EXPECT_EQ(ask("Are the banks open on Sunday?").text, "We are closed on Sunday.");
  closed.likeness = 0.7;
  index_.passages["are the open on sunday"] = {closed};
  EXPECT_EQ(ask("Are the banks open on Sunday?").text, phrases_.unknown.value());
}

TEST_F(BuiltinModelTest, AnswersAQuestionWithAWordThatWasHeardWrong) {
  const Passage wide = passage("The door is wide enough for a wheelchair.", 0.30, 2);
  index_.passages["can i come with a real chair"] = {wide};
  EXPECT_EQ(ask("Can I come with a real chair?").text, phrases_.unknown.value());
  index_.passages["can i come with a wheelchair"] = {passage(wide.text, 0.66, 2)};
  EXPECT_EQ(ask("Can I come with a real chair?").text, wide.text);
}

TEST_F(BuiltinModelTest, JudgesAQuestionThatItReadAnotherWayAsStrictly) {
  index_.passages["do you take braces"] = {passage("See our prices.", 0.30)};
  index_.passages["do you take prices"] = {passage("See our prices.", 0.31)};
  EXPECT_EQ(ask("Do you take braces?").text, phrases_.unknown.value());
}

TEST_F(BuiltinModelTest, QuotesASentenceThatMeansTheWordItDoesNotHold) {
  index_.passages["what about my bike"] = {passage("Lock your bicycle in the rack.", 0.55, 7)};
  index_.passages["bike"] = {passage("Lock your bicycle in the rack.", 0.5, 7)};
  EXPECT_EQ(ask("What about my bike?").text, "Lock your bicycle in the rack.");
}

TEST_F(BuiltinModelTest, HandsOverAfterThreeUnknownQuestionsInARow) {
  const std::string unknown = phrases_.unknown.value();
  const ReplyChunk reply = ask({{Speaker::caller, "do you sell bread"},
                                {Speaker::agent, unknown},
                                {Speaker::caller, "do you sell milk"},
                                {Speaker::agent, unknown.substr(0, 12)},
                                {Speaker::caller, "do you sell wine in bottles"}});
  EXPECT_EQ(reply.text, phrases_.handover.value());
  EXPECT_EQ(reply.action, ReplyAction::hand_over);
}

TEST_F(BuiltinModelTest, HandsOverWhenAskedTo) {
  EXPECT_EQ(ask("I want to talk to a person.").action, ReplyAction::hand_over);
  EXPECT_TRUE(index_.asked.empty());
}

TEST_F(BuiltinModelTest, SaysGoodbyeAndEndsTheCall) {
  const ReplyChunk reply = ask("That's all, thank you. Bye.");
  EXPECT_EQ(reply.text, phrases_.goodbye.value());
  EXPECT_EQ(reply.action, ReplyAction::end_call);
}

TEST_F(BuiltinModelTest, RepeatsWhatItSaidLast) {
  EXPECT_EQ(ask({{Speaker::agent, "We open at nine."}, {Speaker::caller, "Say that again?"}}).text,
            "We open at nine.");
}

TEST_F(BuiltinModelTest, ReadsAShortQuestionWithTheOneBefore) {
  index_.passages["when do you open on saturday"] = {passage("Saturdays at ten.", 0.8)};
  const ReplyChunk reply = ask({{Speaker::caller, "When do you open?"},
                                {Speaker::agent, "We open at nine."},
                                {Speaker::caller, "And on Saturday?"}});
  EXPECT_EQ(reply.text, "Saturdays at ten.");
}

TEST_F(BuiltinModelTest, ReportsThatTheKnowledgeIsAway) {
  index_.away = true;
  ReplyRequest request;
  request.history = {{Speaker::caller, "When do you open?"}};
  const auto stream = BuiltinModel(index_).reply(std::move(request));
  EXPECT_EQ(run(loop_, stream->next()).error().code, ErrorCode::unavailable);
}

}  // namespace
}  // namespace antiphon
