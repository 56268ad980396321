#include "crypto/envelope.h"

#include "core/check.h"

#include <sodium.h>

#include <algorithm>

namespace antiphon {

namespace {

constexpr std::string_view kMagic = "AE";
constexpr char kVersion = 1;
constexpr std::size_t kSalt = 16;
constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(kEnvelopeExtra == kEnvelopeHeader + kSalt + kNonce + kTag);
static_assert(SecretKey::kSize == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

void ensure_sodium() {
  static const bool ready = sodium_init() >= 0;
  CHECK(ready, "libsodium finds the kernel's randomness");
}

const unsigned char* raw(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* raw(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* raw(const SecretKey& key) {
  return reinterpret_cast<const unsigned char*>(key.bytes().data());
}

SecretKey derive(const SecretKey& key, std::string_view salt) {
  std::array<std::byte, SecretKey::kSize> derived{};
  crypto_generichash(reinterpret_cast<unsigned char*>(derived.data()), derived.size(), raw(salt),
                     salt.size(), raw(key), SecretKey::kSize);
  const SecretKey made(derived);
  sodium_memzero(derived.data(), derived.size());
  return made;
}

template <class Number>
void put_number(std::string& out, Number number) {
  for (std::size_t i = 0; i < sizeof(Number); ++i)
    out.push_back(static_cast<char>(number >> (8 * i)));
}

// Lengths in front, so that no two places have the same bytes.
void put_text(std::string& out, std::string_view text) {
  put_number(out, static_cast<std::uint32_t>(text.size()));
  out += text;
}

void put_uuid(std::string& out, const Uuid& uuid) {
  out.append(reinterpret_cast<const char*>(uuid.bytes().data()), uuid.bytes().size());
}

std::string context_of(std::string_view head, const SealedPlace& place) {
  std::string context(head);
  put_text(context, place.table);
  put_text(context, place.column);
  put_uuid(context, place.workspace);
  put_uuid(context, place.row);
  put_number(context, place.part);
  return context;
}

std::string random_bytes(Random& random, std::size_t count) {
  std::string bytes(count, '\0');
  random.fill(std::as_writable_bytes(std::span(bytes)));
  return bytes;
}

std::string seal(EnvelopeHeader::Kind kind, const SecretKey& key, std::uint32_t version,
                 std::string_view text, const SealedPlace& place, Random& random) {
  ensure_sodium();
  CHECK(text.size() <= kItemMax, "callers cap what they seal");
  std::string sealed(kMagic);
  sealed.push_back(kVersion);
  sealed.push_back(static_cast<char>(kind));
  put_number(sealed, version);
  const KeyId id = key_id_of(key);
  sealed.append(reinterpret_cast<const char*>(id.data()), id.size());
  sealed += random_bytes(random, kSalt);
  const std::string context = context_of(sealed, place);
  const SecretKey own = derive(key, std::string_view(sealed).substr(kEnvelopeHeader, kSalt));
  const std::string nonce = random_bytes(random, kNonce);
  sealed += nonce;
  const std::size_t front = sealed.size();
  sealed.resize(front + text.size() + kTag);
  crypto_aead_xchacha20poly1305_ietf_encrypt(raw(sealed) + front, nullptr, raw(text), text.size(),
                                             raw(context), context.size(), nullptr, raw(nonce),
                                             raw(own));
  return sealed;
}

Result<std::string> open(EnvelopeHeader::Kind kind, const SecretKey& key, std::string_view sealed,
                         const SealedPlace& place) {
  ensure_sodium();
  const auto refused = failure(
      ErrorCode::corrupt, "a sealed value does not open: another key, another place, or damage");
  const auto header = read_envelope_header(sealed);
  if (!header || header->kind != kind || header->key_id != key_id_of(key)) return refused;
  if (sealed.size() > kItemMax + kEnvelopeExtra) {
    return failure(ErrorCode::too_large, "a sealed value is over the limit");
  }
  const std::string context = context_of(sealed.substr(0, kEnvelopeHeader + kSalt), place);
  const SecretKey own = derive(key, sealed.substr(kEnvelopeHeader, kSalt));
  const std::string_view nonce = sealed.substr(kEnvelopeHeader + kSalt, kNonce);
  const std::string_view body = sealed.substr(kEnvelopeHeader + kSalt + kNonce);
  std::string text(body.size() - kTag, '\0');
  const int wrong = crypto_aead_xchacha20poly1305_ietf_decrypt(
      raw(text), nullptr, nullptr, raw(body), body.size(), raw(context), context.size(), raw(nonce),
      raw(own));
  if (wrong != 0) return refused;
  return text;
}

}  // namespace

SecretKey::SecretKey(std::span<const std::byte, kSize> bytes) {
  std::ranges::copy(bytes, bytes_.begin());
}

SecretKey SecretKey::make_random(Random& random) {
  SecretKey key;
  random.fill(key.bytes_);
  return key;
}

SecretKey::~SecretKey() { sodium_memzero(bytes_.data(), bytes_.size()); }

bool SecretKey::operator==(const SecretKey& other) const {
  return sodium_memcmp(bytes_.data(), other.bytes_.data(), kSize) == 0;
}

KeyId key_id_of(const SecretKey& key) {
  static constexpr std::string_view kMeaning = "antiphon key id";
  std::array<unsigned char, crypto_generichash_BYTES_MIN> hash{};
  crypto_generichash(hash.data(), hash.size(), raw(kMeaning), kMeaning.size(), raw(key),
                     SecretKey::kSize);
  KeyId id{};
  std::ranges::transform(std::span(hash).first<8>(), id.begin(),
                         [](unsigned char byte) { return std::byte{byte}; });
  return id;
}

std::optional<EnvelopeHeader> read_envelope_header(std::string_view sealed) {
  if (sealed.size() < kEnvelopeExtra || !sealed.starts_with(kMagic) || sealed[2] != kVersion) {
    return std::nullopt;
  }
  const auto kind = static_cast<EnvelopeHeader::Kind>(sealed[3]);
  if (kind != EnvelopeHeader::Kind::key && kind != EnvelopeHeader::Kind::item) return std::nullopt;
  EnvelopeHeader header{.kind = kind};
  for (std::size_t i = 0; i < 4; ++i) {
    header.key_version |= static_cast<std::uint32_t>(raw(sealed)[4 + i]) << (8 * i);
  }
  for (std::size_t i = 0; i < header.key_id.size(); ++i)
    header.key_id[i] = static_cast<std::byte>(sealed[8 + i]);
  return header;
}

std::string seal_key(const SecretKey& master, const SecretKey& key, std::uint32_t version,
                     const SealedPlace& place, Random& random) {
  const auto bytes = key.bytes();
  return seal(EnvelopeHeader::Kind::key, master, version,
              {reinterpret_cast<const char*>(bytes.data()), bytes.size()}, place, random);
}

Result<SecretKey> open_key(const SecretKey& master, std::string_view sealed,
                           const SealedPlace& place) {
  auto text = open(EnvelopeHeader::Kind::key, master, sealed, place);
  if (!text) return std::unexpected(text.error());
  if (text->size() != SecretKey::kSize) {
    return failure(ErrorCode::corrupt, "a sealed key has another length than keys have");
  }
  const SecretKey key(std::as_bytes(std::span(*text)).first<SecretKey::kSize>());
  sodium_memzero(text->data(), text->size());
  return key;
}

std::string seal_item(const SecretKey& key, std::uint32_t version, std::string_view text,
                      const SealedPlace& place, Random& random) {
  return seal(EnvelopeHeader::Kind::item, key, version, text, place, random);
}

Result<std::string> open_item(const SecretKey& key, std::string_view sealed,
                              const SealedPlace& place) {
  return open(EnvelopeHeader::Kind::item, key, sealed, place);
}

}  // namespace antiphon
