#include "core/task_group.h"
#include "store/contract_world_test.h"

namespace antiphon::store {
namespace {

class KnowledgeStoreContract : public Contract {
 protected:
  Document make_document(const std::string& title) {
    if (base_.uuid().is_nil()) {
      base_ = run(knowledge().base_of(mine(), make_agent("owner-of-base").id)).value();
    }
    Document document;
    document.knowledge_base = base_;
    document.title = title;
    document.format = DocumentFormat::markdown;
    document.text = "# " + title;
    auto made = run(knowledge().create(mine(), document));
    EXPECT_TRUE(made.has_value()) << (made ? "" : made.error().message);
    return made.value_or(Document{});
  }

  static std::vector<Chunk> make_chunks(std::size_t count, const std::string& text) {
    std::vector<Chunk> chunks;
    for (std::size_t index = 0; index < count; ++index) {
      Chunk chunk;
      chunk.ordinal = static_cast<std::int32_t>(index);
      chunk.heading = "Heading > {\"quoted\", \\back}";
      chunk.text = text + " " + std::to_string(index);
      for (std::size_t place = 0; place < kEmbeddingSize; ++place) {
        chunk.embedding.push_back(0.1F + static_cast<float>(index * kEmbeddingSize + place) / 3.0F);
      }
      chunks.push_back(std::move(chunk));
    }
    return chunks;
  }

  KnowledgeBaseId base_;
};

INSTANTIATE_TEST_SUITE_P(, KnowledgeStoreContract,
                         testing::Values(Backend::memory, Backend::postgres), [](const auto& info) {
                           return info.param == Backend::memory ? "Memory" : "Postgres";
                         });

TEST_P(KnowledgeStoreContract, AnAgentHasOneBaseOfItsOwn) {
  const Agent agent = make_agent("based");
  EXPECT_TRUE(run(agents().knowledge_of(mine(), agent.id))->empty());
  const auto first = run(knowledge().base_of(mine(), agent.id));
  ASSERT_TRUE(first.has_value()) << first.error().message;
  EXPECT_EQ(run(knowledge().base_of(mine(), agent.id)).value(), *first);
  EXPECT_EQ(run(knowledge().base_of(server(), agent.id)).value(), *first);
  EXPECT_EQ(run(agents().knowledge_of(mine(), agent.id)).value(),
            (std::vector<KnowledgeBaseId>{*first}));
  EXPECT_EQ(code_of_error(run(knowledge().base_of(theirs(), agent.id))), ErrorCode::not_found);
  EXPECT_EQ(code_of_error(run(knowledge().base_of(mine(), AgentId(fresh_id())))),
            ErrorCode::not_found);
}

Task<> ask_for_base(KnowledgeStore& knowledge, Principal principal, AgentId agent,
                    std::vector<KnowledgeBaseId>& bases) {
  const auto base = co_await knowledge.base_of(std::move(principal), agent);
  if (base) bases.push_back(*base);
}

Task<> ask_together(KnowledgeStore& knowledge, Principal principal, AgentId agent,
                    std::vector<KnowledgeBaseId>& bases, Executor executor) {
  TaskGroup group(executor);
  for (int caller = 0; caller < 8; ++caller) {
    group.spawn(ask_for_base(knowledge, principal, agent, bases));
  }
  co_await group.join();
}

TEST_P(KnowledgeStoreContract, CallersAtTheSameTimeAgreeOnTheBase) {
  const Agent agent = make_agent("contested");
  std::vector<KnowledgeBaseId> bases;
  run(ask_together(knowledge(), mine(), agent.id, bases, executor()));
  ASSERT_EQ(bases.size(), 8U);
  EXPECT_EQ(bases, std::vector<KnowledgeBaseId>(8, bases.front()));
  EXPECT_EQ(run(agents().knowledge_of(mine(), agent.id))->size(), 1U);
}

TEST_P(KnowledgeStoreContract, KeepsADocumentAsItWasGiven) {
  const Document made = make_document("Opening hours");
  EXPECT_EQ(made.revision, 1);
  EXPECT_EQ(made.status, DocumentStatus::pending);
  const auto found = run(knowledge().find(mine(), made.id));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->title, "Opening hours");
  EXPECT_EQ(found->text, "# Opening hours");
  EXPECT_EQ(found->format, DocumentFormat::markdown);
  EXPECT_EQ(found->knowledge_base, base_);
  EXPECT_EQ(found->workspace, mine().workspace);
}

TEST_P(KnowledgeStoreContract, HidesDocumentsFromOtherWorkspaces) {
  const Document document = make_document("Hidden");
  EXPECT_EQ(code_of_error(run(knowledge().find(theirs(), document.id))), ErrorCode::not_found);
  EXPECT_EQ(code_of_error(run(knowledge().save(theirs(), document))), ErrorCode::not_found);
  EXPECT_EQ(code_of_error(run(knowledge().remove(theirs(), document.id))), ErrorCode::not_found);
  EXPECT_EQ(code_of_error(run(knowledge().chunks_of(theirs(), document.id))), ErrorCode::not_found);
  EXPECT_EQ(code_of_error(run(knowledge().store_chunks(theirs(), document.id, 1, "m", {}))),
            ErrorCode::not_found);
  EXPECT_EQ(code_of_error(run(knowledge().mark_failed(theirs(), document.id, 1, "x"))),
            ErrorCode::not_found);
  Document intruder = document;
  intruder.id = DocumentId{};
  EXPECT_EQ(code_of_error(run(knowledge().create(theirs(), intruder))), ErrorCode::not_found);
  EXPECT_TRUE(run(knowledge().list(theirs(), base_, {})).value().items.empty());
}

TEST_P(KnowledgeStoreContract, ChangedTextRaisesTheRevisionAndKeepsTheOldChunks) {
  Document document = make_document("Prices");
  ASSERT_TRUE(
      run(knowledge().store_chunks(mine(), document.id, 1, "model", make_chunks(2, "old"))));
  document.text = "# New prices";
  const auto saved = run(knowledge().save(mine(), document));
  ASSERT_TRUE(saved.has_value()) << saved.error().message;
  EXPECT_EQ(saved->revision, 2);
  EXPECT_EQ(saved->status, DocumentStatus::pending);
  EXPECT_EQ(run(knowledge().chunks_of(mine(), document.id))->size(), 2U);
  EXPECT_EQ(code_of_error(run(knowledge().save(mine(), document))), ErrorCode::conflict);

  const auto unchanged = run(knowledge().save(mine(), *saved));
  EXPECT_EQ(unchanged->revision, 2);
}

TEST_P(KnowledgeStoreContract, KeepsChunksBitForBit) {
  const Document document = make_document("Long");
  // More than one statement of 256 chunks.
  const std::vector<Chunk> chunks = make_chunks(600, "text");
  const auto stored =
      run(knowledge().store_chunks(server(), document.id, 1, "all-MiniLM-L6-v2", chunks));
  ASSERT_TRUE(stored.has_value()) << stored.error().message;
  const auto read = run(knowledge().chunks_of(mine(), document.id));
  ASSERT_TRUE(read.has_value());
  ASSERT_EQ(read->size(), 600U);
  for (const std::size_t index : {0U, 255U, 256U, 599U}) {
    EXPECT_EQ(read->at(index).ordinal, static_cast<std::int32_t>(index));
    EXPECT_EQ(read->at(index).text, chunks[index].text);
    EXPECT_EQ(read->at(index).heading, chunks[index].heading);
    EXPECT_EQ(read->at(index).embedding, chunks[index].embedding);
  }
  const auto found = run(knowledge().find(mine(), document.id));
  EXPECT_EQ(found->status, DocumentStatus::ready);
  EXPECT_EQ(found->chunk_count, 600);
  EXPECT_EQ(found->revision, 1);
}

TEST_P(KnowledgeStoreContract, StoresAllChunksOrNone) {
  const Document document = make_document("All or none");
  ASSERT_TRUE(
      run(knowledge().store_chunks(mine(), document.id, 1, "model", make_chunks(3, "good"))));
  auto wrong = make_chunks(5, "bad");
  wrong[4].embedding.pop_back();
  EXPECT_EQ(code_of_error(run(knowledge().store_chunks(mine(), document.id, 1, "model", wrong))),
            ErrorCode::invalid_argument);
  // Passes our own checks where there are any; a database refuses it in the last statement.
  auto twice = make_chunks(300, "bad");
  twice[299].heading = std::string(3, '\0');
  twice[299].ordinal = twice[298].ordinal;
  EXPECT_FALSE(run(knowledge().store_chunks(mine(), document.id, 1, "model", twice)).has_value());
  const auto kept = run(knowledge().chunks_of(mine(), document.id));
  ASSERT_EQ(kept->size(), 3U);
  EXPECT_EQ(kept->at(0).text, "good 0");
}

TEST_P(KnowledgeStoreContract, RefusesTheChunksOfAnOldRevision) {
  Document document = make_document("Moving");
  ASSERT_TRUE(
      run(knowledge().store_chunks(mine(), document.id, 1, "model", make_chunks(1, "first"))));
  document.text = "moved on";
  ASSERT_TRUE(run(knowledge().save(mine(), document)));
  EXPECT_EQ(code_of_error(run(
                knowledge().store_chunks(mine(), document.id, 1, "model", make_chunks(2, "late")))),
            ErrorCode::conflict);
  EXPECT_EQ(code_of_error(run(knowledge().mark_failed(mine(), document.id, 1, "late"))),
            ErrorCode::conflict);
  EXPECT_EQ(run(knowledge().chunks_of(mine(), document.id))->at(0).text, "first 0");
  EXPECT_EQ(run(knowledge().find(mine(), document.id))->status, DocumentStatus::pending);
}

TEST_P(KnowledgeStoreContract, RemembersWhyADocumentFailed) {
  const Document document = make_document("Broken");
  ASSERT_TRUE(run(knowledge().mark_failed(server(), document.id, 1, "not a document")));
  const auto found = run(knowledge().find(mine(), document.id));
  EXPECT_EQ(found->status, DocumentStatus::failed);
  EXPECT_EQ(found->error, "not a document");
  ASSERT_TRUE(run(knowledge().store_chunks(server(), document.id, 1, "m", make_chunks(1, "ok"))));
  EXPECT_EQ(run(knowledge().find(mine(), document.id))->error, "");
}

TEST_P(KnowledgeStoreContract, ListsDocumentsNewestFirstInPages) {
  for (const char* title : {"one", "two", "three"})
    make_document(title);
  const auto first = run(knowledge().list(mine(), base_, {.limit = 2, .cursor = {}}));
  ASSERT_EQ(first->items.size(), 2U);
  EXPECT_EQ(first->items[0].title, "three");
  const auto second =
      run(knowledge().list(mine(), base_, {.limit = 2, .cursor = first->next_cursor}));
  ASSERT_EQ(second->items.size(), 1U);
  EXPECT_EQ(second->items[0].title, "one");
  EXPECT_TRUE(second->next_cursor.empty());
}

TEST_P(KnowledgeStoreContract, ARemovedDocumentTakesItsChunksWithIt) {
  const Document document = make_document("Gone");
  ASSERT_TRUE(run(knowledge().store_chunks(mine(), document.id, 1, "m", make_chunks(1, "x"))));
  ASSERT_TRUE(run(knowledge().remove(mine(), document.id)));
  EXPECT_EQ(code_of_error(run(knowledge().chunks_of(mine(), document.id))), ErrorCode::not_found);
  EXPECT_EQ(code_of_error(run(knowledge().remove(mine(), document.id))), ErrorCode::not_found);
}

TEST_P(KnowledgeStoreContract, OnlyTheServerReadsTheDocumentsOfAllWorkspaces) {
  const Document document = make_document("Everywhere");
  EXPECT_EQ(code_of_error(run(knowledge().all_documents(mine()))), ErrorCode::permission_denied);
  const auto all = run(knowledge().all_documents(server()));
  ASSERT_TRUE(all.has_value());
  EXPECT_TRUE(
      std::ranges::any_of(*all, [&](const Document& other) { return other.id == document.id; }));
}

}  // namespace
}  // namespace antiphon::store
