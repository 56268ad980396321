// Sealing of what is stored: a master key seals workspace keys, a workspace key seals items.
//
//   const std::string wrapped = seal_key(master, workspace_key, place, random);
//   const std::string sealed = seal_item(workspace_key, 3, "sk-…", place, random);
//   Result<std::string> text = open_item(workspace_key, sealed, place);
//
// Format     header of 16 bytes: "AE", version 1, kind, key version (4, little-endian), id of the
//            sealing key (8); salt 16; nonce 24; ciphertext; tag 16. An envelope is kEnvelopeExtra
//            bytes longer than what it holds.
// Algorithm  the item's own key is BLAKE2b-256 of the salt, keyed with the sealing key; with it
//            XChaCha20-Poly1305 (libsodium). The header, the salt and the place are authenticated:
//            what was moved to another row, column or workspace does not open.
// Limits     kItemMax bytes of text.
// Errors     open: corrupt, with the same words for every wrong key, place and byte; too_large.
// Thread     any.
// Source     libsodium crypto_aead_xchacha20poly1305_ietf; RFC 7693.
#pragma once

#include "core/result.h"
#include "core/uuid.h"
#include "crypto/secret_key.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace antiphon {

// Where a sealed value lives.
struct SealedPlace {
  std::string_view table;
  std::string_view column;
  Uuid workspace;
  Uuid row;
  std::uint64_t part = 0;  // of a row that is sealed in parts
};

inline constexpr std::size_t kEnvelopeHeader = 16;
inline constexpr std::size_t kEnvelopeExtra = kEnvelopeHeader + 16 + 24 + 16;
inline constexpr std::size_t kItemMax = std::size_t{4} << 20;

struct EnvelopeHeader {
  enum class Kind : std::uint8_t { key = 1, item = 2 };
  Kind kind = Kind::item;
  std::uint32_t key_version = 0;  // of the workspace key: the one inside, or the one that seals
  KeyId key_id{};                 // of the sealing key
};

// nullopt: not an envelope that this version reads.
[[nodiscard]] std::optional<EnvelopeHeader> read_envelope_header(std::string_view sealed);

[[nodiscard]] std::string seal_key(const SecretKey& master, const SecretKey& key,
                                   std::uint32_t version, const SealedPlace& place, Random& random);
[[nodiscard]] Result<SecretKey> open_key(const SecretKey& master, std::string_view sealed,
                                         const SealedPlace& place);

// `text` is at most kItemMax bytes.
[[nodiscard]] std::string seal_item(const SecretKey& key, std::uint32_t version,
                                    std::string_view text, const SealedPlace& place,
                                    Random& random);
[[nodiscard]] Result<std::string> open_item(const SecretKey& key, std::string_view sealed,
                                            const SealedPlace& place);

}  // namespace antiphon
