// Mails invitations: who asks, into which workspace, as what, and a link that accepts.
//
// Limits  kByWorkspace and kByAddress mails in an hour, so that nobody fills a stranger's mailbox
//         in our name; what is over them is not sent, and the caller is told.
// Thread  the API loop.
#pragma once

#include "core/log.h"
#include "core/sensitive.h"
#include "domain/account.h"
#include "ports/attempt_limiter.h"
#include "ports/mailer.h"

#include <string>

namespace antiphon {

struct InvitationLetter {
  std::string to;
  std::string workspace_name;
  Role role = Role::analyst;
  Sensitive<std::string> link;
};

[[nodiscard]] MailMessage compose_invitation_mail(const InvitationLetter& letter);

class InvitationMails {
 public:
  static constexpr AttemptRule kByWorkspace{"invitation.workspace", 100, std::chrono::hours(1)};
  static constexpr AttemptRule kByAddress{"invitation.address", 5, std::chrono::hours(1)};

  // `site_url` is where people reach the server, without a slash at the end. All outlive this.
  InvitationMails(Mailer& mailer, AttemptLimiter& limiter, Log& log, std::string site_url)
      : mailer_(mailer), limiter_(limiter), log_(log), site_url_(std::move(site_url)) {}

  // The page that accepts. The token is in the fragment, which browsers send to nobody.
  [[nodiscard]] Sensitive<std::string> link_of(const Sensitive<std::string>& token) const;
  Task<InvitationMail> send(WorkspaceId workspace, InvitationLetter letter);

 private:
  Task<bool> spend(AttemptRule rule, std::string key);

  Mailer& mailer_;
  AttemptLimiter& limiter_;
  Log& log_;
  std::string site_url_;
};

}  // namespace antiphon
