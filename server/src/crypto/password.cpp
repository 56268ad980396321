#include "crypto/password.h"

#include "core/check.h"
#include "crypto/hash.h"

#include <crypt.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>

namespace antiphon {

namespace {

constexpr unsigned long kCost = 10;  // what Supabase Auth uses
// Of a password that nobody knows: compared with where there is no account, for the time it takes.
constexpr const char* kNobody = "$2b$10$C6UzMDM.H6dfI/f/IKcEeO6yfZ8vmkvRrnfFqMqyqSr8xvVQfFPfi";

// 32 KiB: too large for the stack of a coroutine's thread.
std::string crypt_with(std::string_view password, const char* setting) {
  const auto data = std::make_unique<crypt_data>();
  const char* hash = crypt_r(std::string(password).c_str(), setting, data.get());
  return hash == nullptr || hash[0] == '*' ? std::string() : std::string(hash);
}

bool is_bcrypt(std::string_view hash) {
  constexpr std::size_t kSize = 60;
  return hash.size() == kSize &&
         (hash.starts_with("$2a$") || hash.starts_with("$2b$") || hash.starts_with("$2y$"));
}

// The head of every list of leaked passwords that are 8 bytes or longer, in lower case.
constexpr std::array<std::string_view, 84> kCommon{
    "00000000",       "11111111",   "111111111",  "1111111111", "11223344",      "12121212",
    "12341234",       "123123123",  "12344321",   "12345678",   "123456789",     "1234567890",
    "12345678910",    "123456789a", "123456abc",  "1234qwer",   "123abc123",     "147258369",
    "1q2w3e4r",       "1q2w3e4r5t", "1qaz2wsx",   "1qazxsw2",   "22222222",      "55555555",
    "66666666",       "77777777",   "87654321",   "88888888",   "987654321",     "99999999",
    "a1b2c3d4",       "a1234567",   "a12345678",  "aa123456",   "aa12345678",    "abc12345",
    "abcd1234",       "abcdefgh",   "access14",   "adminadmin", "administrator", "admin123",
    "administrator1", "alexander",  "asdf1234",   "asdfasdf",   "asdfghjk",      "asdfghjkl",
    "baseball",       "basketball", "changeme",   "charlie1",   "computer",      "corvette",
    "football",       "football1",  "iloveyou",   "iloveyou1",  "internet",      "jennifer",
    "letmein1",       "letmein123", "liverpool",  "michelle",   "monkey123",     "p@ssw0rd",
    "passw0rd",       "password",   "password!",  "password1",  "password12",    "password123",
    "princess",       "princess1",  "q1w2e3r4",   "qwer1234",   "qwerasdf",      "qwerty12",
    "qwerty123",      "qwertyui",   "qwertyuiop", "starwars",   "sunshine",      "superman"};

}  // namespace

std::string hash_password(std::string_view password) {
  CHECK(password.size() <= kPasswordMax, "longer passwords are refused before");
  std::array<char, CRYPT_GENSALT_OUTPUT_SIZE> setting{};
  CHECK(crypt_gensalt_rn("$2b$", kCost, nullptr, 0, setting.data(), setting.size()) != nullptr,
        "the kernel gives random bytes");
  std::string hash = crypt_with(password, setting.data());
  CHECK(is_bcrypt(hash), "libxcrypt has bcrypt");
  return hash;
}

bool is_password(std::string_view password, std::string_view hash) {
  const bool possible =
      is_bcrypt(hash) && password.size() <= kPasswordMax && !password.contains('\0');
  const std::string setting(is_bcrypt(hash) ? hash : std::string_view(kNobody));
  const std::string given =
      crypt_with(password.substr(0, std::min(password.size(), kPasswordMax)), setting.c_str());
  const bool equal =
      constant_time_equal(std::as_bytes(std::span(given)), std::as_bytes(std::span(setting)));
  return equal && possible;
}

bool is_common_password(std::string_view password) {
  std::string lower(password);
  for (char& letter : lower) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return std::ranges::find(kCommon, lower) != kCommon.end();
}

}  // namespace antiphon
