// API keys: "antiphon_" and 32 random bytes as base64url. The text is shown once; only its SHA-256
// is stored. A key has 256 bits of its own, so a fast hash is right here where a password would
// need a slow one.
#pragma once

#include "core/random.h"
#include "core/sensitive.h"
#include "crypto/hash.h"

#include <optional>
#include <string>
#include <string_view>

namespace antiphon {

inline constexpr std::string_view kApiKeyPrefix = "antiphon_";

struct NewApiKey {
  Sensitive<std::string> text;
  Sha256 hash{};
};

[[nodiscard]] NewApiKey make_api_key(Random& random);
// nullopt for what cannot be a key: saves the look-up in the database.
[[nodiscard]] std::optional<Sha256> hash_of_api_key(std::string_view text);

}  // namespace antiphon
