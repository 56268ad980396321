// What /auth/v1 is told at the start, from the environment and the data folder.
//
//   ANTIPHON_PUBLIC_URL      where people reach the server; default: where it listens
//   ANTIPHON_REDIRECT_URLS   further origins that a mailed link may lead to, separated by commas
//   ANTIPHON_SIGNUP          off: nobody registers
//   ANTIPHON_AUTOCONFIRM     on: believe every address without a mail, for development
//   ANTIPHON_SMTP_URL        smtp://user:password@host:587; without it mail goes to outbox/
//   ANTIPHON_SMTP_CA         a PEM file of authorities for the mail server
//   ANTIPHON_MAIL_FROM       "Name <address>"
//   ANTIPHON_JWT_SECRET      signs access tokens; default: those of the data folder, one a line,
//                            the first signs; one is made where there is none
//   SUPABASE_URL, SUPABASE_JWT_SECRET   accounts are that project's; /auth/v1 here is off
//
// Errors  invalid_argument: a setting, by name; a secret that is weak or published.
//         permission_denied: a key that others can read. corrupt: a file that is no key.
#pragma once

#include "core/random.h"
#include "core/result.h"
#include "crypto/jwt.h"
#include "net/smtp.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

// Where the keys that sign come from, to read them again while the server runs.
struct AuthKeySource {
  std::filesystem::path data_folder;
  std::string secret;  // of ANTIPHON_JWT_SECRET; empty: those of the file

  [[nodiscard]] Result<JwtKeySet> load() const;
  // Another text when a file was made, changed or removed.
  [[nodiscard]] std::string state() const;
};

struct AuthSettings {
  JwtKeySet keys;
  std::optional<AuthKeySource> key_source = {};  // nullopt: accounts are a Supabase project's
  std::string public_url;  // without a slash at the end; empty: where it listens
  std::vector<std::string> redirects;
  bool signup = true;
  bool autoconfirm = false;
  std::optional<SmtpSettings> smtp;
  std::string mail_from = "Antiphon <antiphon@localhost>";
  std::string supabase_url;  // empty: accounts are ours
};

using Setting = std::function<std::optional<std::string>(const char* name)>;

[[nodiscard]] Result<AuthSettings> read_auth_settings(const std::filesystem::path& data_folder,
                                                      const Setting& setting, Random& random);

// Key files of the data folder, auth/keys/*.pem: the newest signs, all of them verify.
class AuthKeyFiles {
 public:
  explicit AuthKeyFiles(std::filesystem::path data_folder)
      : folder_(std::move(data_folder) / "auth") {}

  struct Entry {
    std::filesystem::path file;
    JwtKey key;
  };
  // The newest first.
  [[nodiscard]] Result<std::vector<Entry>> keys() const;
  Result<Entry> make(JwtAlgorithm algorithm);
  Result<> remove(std::string_view id);
  // The first of secrets(), made once.
  Result<std::string> secret(Random& random);
  // The lines of auth/jwt-secret: the first signs where there is no key file, all of them verify.
  [[nodiscard]] Result<std::vector<std::string>> secrets() const;

 private:
  std::filesystem::path folder_;
};

}  // namespace antiphon
