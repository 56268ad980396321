#include "service/knowledge_service.h"

#include "core/mailbox.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace antiphon {

namespace {

constexpr std::size_t kEmbedBatch = 32;
constexpr std::size_t kBackgroundMax = 1'000;
constexpr std::chrono::seconds kRetryPause{5};
constexpr int kAttempts = 5;

bool may_pass(const Error& error) {
  return error.code == ErrorCode::unavailable || error.code == ErrorCode::timeout ||
         error.code == ErrorCode::resource_exhausted;
}

Principal within(const Principal& principal, WorkspaceId workspace) {
  Principal scoped = principal;
  scoped.workspace = workspace;
  return scoped;
}

}  // namespace

KnowledgeService::KnowledgeService(Executor executor, Parts parts)
    : executor_(executor), parts_(parts), background_(std::move(executor)) {}

Task<Result<>> KnowledgeService::load(Principal system) {
  auto documents = co_await parts_.documents.all_documents(system);
  if (!documents) co_return std::unexpected(std::move(documents.error()));
  for (Document& document : *documents) {
    const Principal principal = within(system, document.workspace);
    auto restored = co_await restore(principal, document);
    if (restored) continue;
    parts_.log.warning("knowledge.restore_failed",
                       {{"document", document.id.to_string()}, {"error", restored.error()}});
    if (may_pass(restored.error()))
      background_.spawn(publish_later(principal, std::move(document)));
  }
  co_return Result<>{};
}

Task<Result<>> KnowledgeService::restore(Principal principal, Document document) {
  if (document.status == DocumentStatus::failed) co_return Result<>{};
  if (document.status == DocumentStatus::pending) {
    co_return co_await embed_and_store(std::move(principal), std::move(document));
  }
  auto chunks = co_await parts_.documents.chunks_of(principal, document.id);
  if (!chunks) co_return std::unexpected(std::move(chunks.error()));
  // chunks_of leaves the embedding empty where another model made it.
  const bool current = std::ranges::all_of(
      *chunks, [](const Chunk& chunk) { return chunk.embedding.size() == kEmbeddingSize; });
  if (!current) co_return co_await embed_and_store(std::move(principal), std::move(document));
  co_return parts_.index.replace(document.workspace, document.knowledge_base, document.id,
                                 std::move(document.title), std::move(*chunks));
}

Task<Result<Document>> KnowledgeService::create(Principal principal, AgentId agent,
                                                DocumentDraft draft) {
  if (draft.text.size() > kDocumentMax) {
    co_return failure(ErrorCode::too_large, "a document holds at most 1 MiB of text",
                      {{"/text", "must be at most 1 MiB"}});
  }
  const auto base = co_await parts_.documents.base_of(principal, agent);
  if (!base) co_return std::unexpected(base.error());
  Document document;
  document.id = DocumentId(Uuid::make_ordered(parts_.clock.wall(), parts_.random));
  document.workspace = principal.workspace;
  document.knowledge_base = *base;
  document.title = std::move(draft.title);
  document.format = draft.format;
  document.text = std::move(draft.text);
  document.created_at = parts_.clock.wall();
  document.updated_at = document.created_at;
  auto created = co_await parts_.documents.create(principal, std::move(document));
  if (!created) co_return created;
  co_return co_await publish(std::move(principal), std::move(*created));
}

Task<Result<Document>> KnowledgeService::find(Principal principal, AgentId agent, DocumentId id) {
  const auto base = co_await parts_.documents.base_of(principal, agent);
  if (!base) co_return std::unexpected(base.error());
  auto document = co_await parts_.documents.find(std::move(principal), id);
  if (document && document->knowledge_base != *base) {
    co_return failure(ErrorCode::not_found, "this agent has no such document");
  }
  co_return document;
}

Task<Result<Page<Document>>> KnowledgeService::list(Principal principal, AgentId agent,
                                                    PageRequest page) {
  const auto base = co_await parts_.documents.base_of(principal, agent);
  if (!base) co_return std::unexpected(base.error());
  co_return co_await parts_.documents.list(std::move(principal), *base, std::move(page));
}

Task<Result<Document>> KnowledgeService::replace(Principal principal, AgentId agent, DocumentId id,
                                                 DocumentDraft draft) {
  if (draft.text.size() > kDocumentMax) {
    co_return failure(ErrorCode::too_large, "a document holds at most 1 MiB of text",
                      {{"/text", "must be at most 1 MiB"}});
  }
  auto document = co_await find(principal, agent, id);
  if (!document) co_return document;
  document->title = std::move(draft.title);
  document->format = draft.format;
  document->text = std::move(draft.text);
  document->updated_at = parts_.clock.wall();
  auto saved = co_await parts_.documents.save(principal, std::move(*document));
  if (!saved) co_return saved;
  co_return co_await publish(std::move(principal), std::move(*saved));
}

Task<Result<>> KnowledgeService::remove(Principal principal, AgentId agent, DocumentId id) {
  const auto document = co_await find(principal, agent, id);
  if (!document) co_return std::unexpected(document.error());
  auto removed = co_await parts_.documents.remove(std::move(principal), id);
  if (!removed) co_return removed;
  co_return parts_.index.replace(document->workspace, document->knowledge_base, id, {}, {});
}

Task<Result<std::vector<Passage>>> KnowledgeService::search(Principal principal, AgentId agent,
                                                            std::string question) {
  auto bases = co_await parts_.agents.knowledge_of(principal, agent);
  if (!bases) co_return std::unexpected(std::move(bases.error()));
  KnowledgeQuery query{principal.workspace, std::move(*bases), std::move(question), 10};
  co_return co_await parts_.index.search(std::move(query));
}

// Embedding runs on in the background when the caller's patience ends; the document stays `pending`
// until then.
Task<Result<Document>> KnowledgeService::publish(Principal principal, Document document) {
  if (background_.size() >= kBackgroundMax) {
    co_return failure(ErrorCode::resource_exhausted,
                      "too many documents are being read; try again in a minute");
  }
  const DocumentId id = document.id;
  const auto ended = std::make_shared<Mailbox<bool>>(executor_, 1, WhenFull::refuse);
  auto work = [](KnowledgeService& self, Principal who, Document what,
                 std::shared_ptr<Mailbox<bool>> done) -> Task<> {
    co_await self.publish_later(std::move(who), std::move(what));
    done->push(true);
  };
  background_.spawn(work(*this, principal, std::move(document), ended));
  const auto in_time =
      co_await with_deadline(parts_.clock, parts_.clock.now() + kPatience, ended->receive());
  static_cast<void>(in_time);
  co_return co_await parts_.documents.find(std::move(principal), id);
}

Task<> KnowledgeService::publish_later(Principal principal, Document document) {
  for (int attempt = 1;; ++attempt) {
    const auto stored = co_await embed_and_store(principal, document);
    if (stored || co_await is_cancelled()) co_return;
    if (stored.error().code == ErrorCode::conflict) co_return;  // a newer text is on its way
    if (!may_pass(stored.error()) || attempt == kAttempts) {
      const auto marked = co_await parts_.documents.mark_failed(
          principal, document.id, document.revision, stored.error().message);
      parts_.log.warning("knowledge.document_failed", {{"document", document.id.to_string()},
                                                       {"error", stored.error()},
                                                       {"marked", marked.has_value()}});
      co_return;
    }
    if (!co_await parts_.clock.sleep_for(kRetryPause * attempt)) co_return;
  }
}

Task<Result<>> KnowledgeService::embed_and_store(Principal principal, Document document) {
  auto chunks = parts_.splitter.split(document);
  if (!chunks) co_return std::unexpected(std::move(chunks.error()));
  for (std::size_t begin = 0; begin < chunks->size(); begin += kEmbedBatch) {
    const std::size_t end = std::min(begin + kEmbedBatch, chunks->size());
    std::vector<std::string> texts;
    for (std::size_t index = begin; index < end; ++index) {
      const Chunk& chunk = (*chunks)[index];
      // The title is mostly the first heading too; said twice it would drown the sentence.
      std::string above = document.title;
      if (chunk.heading != document.title) above += ". " + chunk.heading;
      texts.push_back(above + ". " + chunk.text);
    }
    auto embeddings = co_await parts_.embeddings.embed(std::move(texts));
    if (!embeddings) co_return std::unexpected(std::move(embeddings.error()));
    for (std::size_t index = begin; index < end; ++index) {
      (*chunks)[index].embedding = std::move((*embeddings)[index - begin]);
    }
  }
  auto stored = co_await parts_.documents.store_chunks(
      std::move(principal), document.id, document.revision, parts_.embeddings.identity(), *chunks);
  if (!stored) co_return stored;
  co_return parts_.index.replace(document.workspace, document.knowledge_base, document.id,
                                 std::move(document.title), std::move(*chunks));
}

Task<> KnowledgeService::stop() {
  background_.cancel();
  co_await background_.join();
}

}  // namespace antiphon
