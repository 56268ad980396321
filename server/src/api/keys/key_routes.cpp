#include "api/keys/key_routes.h"

#include "api/keys/key_documents.h"
#include "api/page_query.h"

#include <utility>

namespace antiphon {

namespace {

std::vector<std::string> names_of(const ScopeNames& scopes) {
  std::vector<std::string> names;
  for (const auto& scope : scopes)
    names.push_back(scope.value());
  return names;
}

KeyOutput output_of(ApiKeyRecord key) {
  return {key.id,         std::move(key.name),   std::move(key.prefix),
          key.role,       std::move(key.scopes), key.expires_at,
          key.revoked_at, key.last_used_at,      std::move(key.created_by),
          key.created_at};
}

KeyChange change_of(const ApiKeyRecord& key) {
  KeyChange change;
  change.name = Text<1, 120>::make(key.name).value_or(Text<1, 120>{});
  std::vector<Text<1, 64>> scopes;
  for (const std::string& scope : key.scopes)
    scopes.push_back(Text<1, 64>::make(scope).value_or(Text<1, 64>{}));
  change.scopes = ScopeNames::make(std::move(scopes)).value_or(ScopeNames{});
  change.expires_at = key.expires_at;
  return change;
}

Task<Result<Response>> create(KeyService& keys, ApiCall call) {
  const auto input = from_json<KeyInput>(call.request.body);
  if (!input) co_return std::unexpected(input.error());
  KeyDraft draft{input->name.value(), input->role, names_of(input->scopes), input->expires_at};
  auto made = co_await keys.create(std::move(call.principal), std::move(draft));
  if (!made) co_return std::unexpected(std::move(made.error()));
  const std::string location = "/api/keys/" + made->record.id.to_string();
  Response response = json_response(
      201, to_json(NewKeyOutput{output_of(std::move(made->record)), made->text.reveal()}));
  response.headers.set("Location", location);
  co_return response;
}

Task<Result<Response>> list(KeyService& keys, ApiCall call) {
  const auto query = from_query<PageQuery>(query_of(call.request));
  if (!query) co_return std::unexpected(query.error());
  auto page = co_await keys.list(std::move(call.principal), page_of(*query));
  if (!page) co_return std::unexpected(std::move(page.error()));
  KeyList answer;
  for (ApiKeyRecord& key : page->items)
    answer.items.push_back(output_of(std::move(key)));
  if (!page->next_cursor.empty()) answer.next_cursor = std::move(page->next_cursor);
  co_return json_response(200, to_json(answer));
}

Task<Result<Response>> get(KeyService& keys, ApiCall call) {
  const auto id = uuid_argument(call, 0);
  if (!id) co_return std::unexpected(id.error());
  auto key = co_await keys.find(std::move(call.principal), ApiKeyId(*id));
  if (!key) co_return std::unexpected(std::move(key.error()));
  co_return json_response(200, to_json(output_of(std::move(*key))));
}

Task<Result<Response>> patch(KeyService& keys, ApiCall call) {
  const auto id = uuid_argument(call, 0);
  if (!id) co_return std::unexpected(id.error());
  const auto current = co_await keys.find(call.principal, ApiKeyId(*id));
  if (!current) co_return std::unexpected(current.error());
  const auto change = merge_patch(change_of(*current), call.request.body);
  if (!change) co_return std::unexpected(change.error());
  KeyDraft draft{change->name.value(), current->role, names_of(change->scopes), change->expires_at};
  auto changed = co_await keys.change(std::move(call.principal), ApiKeyId(*id), std::move(draft));
  if (!changed) co_return std::unexpected(std::move(changed.error()));
  co_return json_response(200, to_json(output_of(std::move(*changed))));
}

Task<Result<Response>> revoke(KeyService& keys, ApiCall call) {
  const auto id = uuid_argument(call, 0);
  if (!id) co_return std::unexpected(id.error());
  auto revoked = co_await keys.revoke(std::move(call.principal), ApiKeyId(*id));
  if (!revoked) co_return std::unexpected(std::move(revoked.error()));
  co_return empty_response();
}

AnswerHandler bind(KeyService& keys, Task<Result<Response>> (*handler)(KeyService&, ApiCall)) {
  return [&keys, handler](ApiCall call) { return handler(keys, std::move(call)); };
}

void add_reads(Router& router, KeyService& keys) {
  router.add(
      {.operation = {.method = "GET",
                     .path = "/api/keys",
                     .id = "keys.list",
                     .summary = "List API keys, newest first, also revoked ones.",
                     .tag = "keys",
                     .scope = "keys:read",
                     .query = &shape_of<PageQuery>(),
                     .responses = {{.description = "One page.", .shape = &shape_of<KeyList>()}}},
       .answer = bind(keys, list)});
  router.add(
      {.operation = {.method = "GET",
                     .path = "/api/keys/{key}",
                     .id = "keys.get",
                     .summary = "Read what is known of an API key; never the key itself.",
                     .tag = "keys",
                     .scope = "keys:read",
                     .responses = {{.description = "The key.", .shape = &shape_of<KeyOutput>()}}},
       .answer = bind(keys, get)});
}

}  // namespace

void add_key_routes(Router& router, KeyService& keys) {
  add_reads(router, keys);
  router.add({.operation = {.method = "POST",
                            .path = "/api/keys",
                            .id = "keys.create",
                            .summary = "Make an API key; it is shown once.",
                            .tag = "keys",
                            .scope = "keys:write",
                            .request = {.shape = &shape_of<KeyInput>()},
                            .responses = {{.status = 201,
                                           .description = "The key.",
                                           .shape = &shape_of<NewKeyOutput>()}}},
              .answer = bind(keys, create)});
  router.add(
      {.operation = {.method = "PATCH",
                     .path = "/api/keys/{key}",
                     .id = "keys.patch",
                     .summary = "Change name, scopes or end of an API key (RFC 7396).",
                     .tag = "keys",
                     .scope = "keys:write",
                     .request = {.shape = &shape_of<KeyChange>(),
                                 .media_type = json::kMergePatchMediaType},
                     .responses = {{.description = "The key.", .shape = &shape_of<KeyOutput>()}}},
       .answer = bind(keys, patch)});
  router.add({.operation = {.method = "DELETE",
                            .path = "/api/keys/{key}",
                            .id = "keys.revoke",
                            .summary = "Revoke an API key; it opens nothing after a second.",
                            .tag = "keys",
                            .scope = "keys:write",
                            .responses = {{.status = 204, .description = "It is revoked."}}},
              .answer = bind(keys, revoke)});
}

}  // namespace antiphon
