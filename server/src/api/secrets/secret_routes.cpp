#include "api/secrets/secret_routes.h"

#include "api/secrets/secret_documents.h"

#include <utility>

namespace antiphon {

namespace {

SecretOutput output_of(SecretFacts facts) {
  return {facts.id,       std::move(facts.name), facts.kind,      std::move(facts.hint),
          facts.revision, facts.created_at,      facts.updated_at};
}

Result<std::string> name_of_path(const ApiCall& call) {
  auto name = SecretName::make(call.arguments[0]);
  if (!name) {
    return failure(ErrorCode::invalid_argument, "the name in the path is not one of a secret",
                   {{"/name", std::string(SecretName::kRule)}});
  }
  return name->value();
}

Task<Result<Response>> list(SecretService& secrets, ApiCall call) {
  auto query = from_query<SecretListQuery>(query_of(call.request));
  if (!query) co_return std::unexpected(std::move(query.error()));
  PageRequest page{static_cast<std::size_t>(query->limit.value()), query->cursor.value()};
  auto found = co_await secrets.list(std::move(call.principal), std::move(page));
  if (!found) co_return std::unexpected(std::move(found.error()));
  SecretList answer;
  for (SecretFacts& facts : found->items)
    answer.items.push_back(output_of(std::move(facts)));
  if (!found->next_cursor.empty()) answer.next_cursor = std::move(found->next_cursor);
  co_return json_response(200, to_json(answer));
}

// What can be no name is the name of nothing.
Task<Result<Response>> get(SecretService& secrets, ApiCall call) {
  auto facts = co_await secrets.find(std::move(call.principal), std::move(call.arguments[0]));
  if (!facts) co_return std::unexpected(std::move(facts.error()));
  co_return json_response(200, to_json(output_of(std::move(*facts))));
}

Task<Result<Response>> put(SecretService& secrets, ApiCall call) {
  auto name = name_of_path(call);
  if (!name) co_return std::unexpected(std::move(name.error()));
  auto input = from_json<SecretInput>(call.request.body);
  if (!input) co_return std::unexpected(std::move(input.error()));
  auto made = co_await secrets.put(std::move(call.principal), std::move(*name), input->kind,
                                   Sensitive<std::string>(input->value.value()));
  if (!made) co_return std::unexpected(std::move(made.error()));
  const int status = made->is_new ? 201 : 200;
  co_return json_response(status, to_json(output_of(std::move(made->facts))));
}

Task<Result<Response>> remove(SecretService& secrets, ApiCall call) {
  auto removed = co_await secrets.remove(std::move(call.principal), std::move(call.arguments[0]));
  if (!removed) co_return std::unexpected(std::move(removed.error()));
  co_return Response{.status = 204, .headers = {}, .body = {}};
}

constexpr std::string_view kList = "/api/secrets";
constexpr std::string_view kOne = "/api/secrets/{name}";

void add_reads(Router& router, SecretService& secrets) {
  router.add({.operation = {.method = "GET",
                            .path = kList,
                            .id = "secrets.list",
                            .summary = "List secrets, newest first, without their values.",
                            .tag = "secrets",
                            .scope = "secrets:read",
                            .query = &shape_of<SecretListQuery>(),
                            .responses = {{200, "A page.", &shape_of<SecretList>()}}},
              .answer = [&secrets](ApiCall call) { return list(secrets, std::move(call)); }});
  router.add({.operation = {.method = "GET",
                            .path = kOne,
                            .id = "secrets.get",
                            .summary = "Read what is known of a secret, without its value.",
                            .tag = "secrets",
                            .scope = "secrets:read",
                            .path_parameters = &shape_of<SecretPath>(),
                            .responses = {{200, "The secret.", &shape_of<SecretOutput>()}}},
              .answer = [&secrets](ApiCall call) { return get(secrets, std::move(call)); }});
}

void add_writes(Router& router, SecretService& secrets) {
  router.add({.operation = {.method = "PUT",
                            .path = kOne,
                            .id = "secrets.put",
                            .summary = "Make or replace a secret.",
                            .description = "The value is sealed with the workspace's key before "
                                           "it is stored, and is never answered.",
                            .tag = "secrets",
                            .scope = "secrets:write",
                            .path_parameters = &shape_of<SecretPath>(),
                            .request = {&shape_of<SecretInput>()},
                            .responses = {{200, "Replaced.", &shape_of<SecretOutput>()},
                                          {201, "Made.", &shape_of<SecretOutput>()}},
                            .errors = {ErrorCode::conflict, ErrorCode::wrong_state}},
              .answer = [&secrets](ApiCall call) { return put(secrets, std::move(call)); }});
  router.add({.operation = {.method = "DELETE",
                            .path = kOne,
                            .id = "secrets.remove",
                            .summary = "Remove a secret.",
                            .tag = "secrets",
                            .scope = "secrets:write",
                            .path_parameters = &shape_of<SecretPath>(),
                            .responses = {{204, "Removed."}}},
              .answer = [&secrets](ApiCall call) { return remove(secrets, std::move(call)); }});
}

}  // namespace

void add_secret_routes(Router& router, SecretService& secrets) {
  add_reads(router, secrets);
  add_writes(router, secrets);
}

}  // namespace antiphon
