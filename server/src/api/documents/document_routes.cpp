#include "api/documents/document_routes.h"

#include "api/documents/document_documents.h"
#include "json/json.h"

#include <utility>

namespace antiphon {

namespace {

// JSON escapes may take six bytes a character; the service counts the text itself.
constexpr std::size_t kDocumentBodyMax = 4 * 1024 * 1024;

enum class WithText : std::uint8_t { no, yes };

DocumentOutput output_of(Document document, WithText with_text) {
  DocumentOutput output;
  output.id = document.id;
  output.title = std::move(document.title);
  output.format = document.format;
  output.status = document.status;
  if (!document.error.empty()) output.error = std::move(document.error);
  output.chunk_count = document.chunk_count;
  output.revision = document.revision;
  output.created_at = document.created_at;
  output.updated_at = document.updated_at;
  if (with_text == WithText::yes) output.text = std::move(document.text);
  return output;
}

DocumentDraft draft_of(const DocumentInput& input) {
  return {input.title.value(), input.format, input.text.value()};
}

struct Ids {
  AgentId agent;
  DocumentId document;
};

Result<Ids> ids_of(const ApiCall& call) {
  const auto agent = uuid_argument(call, 0);
  if (!agent) return std::unexpected(agent.error());
  if (call.arguments.size() < 2) return Ids{AgentId(*agent), {}};
  const auto document = uuid_argument(call, 1);
  if (!document) return std::unexpected(document.error());
  return Ids{AgentId(*agent), DocumentId(*document)};
}

Task<Result<Response>> list(KnowledgeService& knowledge, ApiCall call) {
  const auto ids = ids_of(call);
  if (!ids) co_return std::unexpected(ids.error());
  auto query = from_query<DocumentListQuery>(query_of(call.request));
  if (!query) co_return std::unexpected(std::move(query.error()));
  PageRequest page{static_cast<std::size_t>(query->limit.value()), query->cursor.value()};
  auto found = co_await knowledge.list(std::move(call.principal), ids->agent, std::move(page));
  if (!found) co_return std::unexpected(std::move(found.error()));
  DocumentList answer;
  for (Document& document : found->items) {
    answer.items.push_back(output_of(std::move(document), WithText::no));
  }
  if (!found->next_cursor.empty()) answer.next_cursor = std::move(found->next_cursor);
  co_return json_response(200, to_json(answer));
}

Task<Result<Response>> create(KnowledgeService& knowledge, ApiCall call) {
  const auto ids = ids_of(call);
  if (!ids) co_return std::unexpected(ids.error());
  const auto input = from_json<DocumentInput>(call.request.body);
  if (!input) co_return std::unexpected(input.error());
  auto document =
      co_await knowledge.create(std::move(call.principal), ids->agent, draft_of(*input));
  if (!document) co_return std::unexpected(std::move(document.error()));
  co_return json_response(201, to_json(output_of(std::move(*document), WithText::yes)));
}

Task<Result<Response>> get(KnowledgeService& knowledge, ApiCall call) {
  const auto ids = ids_of(call);
  if (!ids) co_return std::unexpected(ids.error());
  auto document = co_await knowledge.find(std::move(call.principal), ids->agent, ids->document);
  if (!document) co_return std::unexpected(std::move(document.error()));
  co_return json_response(200, to_json(output_of(std::move(*document), WithText::yes)));
}

Task<Result<Response>> replace(KnowledgeService& knowledge, ApiCall call) {
  const auto ids = ids_of(call);
  if (!ids) co_return std::unexpected(ids.error());
  const auto input = from_json<DocumentInput>(call.request.body);
  if (!input) co_return std::unexpected(input.error());
  auto document = co_await knowledge.replace(std::move(call.principal), ids->agent, ids->document,
                                             draft_of(*input));
  if (!document) co_return std::unexpected(std::move(document.error()));
  co_return json_response(200, to_json(output_of(std::move(*document), WithText::yes)));
}

Task<Result<Response>> remove(KnowledgeService& knowledge, ApiCall call) {
  const auto ids = ids_of(call);
  if (!ids) co_return std::unexpected(ids.error());
  auto removed = co_await knowledge.remove(std::move(call.principal), ids->agent, ids->document);
  if (!removed) co_return std::unexpected(std::move(removed.error()));
  Response response;
  response.status = 204;
  co_return response;
}

Task<Result<Response>> ask(KnowledgeService& knowledge, ApiCall call) {
  const auto ids = ids_of(call);
  if (!ids) co_return std::unexpected(ids.error());
  const auto input = from_json<QuestionInput>(call.request.body);
  if (!input) co_return std::unexpected(input.error());
  auto passages =
      co_await knowledge.search(std::move(call.principal), ids->agent, input->question.value());
  if (!passages) co_return std::unexpected(std::move(passages.error()));
  PassageList answer;
  for (Passage& passage : *passages) {
    answer.items.push_back({passage.document, std::move(passage.title), std::move(passage.heading),
                            std::move(passage.text), passage.score});
  }
  co_return json_response(200, to_json(answer));
}

AnswerHandler bind(KnowledgeService& knowledge,
                   Task<Result<Response>> (*handler)(KnowledgeService&, ApiCall)) {
  return [&knowledge, handler](ApiCall call) { return handler(knowledge, std::move(call)); };
}

json::Operation operation(std::string_view method, std::string_view path, std::string_view id,
                          std::string_view summary, std::string_view scope) {
  return {.method = method,
          .path = path,
          .id = id,
          .summary = summary,
          .tag = "knowledge",
          .scope = scope};
}

json::Response one_document(int status, std::string_view description) {
  return {.status = status, .description = description, .shape = &shape_of<DocumentOutput>()};
}

constexpr std::string_view kAll = "/api/agents/{agent}/documents";
constexpr std::string_view kOne = "/api/agents/{agent}/documents/{document}";

}  // namespace

void add_document_routes(Router& router, KnowledgeService& knowledge) {
  json::Operation listing =
      operation("GET", kAll, "documents.list", "List an agent's documents.", "knowledge:read");
  listing.query = &shape_of<DocumentListQuery>();
  listing.responses = {{.description = "One page.", .shape = &shape_of<DocumentList>()}};
  router.add({.operation = std::move(listing), .answer = bind(knowledge, list)});

  json::Operation creation =
      operation("POST", kAll, "documents.create", "Give an agent a document to answer from.",
                "knowledge:write");
  creation.description =
      "A short document comes back `ready`; a long one is `pending` and read in the background.";
  creation.request.shape = &shape_of<DocumentInput>();
  creation.responses = {one_document(201, "The new document.")};
  router.add({.operation = std::move(creation),
              .answer = bind(knowledge, create),
              .body_max = kDocumentBodyMax});

  json::Operation reading =
      operation("GET", kOne, "documents.get", "Read a document with its text.", "knowledge:read");
  reading.responses = {one_document(200, "The document.")};
  router.add({.operation = std::move(reading), .answer = bind(knowledge, get)});

  json::Operation replacement =
      operation("PUT", kOne, "documents.replace",
                "Replace a document; the next answer uses the new text.", "knowledge:write");
  replacement.request.shape = &shape_of<DocumentInput>();
  replacement.responses = {one_document(200, "The changed document.")};
  router.add({.operation = std::move(replacement),
              .answer = bind(knowledge, replace),
              .body_max = kDocumentBodyMax});

  json::Operation removal =
      operation("DELETE", kOne, "documents.remove", "Remove a document.", "knowledge:write");
  removal.responses = {{.status = 204, .description = "It is gone."}};
  router.add({.operation = std::move(removal), .answer = bind(knowledge, remove)});

  json::Operation question =
      operation("POST", "/api/agents/{agent}/questions", "knowledge.ask",
                "Show what the agent's knowledge holds for a question.", "knowledge:read");
  question.request.shape = &shape_of<QuestionInput>();
  question.responses = {{.description = "Best first.", .shape = &shape_of<PassageList>()}};
  router.add({.operation = std::move(question), .answer = bind(knowledge, ask)});
}

}  // namespace antiphon
