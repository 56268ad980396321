#include "api/invitations/invitation_routes.h"

#include "api/access_table.h"
#include "api/invitations/invitation_documents.h"
#include "api/page_query.h"

#include <utility>

namespace antiphon {

namespace {

InvitationOutput output_of(Invitation invitation) {
  return {invitation.id,
          std::move(invitation.email),
          invitation.role,
          invitation.expires_at,
          invitation.accepted_at,
          invitation.revoked_at,
          std::move(invitation.created_by),
          invitation.created_at};
}

NewInvitationOutput output_of(NewInvitation made) {
  return {output_of(std::move(made.invitation)), made.token.reveal(), made.link.reveal(),
          made.mail};
}

Task<Result<Response>> create(WorkspaceService& workspaces, ApiCall call) {
  auto input = from_json<InvitationInput>(call.request.body);
  if (!input) co_return std::unexpected(std::move(input.error()));
  auto made =
      co_await workspaces.invite(std::move(call.principal), input->email.value(), input->role);
  if (!made) co_return std::unexpected(std::move(made.error()));
  co_return json_response(201, to_json(output_of(std::move(*made))));
}

Task<Result<Response>> resend(WorkspaceService& workspaces, ApiCall call) {
  const auto id = uuid_argument(call, 0);
  if (!id) co_return std::unexpected(id.error());
  auto renewed =
      co_await workspaces.resend_invitation(std::move(call.principal), InvitationId(*id));
  if (!renewed) co_return std::unexpected(std::move(renewed.error()));
  co_return json_response(200, to_json(output_of(std::move(*renewed))));
}

Task<Result<Response>> list(WorkspaceService& workspaces, ApiCall call) {
  const auto query = from_query<PageQuery>(query_of(call.request));
  if (!query) co_return std::unexpected(query.error());
  auto page = co_await workspaces.invitations(std::move(call.principal), page_of(*query));
  if (!page) co_return std::unexpected(std::move(page.error()));
  InvitationList answer;
  for (Invitation& invitation : page->items)
    answer.items.push_back(output_of(std::move(invitation)));
  if (!page->next_cursor.empty()) answer.next_cursor = std::move(page->next_cursor);
  co_return json_response(200, to_json(answer));
}

Task<Result<Response>> revoke(WorkspaceService& workspaces, ApiCall call) {
  const auto id = uuid_argument(call, 0);
  if (!id) co_return std::unexpected(id.error());
  auto revoked =
      co_await workspaces.revoke_invitation(std::move(call.principal), InvitationId(*id));
  if (!revoked) co_return std::unexpected(std::move(revoked.error()));
  co_return empty_response();
}

Task<Result<Response>> accept(WorkspaceService& workspaces, ApiCall call) {
  auto input = from_json<AcceptanceInput>(call.request.body);
  if (!input) co_return std::unexpected(std::move(input.error()));
  auto accepted = co_await workspaces.accept(std::move(call.principal), input->token.value());
  if (!accepted) co_return std::unexpected(std::move(accepted.error()));
  co_return json_response(200, to_json(AcceptanceOutput{accepted->workspace, accepted->role}));
}

AnswerHandler bind(WorkspaceService& workspaces,
                   Task<Result<Response>> (*handler)(WorkspaceService&, ApiCall)) {
  return [&workspaces, handler](ApiCall call) { return handler(workspaces, std::move(call)); };
}

}  // namespace

void add_invitation_routes(Router& router, WorkspaceService& workspaces) {
  router.add({.operation = {.method = "GET",
                            .path = "/api/invitations",
                            .id = "invitations.list",
                            .summary = "List invitations, newest first, also those that are over.",
                            .tag = "members",
                            .scope = "members:write",
                            .query = &shape_of<PageQuery>(),
                            .responses = {{.description = "One page.",
                                           .shape = &shape_of<InvitationList>()}}},
              .answer = bind(workspaces, list)});
  router.add({.operation = {.method = "POST",
                            .path = "/api/invitations",
                            .id = "invitations.create",
                            .summary = "Invite a person by e-mail, for seven days.",
                            .tag = "members",
                            .scope = "members:write",
                            .request = {.shape = &shape_of<InvitationInput>()},
                            .responses = {{.status = 201,
                                           .description = "The invitation and its token.",
                                           .shape = &shape_of<NewInvitationOutput>()}},
                            .errors = {ErrorCode::already_exists}},
              .answer = bind(workspaces, create)});
  router.add({.operation = {.method = "POST",
                            .path = "/api/invitations/{invitation}/resend",
                            .id = "invitations.resend",
                            .summary = "Mail an open invitation again, with another token.",
                            .tag = "members",
                            .scope = "members:write",
                            .responses = {{.description = "The invitation and its new token.",
                                           .shape = &shape_of<NewInvitationOutput>()}}},
              .answer = bind(workspaces, resend)});
  router.add({.operation = {.method = "DELETE",
                            .path = "/api/invitations/{invitation}",
                            .id = "invitations.revoke",
                            .summary = "Withdraw an invitation that is open.",
                            .tag = "members",
                            .scope = "members:write",
                            .responses = {{.status = 204, .description = "It is withdrawn."}}},
              .answer = bind(workspaces, revoke)});
  router.add({.operation = {.method = "POST",
                            .path = "/api/invitations/accept",
                            .id = "invitations.accept",
                            .summary = "Accept an invitation to your own e-mail address.",
                            .tag = "members",
                            .scope = kAccountScope,
                            .request = {.shape = &shape_of<AcceptanceInput>()},
                            .responses = {{.description = "You belong to the workspace.",
                                           .shape = &shape_of<AcceptanceOutput>()}},
                            .errors = {ErrorCode::not_found, ErrorCode::wrong_state,
                                       ErrorCode::already_exists}},
              .answer = bind(workspaces, accept)});
}

}  // namespace antiphon
