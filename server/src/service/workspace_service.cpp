#include "service/workspace_service.h"

#include "crypto/session_token.h"
#include "service/agent_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace antiphon {

namespace {

constexpr int kSlugAttempts = 8;

std::string bytes_of(const Sha256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

Task<Result<std::vector<OwnWorkspace>>> WorkspaceService::list(Principal principal) {
  co_return co_await ports_.workspaces.list(principal.id);
}

Task<Result<Workspace>> WorkspaceService::own(Principal principal, WorkspaceId workspace) {
  const auto all = co_await ports_.workspaces.list(principal.id);
  if (!all) co_return std::unexpected(all.error());
  const auto found = std::ranges::find(*all, workspace,
                                       [](const OwnWorkspace& each) { return each.workspace.id; });
  if (found == all->end()) co_return failure(ErrorCode::not_found, "there is no such workspace");
  co_return found->workspace;
}

Task<Result<Workspace>> WorkspaceService::create(Principal principal, WorkspaceChange wanted) {
  Workspace workspace;
  workspace.id = WorkspaceId(Uuid::make_ordered(ports_.clock.wall(), ports_.random));
  workspace.name = std::move(wanted.name);
  workspace.slug = wanted.slug ? *wanted.slug : slug_of(workspace.name);
  const std::string base = workspace.slug.substr(0, 50);
  auto made = co_await ports_.workspaces.create(principal, workspace);
  // Nobody chose the slug, so a taken one is no error. Random, because slugs are of everybody:
  // counting up would tell how many there are.
  for (int attempt = 0; attempt < kSlugAttempts && !wanted.slug && !made &&
                        made.error().code == ErrorCode::already_exists;
       ++attempt) {
    workspace.slug = fmt::format("{}-{:08x}", base, ports_.random.next() & 0xFFFF'FFFFU);
    made = co_await ports_.workspaces.create(principal, workspace);
  }
  if (!made) co_return std::unexpected(std::move(made.error()));
  ports_.access.forget_person(principal.id);
  co_return co_await own(std::move(principal), workspace.id);
}

Task<Result<Workspace>> WorkspaceService::restore(Principal principal, WorkspaceId workspace) {
  auto restored = co_await ports_.workspaces.restore(principal, workspace);
  if (!restored) co_return std::unexpected(std::move(restored.error()));
  ports_.access.forget_person(principal.id);
  co_return co_await own(std::move(principal), workspace);
}

Task<Result<Workspace>> WorkspaceService::find(Principal principal) {
  co_return co_await ports_.workspaces.find(std::move(principal));
}

Task<Result<Workspace>> WorkspaceService::change(Principal principal, WorkspaceChange wanted) {
  auto workspace = co_await ports_.workspaces.find(principal);
  if (!workspace) co_return workspace;
  if (wanted.revision && *wanted.revision != workspace->revision) {
    co_return failure(ErrorCode::conflict,
                      "the workspace changed since you read it; read it again and repeat");
  }
  workspace->name = std::move(wanted.name);
  if (wanted.slug) workspace->slug = std::move(*wanted.slug);
  co_return co_await ports_.workspaces.save(std::move(principal), std::move(*workspace));
}

// Not by a key, whatever its scopes: a program that has lost its way would end everything.
Task<Result<>> WorkspaceService::remove(Principal principal) {
  if (principal.kind != PrincipalKind::user) {
    co_return failure(ErrorCode::permission_denied, "a workspace is deleted by a person");
  }
  const WorkspaceId workspace = principal.workspace;
  auto removed = co_await ports_.workspaces.remove(std::move(principal));
  if (removed) ports_.access.forget_workspace(workspace);
  co_return removed;
}

Task<Result<std::vector<Member>>> WorkspaceService::members(Principal principal) {
  co_return co_await ports_.members.list(std::move(principal));
}

Task<Result<Member>> WorkspaceService::set_role(Principal principal, UserId user, Role role) {
  auto changed = co_await ports_.members.set_role(principal, user, role);
  if (!changed) co_return std::unexpected(std::move(changed.error()));
  ports_.access.forget_person(user.uuid());
  // Who lowers their own role may still look at the list: in the role they have now.
  if (principal.kind == PrincipalKind::user && principal.id == user.uuid()) principal.role = role;
  const auto all = co_await ports_.members.list(std::move(principal));
  if (!all) co_return std::unexpected(all.error());
  const auto found = std::ranges::find(*all, user, &Member::user);
  if (found == all->end()) co_return failure(ErrorCode::not_found, "there is no such member");
  co_return *found;
}

Task<Result<>> WorkspaceService::remove_member(Principal principal, UserId user) {
  auto removed = co_await ports_.members.remove(std::move(principal), user);
  if (removed) ports_.access.forget_person(user.uuid());
  co_return removed;
}

Task<Result<>> WorkspaceService::leave(Principal principal) {
  if (principal.kind != PrincipalKind::user) {
    co_return failure(ErrorCode::permission_denied, "a key cannot leave; revoke it instead");
  }
  const UserId user(principal.id);
  co_return co_await remove_member(std::move(principal), user);
}

Task<Result<NewInvitation>> WorkspaceService::invite(Principal principal, std::string email,
                                                     Role role) {
  NewSessionToken token = make_session_token(ports_.random);
  Invitation wanted;
  wanted.id = InvitationId(Uuid::make_ordered(ports_.clock.wall(), ports_.random));
  wanted.email = std::move(email);
  wanted.role = role;
  auto made =
      co_await ports_.invitations.create(principal, std::move(wanted), bytes_of(token.hash));
  if (!made) co_return std::unexpected(std::move(made.error()));
  co_return co_await mail_invitation(std::move(principal), std::move(*made), std::move(token.text));
}

Task<Result<NewInvitation>> WorkspaceService::resend_invitation(Principal principal,
                                                                InvitationId id) {
  NewSessionToken token = make_session_token(ports_.random);
  auto renewed = co_await ports_.invitations.renew(principal, id, bytes_of(token.hash));
  if (!renewed) co_return std::unexpected(std::move(renewed.error()));
  co_return co_await mail_invitation(std::move(principal), std::move(*renewed),
                                     std::move(token.text));
}

Task<NewInvitation> WorkspaceService::mail_invitation(Principal principal, Invitation invitation,
                                                      Sensitive<std::string> token) {
  NewInvitation made{.invitation = std::move(invitation), .token = std::move(token), .link = {}};
  if (mails_ == nullptr) co_return made;
  made.link = mails_->link_of(made.token);
  const WorkspaceId workspace = principal.workspace;
  const auto described = co_await ports_.workspaces.find(std::move(principal));
  made.mail = co_await mails_->send(workspace, {.to = made.invitation.email,
                                                .workspace_name = described ? described->name : "",
                                                .role = made.invitation.role,
                                                .link = made.link});
  co_return made;
}

Task<Result<Page<Invitation>>> WorkspaceService::invitations(Principal principal,
                                                             PageRequest page) {
  co_return co_await ports_.invitations.list(std::move(principal), std::move(page));
}

Task<Result<>> WorkspaceService::revoke_invitation(Principal principal, InvitationId id) {
  co_return co_await ports_.invitations.revoke(std::move(principal), id);
}

Task<Result<Membership>> WorkspaceService::accept(Principal principal, std::string token) {
  const auto hash = hash_of_session_token(token);
  if (!hash) co_return failure(ErrorCode::not_found, "there is no such invitation");
  const Uuid person = principal.id;
  auto accepted = co_await ports_.invitations.accept(std::move(principal), bytes_of(*hash));
  if (accepted) ports_.access.forget_person(person);
  co_return accepted;
}

}  // namespace antiphon
