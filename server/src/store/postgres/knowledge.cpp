#include "store/chunks.h"
#include "store/postgres/rows.h"
#include "store/stored_json.h"

namespace antiphon::store {

namespace {

#define DOCUMENT_COLUMNS                                                            \
  "id, workspace_id, knowledge_base_id, title, media_type, source, status, error, " \
  "chunk_count, revision, " ANTIPHON_MICROS("created_at") ", " ANTIPHON_MICROS("updated_at")

// 256 chunks of 384 numbers of 8 bytes: 768 KiB a statement.
constexpr std::size_t kChunksPerStatement = 256;

std::string media_type_of(DocumentFormat format) {
  return format == DocumentFormat::markdown ? "text/markdown" : "text/plain";
}

Result<Document> read_document(const Rows& rows, std::size_t row) {
  Document document;
  document.id = DocumentId(rows.uuid(row, 0));
  document.workspace = WorkspaceId(rows.uuid(row, 1));
  document.knowledge_base = KnowledgeBaseId(rows.uuid(row, 2));
  document.title = rows.string(row, 3);
  document.format =
      rows.view(row, 4) == "text/markdown" ? DocumentFormat::markdown : DocumentFormat::plain_text;
  document.text = rows.string(row, 5);
  document.status = from_database<DocumentStatus>(rows.view(row, 6));
  document.error = rows.string(row, 7);
  document.chunk_count = rows.number(row, 8);
  document.revision = rows.number(row, 9);
  document.created_at = rows.time(row, 10);
  document.updated_at = rows.time(row, 11);
  return document;
}

Result<Document> only(const Result<Rows>& rows) {
  if (!rows) return std::unexpected(rows.error());
  if (rows->empty()) return missing("document");
  return read_document(*rows, 0);
}

std::unexpected<Error> changed() {
  return failure(ErrorCode::conflict, "the document changed since it was read");
}

// Says why an update by (id, revision) touched nothing.
Statement look_for(DocumentId id) {
  return {"select from public.knowledge_documents where id = $1::uuid", {text(id)}};
}

// Writes nothing when the revision has moved on.
Statement insert_chunks(DocumentId id, std::int64_t revision, const std::string& model,
                        std::span<const Chunk> chunks) {
  std::vector<std::int64_t> ordinals;
  std::vector<std::string> headings;
  std::vector<std::string> texts;
  std::vector<float> numbers;
  numbers.reserve(chunks.size() * kEmbeddingSize);
  for (const Chunk& chunk : chunks) {
    ordinals.push_back(chunk.ordinal);
    headings.push_back(storable(chunk.heading));
    texts.push_back(storable(chunk.text));
    numbers.insert(numbers.end(), chunk.embedding.begin(), chunk.embedding.end());
  }
  return {
      "insert into public.knowledge_chunks (workspace_id, document_id, document_revision, ordinal,"
      " heading, text, embedding, content_sha256, model_id)"
      " select d.workspace_id, d.id, d.revision, c.ordinal, left(c.heading, 400), c.text,"
      " ($6::real[])[(c.place::integer - 1) * 384 + 1 : c.place::integer * 384],"
      " sha256(convert_to(c.text, 'UTF8')), $7"
      " from public.knowledge_documents d,"
      " unnest($3::integer[], $4::text[], $5::text[])"
      "   with ordinality as c (ordinal, heading, text, place)"
      " where d.id = $1::uuid and d.revision = $2::integer",
      {text(id), integer(revision), integer_array(ordinals), text_array(headings),
       text_array(texts), reals(numbers), text(model)}};
}

class PostgresKnowledge final : public KnowledgeStore {
 public:
  explicit PostgresKnowledge(Pool& pool) : pool_(pool) {}

  Task<Result<KnowledgeBaseId>> base_of(Principal principal, AgentId agent) override {
    auto known = co_await read(pool_, principal, find_base(agent));
    if (!known) co_return std::unexpected(known.error());
    if (known->empty()) co_return missing("agent");
    if (!known->is_null(0, 0)) co_return KnowledgeBaseId(known->uuid(0, 0));
    // The lock, held to the end of the transaction, makes two callers agree on one base: the second
    // looks after the first has committed.
    std::vector<Statement> unit;
    unit.push_back({"select pg_advisory_xact_lock(hashtextextended('antiphon.base_of ' || $1, 0))",
                    {text(agent)}});
    unit.push_back(
        {"with made as ("
         "  insert into public.knowledge_bases (id, workspace_id, name)"
         "  select gen_random_uuid(), a.workspace_id, a.name from public.agents a"
         "  where a.id = $1::uuid and not exists ("
         "    select from public.agent_knowledge_bases b"
         "    where b.workspace_id = a.workspace_id and b.agent_id = a.id)"
         "  returning id, workspace_id)"
         " insert into public.agent_knowledge_bases (workspace_id, agent_id, knowledge_base_id)"
         " select workspace_id, $1::uuid, id from made",
         {text(agent)}});
    unit.push_back(find_base(agent));
    auto rows = co_await pool_.run(std::move(principal), std::move(unit));
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->back().empty() || rows->back().is_null(0, 0)) co_return missing("agent");
    co_return KnowledgeBaseId(rows->back().uuid(0, 0));
  }

  Task<Result<Document>> create(Principal principal, Document document) override {
    const Parameter workspace = text(principal.workspace);
    auto made = only(
        co_await write(pool_, std::move(principal),
                       {"insert into public.knowledge_documents"
                        " (id, workspace_id, knowledge_base_id, title, media_type, source)"
                        " values (coalesce($1::uuid, gen_random_uuid()), $2, $3, $4, $5, $6)"
                        " returning " DOCUMENT_COLUMNS,
                        {optional_id(document.id.uuid()), workspace, text(document.knowledge_base),
                         text(storable(document.title)), text(media_type_of(document.format)),
                         text(storable(document.text))}}));
    co_return made;
  }

  Task<Result<Document>> find(Principal principal, DocumentId id) override {
    co_return only(co_await read(
        pool_, std::move(principal),
        {"select " DOCUMENT_COLUMNS " from public.knowledge_documents where id = $1::uuid",
         {text(id)}}));
  }

  Task<Result<Page<Document>>> list(Principal principal, KnowledgeBaseId base,
                                    PageRequest page) override {
    const auto start = start_of(page);
    if (!start) co_return std::unexpected(start.error());
    auto [after_time, after_id] = cursor_parameters(*start);
    auto rows = co_await read(pool_, std::move(principal),
                              {"select " DOCUMENT_COLUMNS " from public.knowledge_documents"
                               " where workspace_id = (select public.current_workspace_id())"
                               " and knowledge_base_id = $1::uuid"
                               " and ($2::bigint is null or (created_at, id) < (" ANTIPHON_TIME(
                                   "$2") ", $3::uuid))"
                                         " order by created_at desc, id desc limit $4::integer",
                               {text(base), std::move(after_time), std::move(after_id),
                                integer(static_cast<std::int64_t>(page.limit) + 1)}});
    if (!rows) co_return std::unexpected(rows.error());
    co_return to_page<Document>(*rows, page.limit, read_document,
                                [](const Document& document) { return document.created_at; });
  }

  Task<Result<Document>> save(Principal principal, Document document) override {
    std::vector<Statement> unit;
    unit.push_back(
        {"update public.knowledge_documents set title = $3, media_type = $4, source = $5"
         " where id = $1::uuid and revision = $2::integer returning " DOCUMENT_COLUMNS,
         {text(document.id), integer(document.revision), text(storable(document.title)),
          text(media_type_of(document.format)), text(storable(document.text))}});
    unit.push_back(look_for(document.id));
    auto rows = co_await pool_.run(std::move(principal), std::move(unit));
    if (!rows) co_return std::unexpected(rows.error());
    if (!rows->front().empty()) co_return read_document(rows->front(), 0);
    if (rows->back().empty()) co_return missing("document");
    co_return changed();
  }

  Task<Result<>> remove(Principal principal, DocumentId id) override {
    auto rows =
        co_await write(pool_, std::move(principal),
                       {"delete from public.knowledge_documents where id = $1::uuid", {text(id)}});
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->affected() == 0) co_return missing("document");
    co_return Result<>{};
  }

  Task<Result<>> store_chunks(Principal principal, DocumentId id, std::int64_t revision,
                              std::string model, std::vector<Chunk> chunks) override {
    if (auto valid = check_chunks(chunks, model); !valid) co_return valid;
    std::vector<Statement> unit;
    // Locks the row: until the commit nobody gives the document another revision.
    unit.push_back(
        {"update public.knowledge_documents"
         " set status = 'ready', error = null, chunk_count = $3::integer"
         " where id = $1::uuid and revision = $2::integer",
         {text(id), integer(revision), integer(static_cast<std::int64_t>(chunks.size()))}});
    unit.push_back(look_for(id));
    unit.push_back(
        {"delete from public.knowledge_chunks c using public.knowledge_documents d"
         " where d.id = $1::uuid and d.revision = $2::integer"
         " and c.workspace_id = d.workspace_id and c.document_id = d.id",
         {text(id), integer(revision)}});
    for (std::size_t begin = 0; begin < chunks.size(); begin += kChunksPerStatement) {
      const std::size_t count = std::min(kChunksPerStatement, chunks.size() - begin);
      unit.push_back(insert_chunks(id, revision, model, std::span(chunks).subspan(begin, count)));
    }
    chunks.clear();
    auto rows =
        co_await pool_.run(std::move(principal), std::move(unit),
                           {.timeout = std::chrono::seconds(20), .repeatable = Repeatable::yes});
    co_return touched(rows);
  }

  Task<Result<>> mark_failed(Principal principal, DocumentId id, std::int64_t revision,
                             std::string error) override {
    std::vector<Statement> unit;
    unit.push_back(
        {"update public.knowledge_documents"
         " set status = 'failed', error = left($3, 2000)"
         " where id = $1::uuid and revision = $2::integer",
         {text(id), integer(revision), text(storable(error))}});
    unit.push_back(look_for(id));
    co_return touched(co_await pool_.run(std::move(principal), std::move(unit),
                                         {.timeout = {}, .repeatable = Repeatable::yes}));
  }

  Task<Result<std::vector<Chunk>>> chunks_of(Principal principal, DocumentId id) override {
    std::vector<Statement> unit;
    unit.push_back(look_for(id));
    unit.push_back(
        {"select ordinal, heading, text, embedding from public.knowledge_chunks"
         " where workspace_id = (select public.current_workspace_id())"
         " and document_id = $1::uuid order by ordinal",
         {text(id)},
         RowFormat::binary});
    auto rows = co_await pool_.run(std::move(principal), std::move(unit),
                                   {.timeout = {}, .repeatable = Repeatable::yes});
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->front().empty()) co_return missing("document");
    std::vector<Chunk> chunks;
    for (std::size_t row = 0; row < rows->back().size(); ++row) {
      chunks.push_back({.document = id,
                        .ordinal = rows->back().binary_integer(row, 0),
                        .heading = rows->back().string(row, 1),
                        .text = rows->back().string(row, 2),
                        .embedding = parse_reals(rows->back().view(row, 3))});
    }
    co_return chunks;
  }

  Task<Result<std::vector<Document>>> all_documents(Principal principal) override {
    if (principal.kind != PrincipalKind::system) {
      co_return failure(ErrorCode::permission_denied, "only the server reads across workspaces");
    }
    principal.workspace = WorkspaceId{};
    auto workspaces = co_await read(pool_, principal, {"select public.list_workspace_ids()", {}});
    if (!workspaces) co_return std::unexpected(workspaces.error());
    std::vector<Document> all;
    for (std::size_t row = 0; row < workspaces->size(); ++row) {
      principal.workspace = WorkspaceId(workspaces->uuid(row, 0));
      auto rows = co_await read(
          pool_, principal,
          {"select " DOCUMENT_COLUMNS " from public.knowledge_documents order by id", {}});
      if (!rows) co_return std::unexpected(rows.error());
      for (std::size_t found = 0; found < rows->size(); ++found) {
        auto document = read_document(*rows, found);
        if (document) all.push_back(std::move(*document));
      }
    }
    co_return all;
  }

 private:
  // A row with null: an agent without a base. No row: no agent.
  static Statement find_base(AgentId agent) {
    return {
        "select b.knowledge_base_id from public.agents a"
        " left join public.agent_knowledge_bases b"
        " on b.workspace_id = a.workspace_id and b.agent_id = a.id"
        " where a.id = $1::uuid order by b.created_at, b.knowledge_base_id limit 1",
        {text(agent)}};
  }

  // Of a unit that begins with an update by revision and look_for().
  static Result<> touched(const Result<std::vector<Rows>>& rows) {
    if (!rows) return std::unexpected(rows.error());
    if (rows->at(0).affected() > 0) return {};
    if (rows->at(1).empty()) return missing("document");
    return changed();
  }

  Pool& pool_;
};

}  // namespace

std::unique_ptr<KnowledgeStore> make_postgres_knowledge(Pool& pool) {
  return std::make_unique<PostgresKnowledge>(pool);
}

}  // namespace antiphon::store
