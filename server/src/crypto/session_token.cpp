#include "crypto/session_token.h"

#include "core/base64.h"

#include <array>
#include <span>

namespace antiphon {

namespace {

constexpr std::size_t kSecretSize = 32;
constexpr std::string_view kCsrfPurpose = "antiphon csrf token 1";

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace

NewSessionToken make_session_token(Random& random) {
  std::array<std::byte, kSecretSize> secret{};
  random.fill(secret);
  std::string text = base64url_encode(secret);
  const Sha256 hash = sha256(text);
  return {Sensitive<std::string>(std::move(text)), hash};
}

std::optional<Sha256> hash_of_session_token(std::string_view text) {
  const auto secret = base64url_decode(text);
  if (!secret || secret->size() != kSecretSize) return std::nullopt;
  return sha256(text);
}

std::string csrf_token_of(std::string_view session_token) {
  return base64url_encode(hmac_sha256(bytes_of(session_token), bytes_of(kCsrfPurpose)));
}

bool is_csrf_token_of(std::string_view session_token, std::string_view given) {
  const std::string expected = csrf_token_of(session_token);
  return constant_time_equal(bytes_of(expected), bytes_of(given));
}

}  // namespace antiphon
