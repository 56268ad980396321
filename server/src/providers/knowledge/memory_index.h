// The KnowledgeIndex: every chunk of a workspace in memory, searched exactly.
//
// score = cosine of the embeddings, raised where rare words of the question (names, codes, numbers)
// stand in the chunk: 0.25 × the BM25 score relative to the best one possible for the question.
// Exact search over 100,000 chunks reads 150 MB; docs/decisions/0004 says why no approximate index.
// Thread  replace() any; search() scores on `compute`, so a large base never delays a media
//         worker's tick.
// Source  BM25: Robertson and Zaragoza 2009, k1 = 1.2, b = 0.75.
#pragma once

#include "core/mutex.h"
#include "core/task_group.h"
#include "ports/embedding_model.h"
#include "ports/knowledge_index.h"

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace antiphon {

class MemoryIndex final : public KnowledgeIndex {
 public:
  static constexpr std::size_t kChunksMax = 100'000;  // per base

  MemoryIndex(EmbeddingModel& embeddings, Executor compute);
  ~MemoryIndex() override;

  Result<> replace(WorkspaceId workspace, KnowledgeBaseId base, DocumentId document,
                   std::string title, std::vector<Chunk> chunks) override;
  Task<Result<std::vector<Passage>>> search(KnowledgeQuery query) override;
  // Everything of the workspace.
  void forget(WorkspaceId workspace);
  [[nodiscard]] std::size_t chunk_count(WorkspaceId workspace) const;

 private:
  struct Shard;     // one document, immutable
  struct Base;      // shards and word statistics of one knowledge base
  struct Snapshot;  // what one search reads

  Snapshot snapshot(const KnowledgeQuery& query) const;
  static std::vector<Passage> score(const Snapshot& snapshot, const Embedding& question,
                                    std::size_t passages_max);

  EmbeddingModel& embeddings_;
  Executor compute_;
  mutable Mutex mutex_;
  std::map<std::pair<WorkspaceId, KnowledgeBaseId>, std::unique_ptr<Base>> bases_
      GUARDED_BY(mutex_);
};

}  // namespace antiphon
