// Workspaces and their people: make, rename, delete with grace, restore; members and invitations.
//
// The rules that a race could break are the store's; here is the order of things, and that this
// process forgets at once what it believed of people whose standing changed.
// Limits  a person owns at most 50 workspaces; an invitation lives kInvitationLife.
// Errors  as ports/workspace_stores.h.
// Thread  the API loop.
#pragma once

#include "core/clock.h"
#include "core/random.h"
#include "core/sensitive.h"
#include "ports/workspace_stores.h"
#include "service/access_service.h"
#include "service/invitation_mails.h"

#include <optional>
#include <string>
#include <vector>

namespace antiphon {

struct WorkspaceChange {
  std::string name;
  std::optional<std::string> slug;                      // left out: stays, or is made from the name
  std::optional<std::int64_t> revision = std::nullopt;  // that was read; nullopt: whichever it is
};

struct NewInvitation {
  Invitation invitation;
  Sensitive<std::string> token;  // shown once
  Sensitive<std::string> link;   // with the token in it
  InvitationMail mail = InvitationMail::unavailable;
};

struct WorkspacePorts {
  WorkspaceStore& workspaces;
  MemberStore& members;
  InvitationStore& invitations;
  AccessService& access;
  Clock& clock;
  Random& random;
};

class WorkspaceService {
 public:
  explicit WorkspaceService(const WorkspacePorts& ports) : ports_(ports) {}

  // `principal` is a person outside of any workspace in list, create, restore and accept.
  Task<Result<std::vector<OwnWorkspace>>> list(Principal principal);
  Task<Result<Workspace>> create(Principal principal, WorkspaceChange wanted);
  Task<Result<Workspace>> restore(Principal principal, WorkspaceId workspace);
  Task<Result<Workspace>> find(Principal principal);
  Task<Result<Workspace>> change(Principal principal, WorkspaceChange wanted);
  Task<Result<>> remove(Principal principal);

  Task<Result<std::vector<Member>>> members(Principal principal);
  Task<Result<Member>> set_role(Principal principal, UserId user, Role role);
  Task<Result<>> remove_member(Principal principal, UserId user);
  Task<Result<>> leave(Principal principal);

  // Invitations are mailed from now on; `mails` outlives this.
  void use_mail(InvitationMails& mails) { mails_ = &mails; }
  // Whatever becomes of the mail, the invitation stands.
  Task<Result<NewInvitation>> invite(Principal principal, std::string email, Role role);
  // Again, with another token and seven days more: the old token opens nothing any longer.
  Task<Result<NewInvitation>> resend_invitation(Principal principal, InvitationId id);
  Task<Result<Page<Invitation>>> invitations(Principal principal, PageRequest page);
  Task<Result<>> revoke_invitation(Principal principal, InvitationId id);
  Task<Result<Membership>> accept(Principal principal, std::string token);

 private:
  Task<Result<Workspace>> own(Principal principal, WorkspaceId workspace);
  Task<NewInvitation> mail_invitation(Principal principal, Invitation invitation,
                                      Sensitive<std::string> token);

  WorkspacePorts ports_;
  InvitationMails* mails_ = nullptr;
};

}  // namespace antiphon
