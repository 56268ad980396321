#include "crypto/hash.h"

#include "core/check.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

namespace antiphon {

namespace {

constexpr std::size_t kPieceSize = 64 * 1024;

const unsigned char* as_chars(std::span<const std::byte> bytes) {
  // OpenSSL refuses a null key of length 0.
  static constexpr unsigned char kEmpty = 0;
  return bytes.empty() ? &kEmpty : reinterpret_cast<const unsigned char*>(bytes.data());
}

unsigned char* as_chars(Sha256& digest) { return reinterpret_cast<unsigned char*>(digest.data()); }

Error file_error(const std::filesystem::path& file, int number) {
  return {number == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable,
          "reading " + file.string() + ": " + std::strerror(number)};
}

std::optional<unsigned> hex_value(char character) {
  if (character >= '0' && character <= '9') return static_cast<unsigned>(character - '0');
  if (character >= 'a' && character <= 'f') return static_cast<unsigned>(character - 'a' + 10);
  if (character >= 'A' && character <= 'F') return static_cast<unsigned>(character - 'A' + 10);
  return std::nullopt;
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

}  // namespace

struct Sha256Stream::Context {
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> evp{EVP_MD_CTX_new()};
};

Sha256Stream::Sha256Stream() : context_(std::make_unique<Context>()) {
  CHECK(EVP_DigestInit_ex(context_->evp.get(), EVP_sha256(), nullptr) == 1, "OpenSSL has SHA-256");
}

Sha256Stream::~Sha256Stream() = default;

void Sha256Stream::update(std::span<const std::byte> bytes) {
  CHECK(EVP_DigestUpdate(context_->evp.get(), bytes.data(), bytes.size()) == 1,
        "hashing memory cannot fail");
}

Sha256 Sha256Stream::finish() {
  Sha256 digest;
  unsigned length = 0;
  CHECK(EVP_DigestFinal_ex(context_->evp.get(), as_chars(digest), &length) == 1 &&
            length == digest.size(),
        "finish() is called once");
  return digest;
}

Sha256 sha256(std::span<const std::byte> bytes) {
  Sha256Stream stream;
  stream.update(bytes);
  return stream.finish();
}

Sha256 sha256(std::string_view text) { return sha256(std::as_bytes(std::span(text))); }

Result<Sha256> sha256_of_file(const std::filesystem::path& file) {
  const std::unique_ptr<std::FILE, CloseFile> source(std::fopen(file.c_str(), "rbe"));
  if (!source) return std::unexpected(file_error(file, errno));
  Sha256Stream stream;
  std::vector<std::byte> piece(kPieceSize);
  while (true) {
    const std::size_t count = std::fread(piece.data(), 1, piece.size(), source.get());
    stream.update(std::span(piece).first(count));
    if (count == piece.size()) continue;
    if (std::ferror(source.get()) != 0) return std::unexpected(file_error(file, errno));
    return stream.finish();
  }
}

Sha256 hmac_sha256(std::span<const std::byte> key, std::span<const std::byte> message) {
  Sha256 digest;
  unsigned length = 0;
  const auto* const done = HMAC(EVP_sha256(), as_chars(key), static_cast<int>(key.size()),
                                as_chars(message), message.size(), as_chars(digest), &length);
  CHECK(done != nullptr && length == digest.size(), "OpenSSL has HMAC-SHA-256");
  return digest;
}

bool constant_time_equal(std::span<const std::byte> left, std::span<const std::byte> right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

std::string to_hex(std::span<const std::byte> bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::byte byte : bytes) {
    text += kDigits[std::to_integer<unsigned>(byte) >> 4U];
    text += kDigits[std::to_integer<unsigned>(byte) & 0x0FU];
  }
  return text;
}

std::optional<Sha256> sha256_from_hex(std::string_view text) {
  Sha256 digest{};
  if (text.size() != digest.size() * 2) return std::nullopt;
  for (std::size_t index = 0; index < digest.size(); ++index) {
    const auto high = hex_value(text[index * 2]);
    const auto low = hex_value(text[index * 2 + 1]);
    if (!high || !low) return std::nullopt;
    digest[index] = static_cast<std::byte>(*high << 4U | *low);
  }
  return digest;
}

}  // namespace antiphon
