#include "api/members/member_routes.h"

#include "api/members/member_documents.h"
#include "json/codec.h"

#include <utility>

namespace antiphon {

ANTIPHON_JSON_CODEC(MemberInput)
ANTIPHON_JSON_CODEC(MemberOutput)
ANTIPHON_JSON_CODEC(MemberList)

namespace {

MemberOutput output_of(Member member) {
  return {member.user, std::move(member.email), member.role, member.created_at};
}

Task<Result<Response>> list(WorkspaceService& workspaces, ApiCall call) {
  auto members = co_await workspaces.members(std::move(call.principal));
  if (!members) co_return std::unexpected(std::move(members.error()));
  MemberList answer;
  for (Member& member : *members)
    answer.items.push_back(output_of(std::move(member)));
  co_return json_response(200, to_json(answer));
}

Task<Result<Response>> set_role(WorkspaceService& workspaces, ApiCall call) {
  const auto id = uuid_argument(call, 0);
  if (!id) co_return std::unexpected(id.error());
  const auto input = from_json<MemberInput>(call.request.body);
  if (!input) co_return std::unexpected(input.error());
  auto member = co_await workspaces.set_role(std::move(call.principal), UserId(*id), input->role);
  if (!member) co_return std::unexpected(std::move(member.error()));
  co_return json_response(200, to_json(output_of(std::move(*member))));
}

Task<Result<Response>> remove(WorkspaceService& workspaces, ApiCall call) {
  const auto id = uuid_argument(call, 0);
  if (!id) co_return std::unexpected(id.error());
  auto removed = co_await workspaces.remove_member(std::move(call.principal), UserId(*id));
  if (!removed) co_return std::unexpected(std::move(removed.error()));
  co_return empty_response();
}

Task<Result<Response>> leave(WorkspaceService& workspaces, ApiCall call) {
  auto left = co_await workspaces.leave(std::move(call.principal));
  if (!left) co_return std::unexpected(std::move(left.error()));
  co_return empty_response();
}

AnswerHandler bind(WorkspaceService& workspaces,
                   Task<Result<Response>> (*handler)(WorkspaceService&, ApiCall)) {
  return [&workspaces, handler](ApiCall call) { return handler(workspaces, std::move(call)); };
}

}  // namespace

void add_member_routes(Router& router, WorkspaceService& workspaces) {
  router.add({.operation = {.method = "GET",
                            .path = "/api/members",
                            .id = "members.list",
                            .summary = "List who belongs to the workspace, oldest first.",
                            .tag = "members",
                            .scope = "members:read",
                            .responses = {{.description = "All of them, at most 1,000.",
                                           .shape = &shape_of<MemberList>()}}},
              .answer = bind(workspaces, list)});
  router.add({.operation = {.method = "PATCH",
                            .path = "/api/members/{user}",
                            .id = "members.patch",
                            .summary = "Give a member another role.",
                            .description = "Only an owner makes somebody an owner or changes one; "
                                           "the last owner stays one.",
                            .tag = "members",
                            .scope = "members:write",
                            .request = {.shape = &shape_of<MemberInput>()},
                            .responses = {{.description = "The member.",
                                           .shape = &shape_of<MemberOutput>()}},
                            .errors = {ErrorCode::wrong_state}},
              .answer = bind(workspaces, set_role)});
  router.add({.operation = {.method = "DELETE",
                            .path = "/api/members/{user}",
                            .id = "members.remove",
                            .summary = "Remove a member; they lose access within a second.",
                            .tag = "members",
                            .scope = "members:write",
                            .responses = {{.status = 204, .description = "They are out."}},
                            .errors = {ErrorCode::wrong_state}},
              .answer = bind(workspaces, remove)});
  router.add({.operation = {.method = "POST",
                            .path = "/api/members/leave",
                            .id = "members.leave",
                            .summary = "Leave the workspace; the last owner cannot.",
                            .tag = "members",
                            .scope = "workspace:read",
                            .responses = {{.status = 204, .description = "You are out."}},
                            .errors = {ErrorCode::wrong_state, ErrorCode::not_found}},
              .answer = bind(workspaces, leave)});
}

}  // namespace antiphon
