// Documents of an agent: stored, cut into chunks, embedded, and searchable.
//
// A document is `pending` until its chunks are in the index. create() and replace() wait up to
// kPatience for that, so a short document comes back `ready`; a long one goes on in the background.
// Pending documents of an earlier run are taken up by load().
// Limits  1 MiB a document; kQueueMax documents waiting.
// Errors  not_found, too_large, invalid_argument (not UTF-8), unavailable.
// Thread  the API loop.
#pragma once

#include "core/clock.h"
#include "core/log.h"
#include "core/random.h"
#include "core/result.h"
#include "core/task.h"
#include "core/task_group.h"
#include "domain/knowledge.h"
#include "domain/principal.h"
#include "ports/document_splitter.h"
#include "ports/embedding_model.h"
#include "ports/knowledge_index.h"
#include "ports/stores.h"

#include <string>
#include <vector>

namespace antiphon {

struct DocumentDraft {
  std::string title;
  DocumentFormat format = DocumentFormat::plain_text;
  std::string text;
};

class KnowledgeService {
 public:
  static constexpr std::chrono::seconds kPatience{3};
  static constexpr std::size_t kDocumentMax = 1024 * 1024;

  struct Parts {
    AgentStore& agents;
    KnowledgeStore& documents;
    DocumentSplitter& splitter;
    EmbeddingModel& embeddings;
    KnowledgeIndex& index;
    Clock& clock;
    Random& random;
    Log& log;
  };

  KnowledgeService(Executor executor, Parts parts);

  // Fills the index from the store; embeds what is pending or was embedded by another model. Call
  // once at start.
  Task<Result<>> load(Principal system);

  Task<Result<Document>> create(Principal principal, AgentId agent, DocumentDraft draft);
  Task<Result<Document>> find(Principal principal, AgentId agent, DocumentId id);
  Task<Result<Page<Document>>> list(Principal principal, AgentId agent, PageRequest page);
  Task<Result<Document>> replace(Principal principal, AgentId agent, DocumentId id,
                                 DocumentDraft draft);
  Task<Result<>> remove(Principal principal, AgentId agent, DocumentId id);
  // "Ask the base": what a question would find.
  Task<Result<std::vector<Passage>>> search(Principal principal, AgentId agent,
                                            std::string question);

  Task<> stop();

 private:
  Task<Result<Document>> publish(Principal principal, Document document);
  Task<> publish_later(Principal principal, Document document);
  Task<Result<>> embed_and_store(Principal principal, Document document);
  Task<Result<>> restore(Principal system, Document document);

  Executor executor_;
  Parts parts_;
  TaskGroup background_;
};

}  // namespace antiphon
