#include "service/invitation_mails.h"

#include "core/utf8.h"
#include "domain/scopes.h"
#include "service/mail_text.h"

#include <fmt/format.h>

namespace antiphon {

MailMessage compose_invitation_mail(const InvitationLetter& letter) {
  const std::string name = one_line(letter.workspace_name);
  const std::string& link = letter.link.reveal();
  const std::string_view role = name_of(letter.role);
  constexpr std::string_view kLife = "The link is good for seven days, once, and for this address.";
  constexpr std::string_view kIgnore =
      "If you did not expect this, ignore this mail: nothing happens.";
  return {.kind = "invitation",
          .to = Sensitive(letter.to),
          .subject = "You are invited to a workspace of Antiphon",
          .text = Sensitive(fmt::format("You are invited to the workspace \"{}\", as {}.\n\n"
                                        "Accept the invitation:\n{}\n\n{}\n\n{}\n",
                                        name, role, link, kLife, kIgnore)),
          .html = Sensitive(fmt::format(
              "<!doctype html><html><body><p>You are invited to the workspace <b>{}</b>, as {}.</p>"
              "<p><a href=\"{}\">Accept the invitation</a></p><p>{}</p><p>{}</p></body></html>",
              escape_html(name), role, escape_html(link), kLife, kIgnore))};
}

Sensitive<std::string> InvitationMails::link_of(const Sensitive<std::string>& token) const {
  return Sensitive(fmt::format("{}/join#token={}", site_url_, token.reveal()));
}

Task<InvitationMail> InvitationMails::send(WorkspaceId workspace, InvitationLetter letter) {
  if (!co_await spend(kByWorkspace, workspace.to_string()) ||
      !co_await spend(kByAddress, to_lower_ascii(letter.to))) {
    log_.warning("invitation.mail_limited", {{"workspace", workspace.to_string()}});
    co_return InvitationMail::limited;
  }
  co_return mailer_.send(compose_invitation_mail(letter)) ? InvitationMail::queued
                                                          : InvitationMail::unavailable;
}

// Without counters nothing is mailed: unlike a sign-in, it can wait.
Task<bool> InvitationMails::spend(AttemptRule rule, std::string key) {
  const auto verdict = co_await limiter_.spend(rule, std::move(key));
  co_return verdict && verdict->allowed;
}

}  // namespace antiphon
