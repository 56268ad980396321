#include "service/auth/auth_mails.h"

#include "core/percent.h"
#include "service/mail_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace antiphon {

namespace {

struct Words {
  std::string_view name;
  std::string_view subject;
  std::string_view sentence;
  std::string_view action;  // what the link is called
};

Words words_of(AuthMail kind) {
  switch (kind) {
    case AuthMail::confirm:
      return {"confirm", "Confirm your e-mail address",
              "Somebody, you we hope, signed up with this address.", "Confirm this address"};
    case AuthMail::recover:
      return {"recover", "Reset your password", "A new password was asked for your account.",
              "Choose a new password"};
    case AuthMail::magic_link:
      return {"magic_link", "Your link to sign in", "Here is your way in, without a password.",
              "Sign in"};
    case AuthMail::invite:
      return {"invite", "You have been invited", "You have been invited to join.",
              "Accept the invitation"};
    case AuthMail::email_change:
      return {"email_change", "Confirm the change of your e-mail address",
              "Your account is about to get another e-mail address.", "Agree to the change"};
    case AuthMail::reauthenticate:
      return {"reauthenticate", "Confirm that it is you",
              "Something important is about to change in your account.", ""};
  }
  return {};
}

constexpr std::string_view kIgnore =
    "If you did not ask for this, ignore this mail: nothing happens.";

}  // namespace

MailMessage compose_auth_mail(const AuthMailContent& content) {
  const Words words = words_of(content.kind);
  std::string text(words.sentence);
  std::string html = fmt::format("<!doctype html><html><body><p>{}</p>", words.sentence);
  if (!content.new_email.empty()) {
    text += fmt::format("\n\nThe new address: {}", content.new_email);
    html += fmt::format("<p>The new address: <b>{}</b></p>", escape_html(content.new_email));
  }
  if (!content.link.empty()) {
    text += fmt::format("\n\n{}:\n{}", words.action, content.link);
    html += fmt::format("<p><a href=\"{}\">{}</a></p>", escape_html(content.link), words.action);
  }
  text += fmt::format("\n\nOr enter this code: {}\n\n{}\n", content.code, kIgnore);
  html += fmt::format("<p>Or enter this code: <b>{}</b></p><p>{}</p></body></html>", content.code,
                      kIgnore);
  return {.kind = std::string(words.name),
          .to = Sensitive(content.to),
          .subject = std::string(words.subject),
          .text = Sensitive(std::move(text)),
          .html = Sensitive(std::move(html))};
}

std::string escape_parameter(std::string_view text) {
  std::string out = percent_encode(text, " ");
  std::ranges::replace(out, ' ', '+');
  return out;
}

}  // namespace antiphon
