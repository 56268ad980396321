// Finds the passages of an agent's knowledge that answer a question, in process.
//
// Limits  100,000 chunks per workspace in memory; a search returns at most 20.
// Errors  of the embedding model; an unknown agent has no knowledge and finds nothing.
// Thread  any; searches run beside changes and see either the old or the new state of a document.
#pragma once

#include "core/result.h"
#include "core/task.h"
#include "domain/ids.h"
#include "domain/knowledge.h"

#include <string>
#include <vector>

namespace antiphon {

struct KnowledgeQuery {
  WorkspaceId workspace;
  std::vector<KnowledgeBaseId> bases;
  std::string text;
  std::size_t passages_max = 4;
};

class KnowledgeIndex {
 public:
  virtual ~KnowledgeIndex() = default;
  // The document's chunks become exactly these; an empty list removes it. too_large: the workspace
  // is full.
  virtual Result<> replace(WorkspaceId workspace, KnowledgeBaseId base, DocumentId document,
                           std::string title, std::vector<Chunk> chunks) = 0;
  virtual Task<Result<std::vector<Passage>>> search(KnowledgeQuery query) = 0;
};

}  // namespace antiphon
