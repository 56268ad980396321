// The secret of a studio session: 32 random bytes as base64url, in a cookie that scripts cannot
// read. Only its SHA-256 is stored.
//
// The CSRF token is derived from it, so it needs no place of its own: whoever reads it was told it
// by an answer of ours, which no other site can read.
#pragma once

#include "core/random.h"
#include "core/sensitive.h"
#include "crypto/hash.h"

#include <optional>
#include <string>
#include <string_view>

namespace antiphon {

struct NewSessionToken {
  Sensitive<std::string> text;
  Sha256 hash{};
};

[[nodiscard]] NewSessionToken make_session_token(Random& random);
// nullopt for what cannot be one: saves the look-up in the database.
[[nodiscard]] std::optional<Sha256> hash_of_session_token(std::string_view text);
[[nodiscard]] std::string csrf_token_of(std::string_view session_token);
// Takes the same time for every wrong one of the right length.
[[nodiscard]] bool is_csrf_token_of(std::string_view session_token, std::string_view given);

}  // namespace antiphon
