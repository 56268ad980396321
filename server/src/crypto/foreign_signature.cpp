#include "crypto/foreign_signature.h"

#include "core/check.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <bit>
#include <memory>

namespace antiphon {

namespace {

const unsigned char* bytes_of(const void* data) { return static_cast<const unsigned char*>(data); }

}  // namespace

Sha1 hmac_sha1(std::string_view key, std::string_view message) {
  std::array<unsigned char, 20> digest{};
  unsigned length = 0;
  CHECK(HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), bytes_of(message.data()),
             message.size(), digest.data(), &length) != nullptr,
        "OpenSSL has HMAC-SHA-1");
  return std::bit_cast<Sha1>(digest);
}

bool ed25519_verifies(std::span<const std::byte> public_key, std::string_view message,
                      std::span<const std::byte> signature) {
  if (public_key.size() != 32 || signature.size() != 64) return false;
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(public_key.data()),
                                  public_key.size()),
      EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        EVP_MD_CTX_free);
  if (!key || !context) return false;
  if (EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) != 1) return false;
  return EVP_DigestVerify(context.get(), bytes_of(signature.data()), signature.size(),
                          bytes_of(message.data()), message.size()) == 1;
}

}  // namespace antiphon
