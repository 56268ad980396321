#include "service/knowledge_service.h"

#include "service/fake_knowledge_test.h"
#include "service/fake_stores_test.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class KnowledgeServiceTest : public testing::Test {
 protected:
  KnowledgeServiceTest() {
    Agent agent;
    agent.id = kAgent;
    agent.workspace = WorkspaceId(test_uuid(1));
    agents_.agents.push_back(std::move(agent));
  }
  ~KnowledgeServiceTest() override { run(loop_, service_.stop()); }

  // Runs `task` while time passes, at most ten seconds of it.
  template <class T>
  T run_in_time(Task<T> task) {
    std::optional<T> outcome;
    TaskGroup group(loop_.get_executor());
    group.spawn(detail::store_result(std::move(task), outcome));
    run_until_idle(loop_);
    for (int i = 0; i < 10 && !outcome; ++i)
      advance(1s);
    CHECK(outcome.has_value(), "no call waits longer than its patience");
    run_until_idle(loop_);
    return std::move(*outcome);
  }
  void advance(Duration step) {
    clock_.advance(step);
    run_until_idle(loop_);
  }
  Result<Document> create(std::string text, std::uint8_t workspace = 1) {
    return run_in_time(service_.create(test_principal(workspace), kAgent,
                                       {"Hours", DocumentFormat::plain_text, std::move(text)}));
  }
  template <class T>
  static ErrorCode code_of(const Result<T>& result) {
    return result ? ErrorCode::internal : result.error().code;
  }
  DocumentStatus stored_status() { return documents_.documents.at(0).status; }

  static inline const AgentId kAgent{test_uuid(5)};
  boost::asio::io_context loop_;
  ManualClock clock_;
  SeededRandom random_{Seed{1}};
  Log log_{clock_, -1, LogLevel::error};
  FakeAgents agents_;
  FakeKnowledge documents_;
  LineSplitter splitter_;
  FakeEmbeddings embeddings_{clock_};
  FakeIndex index_;
  KnowledgeService service_{
      loop_.get_executor(),
      {agents_, documents_, splitter_, embeddings_, index_, clock_, random_, log_}};
};

TEST_F(KnowledgeServiceTest, ReadsAShortDocumentBeforeItAnswers) {
  const auto document = create("We open at nine.\nWe close at five.");
  ASSERT_TRUE(document);
  EXPECT_EQ(document->status, DocumentStatus::ready);
  EXPECT_EQ(document->chunk_count, 2);
  ASSERT_EQ(index_.chunks[document->id].size(), 2u);
  EXPECT_EQ(index_.chunks[document->id][1].text, "We close at five.");
  EXPECT_EQ(index_.chunks[document->id][1].embedding.size(), kEmbeddingSize);
}

TEST_F(KnowledgeServiceTest, EmbedsALongDocumentInBatches) {
  std::string text;
  for (int i = 0; i < 70; ++i)
    text += "line\n";
  ASSERT_TRUE(create(text));
  EXPECT_THAT(embeddings_.batches, ElementsAre(32, 32, 6));
}

TEST_F(KnowledgeServiceTest, AnswersPendingAfterThreeSecondsAndReadsOnBehind) {
  embeddings_.takes = 60s;
  const Timepoint before = clock_.now();
  const auto document = create("We open at nine.");
  ASSERT_TRUE(document);
  EXPECT_EQ(document->status, DocumentStatus::pending);
  EXPECT_EQ(clock_.now() - before, 3s);
  advance(57s);
  EXPECT_EQ(stored_status(), DocumentStatus::ready);
}

TEST_F(KnowledgeServiceTest, TriesAgainWhereWaitingMayHelp) {
  embeddings_.faults = {Error{ErrorCode::unavailable, "the model loads"},
                        Error{ErrorCode::resource_exhausted, "the pool is full"}};
  ASSERT_TRUE(create("We open at nine."));
  EXPECT_EQ(stored_status(), DocumentStatus::pending);
  advance(2s);
  advance(10s);
  EXPECT_EQ(stored_status(), DocumentStatus::ready);
}

TEST_F(KnowledgeServiceTest, GivesUpAfterFiveAttemptsAndSaysWhy) {
  embeddings_.faults.assign(5, Error{ErrorCode::unavailable, "the model is away"});
  ASSERT_TRUE(create("We open at nine."));
  for (int i = 0; i < 10; ++i)
    advance(10s);
  EXPECT_EQ(stored_status(), DocumentStatus::failed);
  EXPECT_EQ(documents_.documents[0].error, "the model is away");
}

TEST_F(KnowledgeServiceTest, MarksAsFailedAtOnceWhatCannotBeRead) {
  splitter_.fault = Error{ErrorCode::invalid_argument, "the text is not UTF-8"};
  const auto document = create("\xff");
  ASSERT_TRUE(document);
  EXPECT_EQ(document->status, DocumentStatus::failed);
  EXPECT_EQ(document->error, "the text is not UTF-8");
}

TEST_F(KnowledgeServiceTest, RefusesADocumentOverOneMebibyteByItsField) {
  const auto document = create(std::string(KnowledgeService::kDocumentMax + 1, 'a'));
  ASSERT_EQ(code_of(document), ErrorCode::too_large);
  EXPECT_EQ(document.error().fields.at(0).pointer, "/text");
  EXPECT_THAT(documents_.documents, IsEmpty());
}

TEST_F(KnowledgeServiceTest, ReplacesTheTextThatAnswersAreFoundIn) {
  const auto document = create("We open at nine.");
  const auto changed = run_in_time(
      service_.replace(test_principal(), kAgent, document->id, {"Hours", {}, "We open at ten."}));
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->revision, 2);
  EXPECT_EQ(changed->status, DocumentStatus::ready);
  EXPECT_EQ(index_.chunks[document->id].at(0).text, "We open at ten.");
}

TEST_F(KnowledgeServiceTest, KeepsTheNewerTextWhenAnOlderOneIsReadLate) {
  embeddings_.takes = 20s;
  const auto document = create("We open at nine.");
  embeddings_.takes = 0s;
  ASSERT_TRUE(run_in_time(
      service_.replace(test_principal(), kAgent, document->id, {"Hours", {}, "We open at ten."})));
  advance(60s);
  EXPECT_EQ(index_.chunks[document->id].at(0).text, "We open at ten.");
  EXPECT_EQ(stored_status(), DocumentStatus::ready);
}

TEST_F(KnowledgeServiceTest, TakesARemovedDocumentOutOfTheIndex) {
  const auto document = create("We open at nine.");
  ASSERT_TRUE(run_in_time(service_.remove(test_principal(), kAgent, document->id)));
  EXPECT_THAT(index_.chunks[document->id], IsEmpty());
  EXPECT_EQ(code_of(run_in_time(service_.find(test_principal(), kAgent, document->id))),
            ErrorCode::not_found);
}

TEST_F(KnowledgeServiceTest, ShowsADocumentOnlyUnderItsOwnAgent) {
  const auto document = create("We open at nine.");
  const AgentId other(test_uuid(6));
  EXPECT_EQ(code_of(run_in_time(service_.find(test_principal(), other, document->id))),
            ErrorCode::not_found);
  EXPECT_EQ(code_of(run_in_time(service_.find(test_principal(2), kAgent, document->id))),
            ErrorCode::not_found);
  EXPECT_EQ(code_of(run_in_time(service_.remove(test_principal(), other, document->id))),
            ErrorCode::not_found);
  EXPECT_EQ(documents_.documents.size(), 1u);
}

TEST_F(KnowledgeServiceTest, SearchesTheAgentsBasesOfTheCallersWorkspace) {
  index_.passages = {Passage{.text = "We open at nine."}};
  const auto found = run_in_time(service_.search(test_principal(), kAgent, "When do you open?"));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->at(0).text, "We open at nine.");
  EXPECT_EQ(index_.query.text, "When do you open?");
  EXPECT_EQ(index_.query.workspace, WorkspaceId(test_uuid(1)));
  EXPECT_EQ(index_.query.bases.size(), 1u);
  EXPECT_EQ(code_of(run_in_time(service_.search(test_principal(2), kAgent, "When?"))),
            ErrorCode::not_found);
}

TEST_F(KnowledgeServiceTest, RestoresTheIndexFromTheStoreWithoutEmbeddingAgain) {
  const auto document = create("We open at nine.");
  index_.chunks.clear();
  embeddings_.batches.clear();
  ASSERT_TRUE(run_in_time(service_.load(Principal{})));
  EXPECT_EQ(index_.chunks[document->id].at(0).text, "We open at nine.");
  EXPECT_THAT(embeddings_.batches, IsEmpty());
}

TEST_F(KnowledgeServiceTest, EmbedsAgainAtStartWhatIsPendingOrOfAnotherModel) {
  const auto document = create("We open at nine.");
  documents_.chunks[document->id].at(0).embedding.clear();
  embeddings_.batches.clear();
  ASSERT_TRUE(run_in_time(service_.load(Principal{})));
  EXPECT_THAT(embeddings_.batches, ElementsAre(1));
  documents_.documents[0].status = DocumentStatus::pending;
  ASSERT_TRUE(run_in_time(service_.load(Principal{})));
  EXPECT_THAT(embeddings_.batches, ElementsAre(1, 1));
  EXPECT_EQ(stored_status(), DocumentStatus::ready);
}

TEST_F(KnowledgeServiceTest, StopsWhileADocumentIsStillBeingRead) {
  embeddings_.takes = 1h;
  ASSERT_TRUE(create("We open at nine."));
  run(loop_, service_.stop());
  EXPECT_EQ(stored_status(), DocumentStatus::pending);
  EXPECT_EQ(clock_.sleeper_count(), 0u);
}

}  // namespace
}  // namespace antiphon
