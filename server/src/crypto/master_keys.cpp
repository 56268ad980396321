#include "crypto/master_keys.h"

#include "core/base64.h"
#include "core/utf8.h"
#include "crypto/hash.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <span>

namespace antiphon {

namespace {

constexpr std::size_t kDistinctMin = 12;  // of the 32 bytes of a key; chance makes 26 and more
// Of a text: 32 hexadecimal digits by chance have 10 and more.
constexpr std::size_t kDistinctCharactersMin = 10;
constexpr std::string_view kSeparators = " \t\r\n,";

// What stands in manuals, ours and Supabase's: whoever read them has these.
constexpr std::array<std::string_view, 13> kPublished = {
    "super-secret-jwt-token-with-at-least-32-characters-long",
    "your-super-secret-jwt-token-with-at-least-32-characters-long",
    "your-super-secret-and-long-postgres-password",
    "your-super-secret-and-long-postgres-password-here",
    "reallyreallyreallyreallyverysafeandsecurejwtsecret",
    "37c304f8-51aa-419a-a1af-06154e63707a",
    "UE4z1lJzYGnQbJVgYTOAsfAoNpbfVNYJQYXvMDnsiNI=",
    "your-encryption-key-32-chars-min",
    "this_password_is_insecure_and_should_be_updated",
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzdXBhYmFzZS1kZW1vIiwicm9sZSI6ImFub24iLCJleHAi"
    "OjE5ODM4MTI5OTZ9.CRXP1A7WOeoJeXxjNni43kdQwgnWNReilDMblYTn_I0",
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzdXBhYmFzZS1kZW1vIiwicm9sZSI6InNlcnZpY2Vfcm9s"
    "ZSIsImV4cCI6MTk4MzgxMjk5Nn0.EGIM96RAZx35lJzdJsyH-qQwv8Hdp7fsn3W0YpN81IU",
    "q9Jm3v0ZrT1xW7cK5yB8nE2fH6sL4dPgAuVoXiRtMwY",
    "change-me-change-me-change-me-change-me",
};

bool is_published(std::string_view secret) {
  return std::ranges::find(kPublished, secret) != kPublished.end();
}

// 00 01 02 …, or any other constant step; all the same is a step of 0.
bool counts(std::span<const std::byte> bytes) {
  if (bytes.size() < 3) return true;
  const auto step = [&bytes](std::size_t i) {
    return static_cast<std::uint8_t>(std::to_integer<int>(bytes[i]) -
                                     std::to_integer<int>(bytes[i - 1]));
  };
  for (std::size_t i = 2; i < bytes.size(); ++i) {
    if (step(i) != step(1)) return false;
  }
  return true;
}

std::size_t distinct(std::span<const std::byte> bytes) {
  return std::set<std::byte>(bytes.begin(), bytes.end()).size();
}

std::unexpected<Error> refused(std::string_view name, std::string_view why) {
  return failure(ErrorCode::invalid_argument, std::string(name) + " " + std::string(why));
}

constexpr std::string_view kMakeOne = "; make one with: antiphon keys make";

Result<SecretKey> parse_key(std::string_view text, std::string_view place) {
  if (is_published(text)) {
    return refused(place, "is published in a manual" + std::string(kMakeOne));
  }
  std::optional<std::vector<std::byte>> bytes = base64url_decode(text);
  if (!bytes || bytes->size() != SecretKey::kSize) {
    const auto hex = sha256_from_hex(text);
    if (!hex) {
      return refused(place,
                     "is not 32 bytes as 43 characters of base64url or 64 hexadecimal digits" +
                         std::string(kMakeOne));
    }
    bytes.emplace(hex->begin(), hex->end());
  }
  const SecretKey key(std::span(*bytes).first<SecretKey::kSize>());
  const bool is_weak = counts(key.bytes()) || distinct(key.bytes()) < kDistinctMin;
  std::ranges::fill(*bytes, std::byte{0});
  if (is_weak) {
    return refused(place, "is weak: a key of zeros, of few different bytes, or one that counts" +
                              std::string(kMakeOne));
  }
  return key;
}

}  // namespace

Result<MasterKeys> MasterKeys::parse(std::string_view text, std::string_view place) {
  MasterKeys keys;
  while (true) {
    const std::size_t begin = text.find_first_not_of(kSeparators);
    if (begin == std::string_view::npos) break;
    text.remove_prefix(begin);
    const std::size_t end = std::min(text.find_first_of(kSeparators), text.size());
    const auto key = parse_key(text.substr(0, end), place);
    if (!key) return std::unexpected(key.error());
    if (std::ranges::find(keys.keys_, *key) != keys.keys_.end()) {
      return refused(place, "holds the same key twice");
    }
    keys.keys_.push_back(*key);
    text.remove_prefix(end);
  }
  if (keys.keys_.empty()) return refused(place, "is empty" + std::string(kMakeOne));
  if (keys.keys_.size() > kMasterKeysMax) return refused(place, "holds more than 8 keys");
  return keys;
}

const SecretKey* MasterKeys::find(const KeyId& id) const {
  const auto found =
      std::ranges::find_if(keys_, [&id](const SecretKey& key) { return key_id_of(key) == id; });
  return found == keys_.end() ? nullptr : &*found;
}

void MasterKeys::put_in_front(SecretKey key) { keys_.insert(keys_.begin(), std::move(key)); }

void MasterKeys::drop(const KeyId& id) {
  std::erase_if(keys_, [&id](const SecretKey& key) { return key_id_of(key) == id; });
}

std::string MasterKeys::to_text() const {
  std::string text;
  for (const SecretKey& key : keys_)
    text += base64url_encode(key.bytes()) + "\n";
  return text;
}

std::string to_text(const KeyId& id) { return to_hex(id); }

Result<> check_secret(std::string_view name, std::string_view secret, std::size_t bytes_min) {
  if (is_published(secret)) {
    return refused(name, "is published in a manual; make one with: openssl rand -base64 48");
  }
  if (secret.size() < bytes_min) {
    return refused(name, "has fewer than " + std::to_string(bytes_min) +
                             " bytes; make one with: openssl rand -base64 48");
  }
  const auto bytes = std::as_bytes(std::span(secret));
  if (counts(bytes) || distinct(bytes) < std::min(kDistinctCharactersMin, bytes_min)) {
    return refused(name,
                   "is weak: few different characters; make one with: openssl rand -base64 48");
  }
  return {};
}

}  // namespace antiphon
