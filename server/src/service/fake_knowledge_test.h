// Everything a KnowledgeService stands on, small and visible.
#pragma once

#include "core/clock.h"
#include "ports/document_splitter.h"
#include "ports/embedding_model.h"
#include "ports/knowledge_index.h"
#include "service/fake_stores_test.h"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace antiphon {

// The base of an agent has the agent's own UUID.
class FakeKnowledge final : public KnowledgeStore {
 public:
  Task<Result<KnowledgeBaseId>> base_of(Principal, AgentId agent) override {
    co_return KnowledgeBaseId(agent.uuid());
  }
  Task<Result<Document>> create(Principal, Document document) override {
    documents.push_back(document);
    co_return document;
  }
  Task<Result<Document>> find(Principal principal, DocumentId id) override {
    const Document* found = at(principal, id);
    if (found == nullptr) co_return test_absent();
    co_return *found;
  }
  Task<Result<Page<Document>>> list(Principal principal, KnowledgeBaseId base,
                                    PageRequest) override {
    Page<Document> page;
    for (const Document& document : documents) {
      if (document.workspace == principal.workspace && document.knowledge_base == base) {
        page.items.push_back(document);
      }
    }
    co_return page;
  }
  Task<Result<Document>> save(Principal principal, Document document) override {
    Document* stored = at(principal, document.id);
    if (stored == nullptr) co_return test_absent();
    *stored = std::move(document);
    ++stored->revision;
    stored->status = DocumentStatus::pending;
    co_return *stored;
  }
  Task<Result<>> remove(Principal principal, DocumentId id) override {
    if (at(principal, id) == nullptr) co_return test_absent();
    std::erase_if(documents, [id](const Document& document) { return document.id == id; });
    co_return Result<>{};
  }
  Task<Result<>> store_chunks(Principal principal, DocumentId id, std::int64_t revision,
                              std::string, std::vector<Chunk> made) override {
    Document* stored = at(principal, id);
    if (stored == nullptr) co_return test_absent();
    if (stored->revision != revision) co_return failure(ErrorCode::conflict, "it changed");
    stored->status = DocumentStatus::ready;
    stored->chunk_count = static_cast<std::int64_t>(made.size());
    chunks[id] = std::move(made);
    co_return Result<>{};
  }
  Task<Result<>> mark_failed(Principal principal, DocumentId id, std::int64_t,
                             std::string error) override {
    Document* stored = at(principal, id);
    if (stored == nullptr) co_return test_absent();
    stored->status = DocumentStatus::failed;
    stored->error = std::move(error);
    co_return Result<>{};
  }
  Task<Result<std::vector<Chunk>>> chunks_of(Principal, DocumentId id) override {
    co_return chunks[id];
  }
  Task<Result<std::vector<Document>>> all_documents(Principal) override { co_return documents; }

  std::vector<Document> documents;
  std::map<DocumentId, std::vector<Chunk>> chunks;

 private:
  Document* at(const Principal& principal, DocumentId id) {
    for (Document& document : documents) {
      if (document.workspace == principal.workspace && document.id == id) return &document;
    }
    return nullptr;
  }
};

// One chunk a line.
class LineSplitter final : public DocumentSplitter {
 public:
  Result<std::vector<Chunk>> split(const Document& document) const override {
    if (fault) return std::unexpected(*fault);
    std::vector<Chunk> chunks;
    std::string_view rest = document.text;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      Chunk chunk;
      chunk.document = document.id;
      chunk.ordinal = static_cast<std::int32_t>(chunks.size());
      chunk.text = rest.substr(0, end);
      chunks.push_back(std::move(chunk));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return chunks;
  }

  std::optional<Error> fault;
};

class FakeEmbeddings final : public EmbeddingModel {
 public:
  explicit FakeEmbeddings(Clock& clock) : clock_(clock) {}

  Task<Result<std::vector<Embedding>>> embed(std::vector<std::string> texts) override {
    batches.push_back(static_cast<int>(texts.size()));
    if (takes > Duration::zero()) {
      if (auto slept = co_await clock_.sleep_for(takes); !slept) {
        co_return std::unexpected(slept.error());
      }
    }
    if (!faults.empty()) {
      const Error fault = faults.front();
      faults.pop_front();
      co_return std::unexpected(fault);
    }
    co_return std::vector<Embedding>(texts.size(), Embedding(kEmbeddingSize, 0.5F));
  }
  std::string identity() const override { return "fake"; }

  Duration takes{};
  std::deque<Error> faults;  // the first calls end with these
  std::vector<int> batches;

 private:
  Clock& clock_;
};

class FakeIndex final : public KnowledgeIndex {
 public:
  Result<> replace(WorkspaceId, KnowledgeBaseId, DocumentId document, std::string,
                   std::vector<Chunk> made) override {
    chunks[document] = std::move(made);
    return {};
  }
  Task<Result<std::vector<Passage>>> search(KnowledgeQuery asked) override {
    query = std::move(asked);
    co_return passages;
  }

  std::map<DocumentId, std::vector<Chunk>> chunks;
  std::vector<Passage> passages;
  KnowledgeQuery query;
};

}  // namespace antiphon
