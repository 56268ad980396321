#include "crypto/api_key.h"

#include "core/base64.h"

#include <array>

namespace antiphon {

namespace {
constexpr std::size_t kSecretSize = 32;
}

NewApiKey make_api_key(Random& random) {
  std::array<std::byte, kSecretSize> secret{};
  random.fill(secret);
  std::string text = std::string(kApiKeyPrefix) + base64url_encode(secret);
  const Sha256 hash = sha256(text);
  return {Sensitive<std::string>(std::move(text)), hash};
}

std::optional<Sha256> hash_of_api_key(std::string_view text) {
  if (!text.starts_with(kApiKeyPrefix)) return std::nullopt;
  const auto secret = base64url_decode(text.substr(kApiKeyPrefix.size()));
  if (!secret || secret->size() != kSecretSize) return std::nullopt;
  return sha256(text);
}

}  // namespace antiphon
