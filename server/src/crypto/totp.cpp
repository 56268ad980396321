#include "crypto/totp.h"

#include "core/check.h"
#include "core/percent.h"
#include "crypto/hash.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdint>

namespace antiphon {

namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::int64_t kPeriod = 30;  // seconds

std::int64_t step_of(WallTime at) {
  return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count() / kPeriod;
}

std::string code_of(std::span<const std::byte> key, std::int64_t step) {
  std::array<unsigned char, 8> counter{};
  auto rest = static_cast<std::uint64_t>(step);
  for (std::size_t index = counter.size(); index-- > 0; rest >>= 8U) {
    counter[index] = static_cast<unsigned char>(rest & 0xFFU);
  }
  std::array<unsigned char, 20> digest{};
  unsigned length = 0;
  CHECK(HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), counter.data(), counter.size(),
             digest.data(), &length) != nullptr,
        "OpenSSL has HMAC-SHA-1");
  const std::size_t offset = digest[19] & 0x0FU;  // RFC 4226 section 5.3
  std::uint32_t number = digest[offset] & 0x7FU;
  for (std::size_t index = 1; index < 4; ++index)
    number = number << 8U | digest[offset + index];
  return fmt::format("{:06}", number % 1'000'000);
}

}  // namespace

std::string base32_encode(std::span<const std::byte> bytes) {
  std::string text;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const std::byte byte : bytes) {
    bits = bits << 8U | std::to_integer<std::uint32_t>(byte);
    for (count += 8; count >= 5; count -= 5)
      text += kAlphabet[bits >> (count - 5) & 31U];
  }
  if (count > 0) text += kAlphabet[bits << (5 - count) & 31U];
  return text;
}

std::optional<std::vector<std::byte>> base32_decode(std::string_view text) {
  std::vector<std::byte> bytes;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char letter : text) {
    const char upper = letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 32) : letter;
    const std::size_t value = kAlphabet.find(upper);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 5U | static_cast<std::uint32_t>(value);
    count += 5;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<std::byte>(bits >> count & 0xFFU));
  }
  return bytes;
}

std::string make_totp_secret(Random& random) {
  std::array<std::byte, 20> bytes{};
  random.fill(bytes);
  return base32_encode(bytes);
}

std::string totp_code(std::string_view secret, WallTime at) {
  const auto key = base32_decode(secret);
  return key ? code_of(*key, step_of(at)) : std::string();
}

bool is_totp_code(std::string_view secret, std::string_view code, WallTime now) {
  const auto key = base32_decode(secret);
  if (!key || key->empty()) return false;
  bool found = false;
  for (const std::int64_t skew : {-1, 0, 1}) {
    const std::string expected = code_of(*key, step_of(now) + skew);
    found |=
        constant_time_equal(std::as_bytes(std::span(expected)), std::as_bytes(std::span(code)));
  }
  return found;
}

std::string totp_uri(std::string_view issuer, std::string_view account, std::string_view secret) {
  return fmt::format("otpauth://totp/{}:{}?algorithm=SHA1&digits=6&issuer={}&period=30&secret={}",
                     percent_encode(issuer), percent_encode(account), percent_encode(issuer),
                     secret);
}

}  // namespace antiphon
