// Hands one message to a mail server (RFC 5321), with STARTTLS or TLS and a login.
//
//   Result<> sent = send_by_smtp({.url = "smtp://mail.example:587", ...}, from, to, message);
//
// Without TLS only to this machine itself: to any other, a server that offers none is refused
// before the login is told.
// Limits  kSmtpTimeout from the name look-up to the last answer.
// Errors  invalid_argument: the settings. unavailable: worth trying again (no connection, 4xx, a
//         refused login). protocol_error: the server will not take this message (5xx).
// Thread  any; it blocks: not on a loop that answers.
#pragma once

#include "core/result.h"
#include "core/sensitive.h"

#include <chrono>
#include <string>

namespace antiphon {

inline constexpr std::chrono::seconds kSmtpTimeout{20};

struct SmtpSettings {
  std::string url;  // "smtp://host:587" (STARTTLS) or "smtps://host:465"
  std::string user;
  Sensitive<std::string> password;
  std::string certificate_authorities;  // a PEM file; empty: the system's store
};

// "smtp://user:password@host:port" taken apart; the two are percent-encoded there.
[[nodiscard]] Result<SmtpSettings> parse_smtp_url(std::string_view url);

// `message` is whole: head, empty line, body, with CRLF.
[[nodiscard]] Result<> send_by_smtp(const SmtpSettings& settings, const std::string& from,
                                    const std::string& to, const std::string& message);

}  // namespace antiphon
