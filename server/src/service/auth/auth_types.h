// What /auth/v1 takes and gives, apart from HTTP.
#pragma once

#include "core/error.h"
#include "domain/auth.h"
#include "json/value.h"

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace antiphon {

// The answer to a request that failed, in the words of Supabase Auth: clients look at `code`.
struct AuthFault {
  int status = 500;
  std::string code;
  std::string message;
  std::vector<std::string> reasons = {};  // of weak_password
  int retry_after = 0;                    // seconds; 0: not said
};

template <class T = void>
class [[nodiscard]] AuthResult : public std::expected<T, AuthFault> {
 public:
  using Base = std::expected<T, AuthFault>;
  using Base::Base;
};

[[nodiscard]] std::unexpected<AuthFault> fault(int status, std::string_view code,
                                               std::string message);
// For what the store or the mail refused.
[[nodiscard]] std::unexpected<AuthFault> fault_of(const Error& error);

struct AuthCall {
  json::Value body;    // an object; null where there was none
  std::string bearer;  // the access token; empty: none
  AuthOrigin origin;
  std::vector<std::pair<std::string, std::string>> query = {};

  // The text of a member of the body, or "".
  [[nodiscard]] std::string text(std::string_view member) const;
  // The first parameter of that name, or "".
  [[nodiscard]] std::string parameter(std::string_view name) const;
};

// RFC 7636: what a client commits to when it asks for a mail.
struct CodeChallenge {
  std::string text;
  std::string method;  // "s256", "plain"
};

struct AuthAnswer {
  int status = 200;
  json::Value body = {};      // null: no body
  std::string location = {};  // of a redirect
};

}  // namespace antiphon
