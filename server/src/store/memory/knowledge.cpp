#include "store/chunks.h"
#include "store/memory/tables.h"

namespace antiphon::store {

namespace {

using enum PrincipalKind;

class MemoryKnowledge final : public KnowledgeStore {
 public:
  explicit MemoryKnowledge(Tables& tables) : tables_(tables) {}

  Task<Result<KnowledgeBaseId>> base_of(Principal principal, AgentId id) override {
    const auto agent = tables_.agents.find(id);
    if (agent == tables_.agents.end() || agent->second.workspace != principal.workspace) {
      co_return missing("agent");
    }
    for (const auto& [linked, base] : tables_.links) {
      if (linked == id) co_return base;
    }
    if (auto allowed = require_kind(principal, {user, api_key}); !allowed) {
      co_return std::unexpected(allowed.error());
    }
    const KnowledgeBaseId base(tables_.new_id());
    tables_.bases.emplace(base, principal.workspace);
    tables_.links.emplace_back(id, base);
    co_return base;
  }

  Task<Result<Document>> create(Principal principal, Document document) override {
    const auto base = tables_.bases.find(document.knowledge_base);
    if (base == tables_.bases.end() || base->second != principal.workspace) {
      co_return missing("knowledge base");
    }
    if (auto valid = check(document); !valid) co_return std::unexpected(valid.error());
    if (document.id.uuid().is_nil()) document.id = DocumentId(tables_.new_id());
    if (tables_.documents.contains(document.id)) {
      co_return failure(ErrorCode::already_exists, "another document has this id");
    }
    document.workspace = principal.workspace;
    document.status = DocumentStatus::pending;
    document.error.clear();
    document.chunk_count = 0;
    document.revision = 1;
    document.created_at = document.updated_at = tables_.stamp();
    tables_.documents.emplace(document.id, StoredDocument{document, {}});
    co_return document;
  }

  Task<Result<Document>> find(Principal principal, DocumentId id) override {
    const StoredDocument* stored = visible(principal, id);
    if (stored == nullptr) co_return missing("document");
    co_return stored->document;
  }

  Task<Result<Page<Document>>> list(Principal principal, KnowledgeBaseId base,
                                    PageRequest page) override {
    std::vector<Document> found;
    for (const auto& [id, stored] : tables_.documents) {
      const Document& document = stored.document;
      if (document.workspace == principal.workspace && document.knowledge_base == base) {
        found.push_back(document);
      }
    }
    co_return page_of(std::move(found), page,
                      [](const Document& document) { return document.created_at; });
  }

  Task<Result<Document>> save(Principal principal, Document document) override {
    StoredDocument* stored = visible(principal, document.id);
    if (stored == nullptr) co_return missing("document");
    Document& known = stored->document;
    if (known.revision != document.revision) co_return changed();
    if (auto valid = check(document); !valid) co_return std::unexpected(valid.error());
    const bool differs = known.title != document.title || known.format != document.format ||
                         known.text != document.text;
    if (differs) {
      known.title = document.title;
      known.format = document.format;
      known.text = document.text;
      known.status = DocumentStatus::pending;
      known.error.clear();
      ++known.revision;
    }
    known.updated_at = tables_.stamp();
    co_return known;
  }

  Task<Result<>> remove(Principal principal, DocumentId id) override {
    if (visible(principal, id) == nullptr) co_return missing("document");
    tables_.documents.erase(id);
    co_return Result<>{};
  }

  Task<Result<>> store_chunks(Principal principal, DocumentId id, std::int64_t revision,
                              std::string model, std::vector<Chunk> chunks) override {
    StoredDocument* stored = visible(principal, id);
    if (stored == nullptr) co_return missing("document");
    if (stored->document.revision != revision) co_return changed();
    if (auto valid = check_chunks(chunks, model); !valid) co_return valid;
    stored->chunks = std::move(chunks);
    for (Chunk& chunk : stored->chunks)
      chunk.document = id;
    stored->document.status = DocumentStatus::ready;
    stored->document.error.clear();
    stored->document.chunk_count = static_cast<std::int64_t>(stored->chunks.size());
    stored->document.updated_at = tables_.stamp();
    co_return Result<>{};
  }

  Task<Result<>> mark_failed(Principal principal, DocumentId id, std::int64_t revision,
                             std::string error) override {
    StoredDocument* stored = visible(principal, id);
    if (stored == nullptr) co_return missing("document");
    if (stored->document.revision != revision) co_return changed();
    stored->document.status = DocumentStatus::failed;
    stored->document.error = std::move(error);
    stored->document.updated_at = tables_.stamp();
    co_return Result<>{};
  }

  Task<Result<std::vector<Chunk>>> chunks_of(Principal principal, DocumentId id) override {
    const StoredDocument* stored = visible(principal, id);
    if (stored == nullptr) co_return missing("document");
    co_return stored->chunks;
  }

  Task<Result<std::vector<Document>>> all_documents(Principal principal) override {
    if (auto allowed = require_kind(principal, {system}); !allowed) {
      co_return std::unexpected(allowed.error());
    }
    std::vector<Document> all;
    for (const auto& [id, stored] : tables_.documents)
      all.push_back(stored.document);
    co_return all;
  }

 private:
  StoredDocument* visible(const Principal& principal, DocumentId id) {
    const auto found = tables_.documents.find(id);
    if (found == tables_.documents.end()) return nullptr;
    return found->second.document.workspace == principal.workspace ? &found->second : nullptr;
  }

  static Result<> check(const Document& document) {
    const bool titled = !document.title.empty() && document.title.size() <= 800;
    if (titled && document.text.size() <= 1'048'576) return {};
    return failure(ErrorCode::invalid_argument,
                   "a document has a title of 1 to 200 characters and at most 1 MiB of text");
  }

  static std::unexpected<Error> changed() {
    return failure(ErrorCode::conflict, "the document changed since it was read");
  }

  Tables& tables_;
};

}  // namespace

std::unique_ptr<KnowledgeStore> make_memory_knowledge(Tables& tables) {
  return std::make_unique<MemoryKnowledge>(tables);
}

}  // namespace antiphon::store
