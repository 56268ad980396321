// Accounts as /auth/v1 knows them: what a store hands to the service, without JSON or SQL.
#pragma once

#include "core/clock.h"
#include "core/sensitive.h"
#include "core/uuid.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace antiphon {

struct Account {
  Uuid id;
  std::string email;                     // lower case
  Sensitive<std::string> password_hash;  // bcrypt; empty: none
  bool confirmed = false;                // the address
  bool invited = false;
  std::optional<WallTime> banned_until;
  // Hashes of the codes that were mailed, empty when used up, and when they were.
  std::string confirmation_token;
  std::optional<WallTime> confirmation_sent;
  std::string recovery_token;
  std::optional<WallTime> recovery_sent;
  std::string new_email;  // of a change that is under way
  std::string change_token_new;
  std::string change_token_current;
  std::optional<WallTime> change_sent;
  bool change_half_confirmed = false;
  std::string reauthentication_token;
  std::optional<WallTime> reauthentication_sent;
  std::int64_t second_factors = 0;   // verified ones
  bool matched_new_address = false;  // found by the link that went to `new_email`
  Sensitive<std::string> document;   // the JSON object that the API answers
};

// By what an account is looked for. The last four are hashes of mailed links.
enum class AccountKey : std::uint8_t {
  id,
  email,
  change_of,
  confirmation,
  recovery,
  any_link,
  email_change
};
[[nodiscard]] std::string_view name_of(AccountKey key);

// A mail holds six digits to type and a link to follow; only their hashes are kept.
struct MailedHashes {
  std::string code;
  std::string link;
};

// What a code that is mailed is for.
enum class MailedCode : std::uint8_t {
  confirmation,
  recovery,
  reauthentication,
  email_change_new,
  email_change_current
};
[[nodiscard]] std::string_view name_of(MailedCode code);

struct NewAccount {
  Uuid id;
  std::string email;
  std::string password_hash;
  std::string metadata = "{}";  // a JSON object
  bool confirmed = false;
  bool invited = false;
};

struct AuthOrigin {
  std::string address;  // of the client, without port; may be empty
  std::string agent;    // its User-Agent
};

struct NewSession {
  Uuid id;
  Uuid user;
  std::string method;  // "password", "otp", …: the first entry of `amr`
  std::string refresh_token;
  AuthOrigin origin;
};

struct AuthSession {
  Uuid user;
  std::string assurance;  // "aal1", "aal2"
  std::string methods;    // the JSON array of `amr`
  WallTime created{};
  Sensitive<std::string> document;  // of the user
};

// What a session is worth. weak: the account has a second factor that the session has not shown.
enum class SessionStanding : std::uint8_t { ended, weak, good };

struct SessionSummary {
  Uuid id;
  WallTime created{};
  WallTime refreshed{};
  std::string agent;
  std::string address;
  std::string assurance;
};

enum class RefreshOutcome : std::uint8_t { rotated, repeated, unknown, ended, banned, reused };

struct Refreshed {
  RefreshOutcome outcome = RefreshOutcome::unknown;
  std::string refresh_token;
  Uuid session;  // nil when unknown
};

struct SecondFactor {
  bool verified = false;
  Sensitive<std::string> secret;  // base32
};

struct FactorChallenge {
  WallTime created{};
  bool used = false;
  std::string address;
};

// A mailed link that leads back with a code, for who knows the secret behind `challenge`.
struct CodeFlow {
  Uuid id;
  Uuid user;           // nil: nobody, and no code is ever issued
  std::string method;  // of the session that it opens: "email/signup", "recovery", ...
  std::string challenge;
  std::string challenge_method;    // "s256", "plain"
  std::optional<WallTime> issued;  // when the link was followed
};

enum class EnrollOutcome : std::uint8_t { made, name_taken, too_many };
enum class SessionScope : std::uint8_t { global, local, others };
[[nodiscard]] std::string_view name_of(SessionScope scope);

}  // namespace antiphon
