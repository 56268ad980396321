#include "api/workspaces/workspace_routes.h"

#include "api/access_table.h"
#include "api/workspaces/workspace_documents.h"

#include <fmt/format.h>

#include <utility>

namespace antiphon {

namespace {

WorkspaceOutput output_of(Workspace workspace) {
  return {workspace.id,       std::move(workspace.slug), std::move(workspace.name),
          workspace.revision, workspace.created_at,      workspace.updated_at};
}

Response workspace_response(int status, Workspace workspace) {
  const std::string tag = fmt::format("\"{}\"", workspace.revision);
  Response response = json_response(status, to_json(output_of(std::move(workspace))));
  response.headers.set("ETag", tag);
  return response;
}

WorkspaceChange change_of(WorkspaceInput input) {
  WorkspaceChange change{.name = input.name.value(), .slug = std::nullopt};
  if (input.slug) change.slug = input.slug->value();
  return change;
}

WorkspaceInput input_of(const Workspace& workspace) {
  WorkspaceInput input;
  input.name = Text<1, 120>::make(workspace.name).value_or(Text<1, 120>{});
  if (auto slug = Text<1, 63>::make(workspace.slug)) input.slug = std::move(*slug);
  return input;
}

Task<Result<Response>> list(WorkspaceService& workspaces, ApiCall call) {
  auto found = co_await workspaces.list(std::move(call.principal));
  if (!found) co_return std::unexpected(std::move(found.error()));
  OwnWorkspaceList answer;
  for (OwnWorkspace& own : *found)
    answer.items.push_back({output_of(std::move(own.workspace)), own.role, own.deleted_at});
  co_return json_response(200, to_json(answer));
}

Task<Result<Response>> create(WorkspaceService& workspaces, ApiCall call) {
  auto input = from_json<WorkspaceInput>(call.request.body);
  if (!input) co_return std::unexpected(std::move(input.error()));
  auto made = co_await workspaces.create(std::move(call.principal), change_of(std::move(*input)));
  if (!made) co_return std::unexpected(std::move(made.error()));
  co_return workspace_response(201, std::move(*made));
}

Task<Result<Response>> restore(WorkspaceService& workspaces, ApiCall call) {
  const auto id = uuid_argument(call, 0);
  if (!id) co_return std::unexpected(id.error());
  auto restored = co_await workspaces.restore(std::move(call.principal), WorkspaceId(*id));
  if (!restored) co_return std::unexpected(std::move(restored.error()));
  co_return workspace_response(200, std::move(*restored));
}

Task<Result<Response>> get(WorkspaceService& workspaces, ApiCall call) {
  auto found = co_await workspaces.find(call.principal);
  if (!found) co_return std::unexpected(std::move(found.error()));
  const std::string tag = fmt::format("\"{}\"", found->revision);
  Response response = json_response(
      200, to_json(CurrentWorkspaceOutput{output_of(std::move(*found)), call.principal.role,
                                          scopes_of(call.principal)}));
  response.headers.set("ETag", tag);
  co_return response;
}

Task<Result<Response>> patch(WorkspaceService& workspaces, ApiCall call) {
  const auto revision = revision_of(call.request);
  if (!revision) co_return std::unexpected(revision.error());
  const auto current = co_await workspaces.find(call.principal);
  if (!current) co_return std::unexpected(current.error());
  auto input = merge_patch(input_of(*current), call.request.body);
  if (!input) co_return std::unexpected(std::move(input.error()));
  WorkspaceChange change = change_of(std::move(*input));
  // Without If-Match the patch still applies to what was just read, not to a later change.
  change.revision = revision->value_or(current->revision);
  auto changed = co_await workspaces.change(std::move(call.principal), std::move(change));
  if (!changed) co_return std::unexpected(std::move(changed.error()));
  co_return workspace_response(200, std::move(*changed));
}

Task<Result<Response>> remove(WorkspaceService& workspaces, ApiCall call) {
  auto removed = co_await workspaces.remove(std::move(call.principal));
  if (!removed) co_return std::unexpected(std::move(removed.error()));
  co_return empty_response();
}

AnswerHandler bind(WorkspaceService& workspaces,
                   Task<Result<Response>> (*handler)(WorkspaceService&, ApiCall)) {
  return [&workspaces, handler](ApiCall call) { return handler(workspaces, std::move(call)); };
}

json::Response one_workspace(int status, std::string_view description) {
  return {.status = status,
          .description = description,
          .shape = &shape_of<WorkspaceOutput>(),
          .headers = {{"ETag", "The revision, for If-Match."}}};
}

void add_own(Router& router, WorkspaceService& workspaces) {
  router.add({.operation = {.method = "GET",
                            .path = "/api/workspaces",
                            .id = "workspaces.list",
                            .summary = "List the workspaces you belong to, oldest first.",
                            .tag = "workspaces",
                            .scope = kAccountScope,
                            .responses = {{.description = "All of them, at most 200.",
                                           .shape = &shape_of<OwnWorkspaceList>()}}},
              .answer = bind(workspaces, list)});
  router.add({.operation = {.method = "POST",
                            .path = "/api/workspaces",
                            .id = "workspaces.create",
                            .summary = "Make a workspace; you become its owner.",
                            .tag = "workspaces",
                            .scope = kAccountScope,
                            .request = {.shape = &shape_of<WorkspaceInput>()},
                            .responses = {one_workspace(201, "The new workspace.")},
                            .errors = {ErrorCode::already_exists, ErrorCode::resource_exhausted}},
              .answer = bind(workspaces, create)});
  router.add({.operation = {.method = "POST",
                            .path = "/api/workspaces/{workspace}/restore",
                            .id = "workspaces.restore",
                            .summary = "Bring back a workspace you own, within 14 days of its end.",
                            .tag = "workspaces",
                            .scope = kAccountScope,
                            .responses = {one_workspace(200, "It is back as it was.")}},
              .answer = bind(workspaces, restore)});
}

void add_current(Router& router, WorkspaceService& workspaces) {
  router.add({.operation = {.method = "GET",
                            .path = "/api/workspace",
                            .id = "workspace.get",
                            .summary = "Read the workspace, and what you may do in it.",
                            .tag = "workspaces",
                            .scope = "workspace:read",
                            .responses = {{.description = "The workspace.",
                                           .shape = &shape_of<CurrentWorkspaceOutput>(),
                                           .headers = {{"ETag", "The revision, for If-Match."}}}},
                            .errors = {ErrorCode::not_found}},
              .answer = bind(workspaces, get)});
  router.add({.operation = {.method = "PATCH",
                            .path = "/api/workspace",
                            .id = "workspace.patch",
                            .summary = "Rename the workspace (RFC 7396).",
                            .tag = "workspaces",
                            .scope = "workspace:write",
                            .headers = {{"If-Match", "The ETag you read."}},
                            .request = {.shape = &shape_of<WorkspaceInput>(),
                                        .media_type = json::kMergePatchMediaType},
                            .responses = {one_workspace(200, "The changed workspace.")},
                            .errors = {ErrorCode::not_found, ErrorCode::conflict,
                                       ErrorCode::already_exists}},
              .answer = bind(workspaces, patch)});
  router.add({.operation = {.method = "DELETE",
                            .path = "/api/workspace",
                            .id = "workspace.remove",
                            .summary = "Delete the workspace; it can be restored for 14 days.",
                            .tag = "workspaces",
                            .scope = "workspace:delete",
                            .responses = {{.status = 204, .description = "It is closed."}},
                            .errors = {ErrorCode::not_found}},
              .answer = bind(workspaces, remove)});
}

}  // namespace

void add_workspace_routes(Router& router, WorkspaceService& workspaces) {
  add_own(router, workspaces);
  add_current(router, workspaces);
}

}  // namespace antiphon
