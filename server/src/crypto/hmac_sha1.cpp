#include "crypto/hmac_sha1.h"

#include "core/check.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace antiphon {

Sha1 hmac_sha1(std::span<const std::byte> key, std::span<const std::byte> message) {
  // OpenSSL refuses a null key of length 0.
  static constexpr unsigned char kEmpty = 0;
  Sha1 digest;
  unsigned length = 0;
  const auto* const done =
      HMAC(EVP_sha1(), key.empty() ? static_cast<const void*>(&kEmpty) : key.data(),
           static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(message.data()),
           message.size(), reinterpret_cast<unsigned char*>(digest.data()), &length);
  CHECK(done != nullptr && length == digest.size(), "OpenSSL has HMAC-SHA-1");
  return digest;
}

}  // namespace antiphon
