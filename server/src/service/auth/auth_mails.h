// The mails of /auth/v1: one text and one HTML part each, with a link to follow and six digits to
// type.
#pragma once

#include "ports/mailer.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace antiphon {

enum class AuthMail : std::uint8_t {
  confirm,
  recover,
  magic_link,
  invite,
  email_change,
  reauthenticate
};

struct AuthMailContent {
  AuthMail kind = AuthMail::confirm;
  std::string to;
  std::string code;
  std::string link;       // empty: the mail has a code alone (reauthenticate)
  std::string new_email;  // of email_change
};

[[nodiscard]] MailMessage compose_auth_mail(const AuthMailContent& content);

// application/x-www-form-urlencoded, for values of a query or a fragment.
[[nodiscard]] std::string escape_parameter(std::string_view text);

}  // namespace antiphon
