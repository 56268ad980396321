#include "providers/knowledge/memory_index.h"

#include "testing/run.h"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace antiphon {
namespace {

constexpr WorkspaceId kWorkspace(Uuid{});

// Texts lie on axes: "hours…" on the first, "price…" on the second, others on the third.
Embedding axis_of(std::string_view text) {
  Embedding embedding(kEmbeddingSize, 0.0F);
  const std::size_t axis = text.starts_with("hours") ? 0 : text.starts_with("price") ? 1 : 2;
  embedding[axis] = 0.7F;  // cosines between real texts stay below 1
  return embedding;
}

class AxisEmbeddings final : public EmbeddingModel {
 public:
  Task<Result<std::vector<Embedding>>> embed(std::vector<std::string> texts) override {
    std::vector<Embedding> embeddings;
    for (const std::string& text : texts)
      embeddings.push_back(axis_of(text));
    co_return embeddings;
  }
  [[nodiscard]] std::string identity() const override { return "axes"; }
};

class MemoryIndexTest : public testing::Test {
 protected:
  void put(DocumentId document, const std::vector<std::string>& texts) {
    std::vector<Chunk> chunks;
    for (const std::string& text : texts) {
      Chunk chunk;
      chunk.document = document;
      chunk.ordinal = static_cast<std::int32_t>(chunks.size());
      chunk.text = text;
      chunk.embedding = axis_of(text);
      chunks.push_back(std::move(chunk));
    }
    EXPECT_TRUE(index_.replace(kWorkspace, base_, document, "Title", std::move(chunks)));
  }

  std::vector<std::string> search(std::string text, std::vector<KnowledgeBaseId> bases) {
    KnowledgeQuery query{kWorkspace, std::move(bases), std::move(text), 2};
    std::vector<std::string> found;
    const auto passages = run(loop_, index_.search(std::move(query)));
    for (const Passage& passage : *passages)
      found.push_back(passage.text);
    return found;
  }

  SeededRandom random_{Seed{1}};
  KnowledgeBaseId base_{Uuid::make_random(random_)};
  DocumentId first_{Uuid::make_random(random_)};
  DocumentId second_{Uuid::make_random(random_)};
  boost::asio::io_context loop_;
  AxisEmbeddings embeddings_;
  MemoryIndex index_{embeddings_, loop_.get_executor()};
};

using Texts = std::vector<std::string>;

TEST_F(MemoryIndexTest, PutsTheNearestMeaningFirst) {
  put(first_, {"hours nine to five", "price forty dollars"});
  EXPECT_EQ(search("price of it", {base_}), (Texts{"price forty dollars", "hours nine to five"}));
}

TEST_F(MemoryIndexTest, RaisesChunksThatHoldTheRareWordsOfTheQuestion) {
  put(first_, {"part A100 is red", "part B200 is blue", "part C300 is green"});
  EXPECT_EQ(search("which colour has B200", {base_}).front(), "part B200 is blue");
}

TEST_F(MemoryIndexTest, TellsLikenessApartFromTheBonusForSharedWords) {
  put(first_, {"price of A100"});
  const auto found = run(loop_, index_.search({kWorkspace, {base_}, "price of A100", 1}));
  ASSERT_EQ(found->size(), 1U);
  EXPECT_NEAR(found->front().likeness, 0.49, 1e-6);
  EXPECT_GT(found->front().score, 0.55);
}

TEST_F(MemoryIndexTest, ForgetsTheOldTextOfADocument) {
  put(first_, {"hours nine to five"});
  put(first_, {"hours ten to six"});
  EXPECT_EQ(search("hours", {base_}), Texts{"hours ten to six"});
  put(first_, {});
  EXPECT_EQ(search("hours", {base_}), Texts{});
  EXPECT_EQ(index_.chunk_count(kWorkspace), 0U);
}

TEST_F(MemoryIndexTest, SearchesOnlyTheBasesItIsGiven) {
  put(first_, {"hours nine to five"});
  EXPECT_EQ(search("hours", {}), Texts{});
  EXPECT_EQ(search("hours", {KnowledgeBaseId(Uuid::make_random(random_))}), Texts{});
}

TEST_F(MemoryIndexTest, ScoresALargeBaseOnTheComputeExecutorWithTheSameResult) {
  std::vector<std::string> many(600, "price of something");
  many.emplace_back("hours nine to five");
  put(first_, many);
  put(second_, {"other"});
  EXPECT_EQ(search("hours", {base_}).front(), "hours nine to five");
}

TEST_F(MemoryIndexTest, RefusesMoreThanABaseHolds) {
  std::vector<Chunk> chunks(MemoryIndex::kChunksMax + 1);
  for (Chunk& chunk : chunks)
    chunk.embedding = Embedding(kEmbeddingSize, 0.0F);
  const auto refused = index_.replace(kWorkspace, base_, first_, "", std::move(chunks));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::too_large);
}

}  // namespace
}  // namespace antiphon
