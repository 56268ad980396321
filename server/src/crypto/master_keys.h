// The master keys of an installation, as text: the first seals, the others still open what was
// sealed before a rotation.
//
//   Result<MasterKeys> keys = MasterKeys::parse(text, "ANTIPHON_MASTER_KEY");
//
// Format  base64url (43 characters) or 64 hexadecimal digits a key; keys are separated by white
//         space or commas. At most kMasterKeysMax.
// Errors  invalid_argument; the message begins with the name of the place and never holds a key.
//         Refused are: a key that is not 32 bytes, one of zeros or of few different bytes, one
//         that counts, one that stands in a manual, the same key twice.
// Thread  any.
#pragma once

#include "core/result.h"
#include "crypto/secret_key.h"

#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

inline constexpr std::size_t kMasterKeysMax = 8;

class MasterKeys {
 public:
  explicit MasterKeys(SecretKey current) : keys_{std::move(current)} {}
  [[nodiscard]] static Result<MasterKeys> parse(std::string_view text, std::string_view place);

  [[nodiscard]] const SecretKey& current() const { return keys_.front(); }
  // Null: no such key here.
  [[nodiscard]] const SecretKey* find(const KeyId& id) const;
  [[nodiscard]] const std::vector<SecretKey>& all() const { return keys_; }
  // A new key in front of the others.
  void put_in_front(SecretKey key);
  void drop(const KeyId& id);
  // One key a line, the current one first.
  [[nodiscard]] std::string to_text() const;

 private:
  MasterKeys() = default;
  std::vector<SecretKey> keys_;
};

[[nodiscard]] std::string to_text(const KeyId& id);

// Refuses a secret of any kind that is weak or published, for every secret that a person sets.
// Errors  invalid_argument: "NAME is ..."; the message never holds the secret.
[[nodiscard]] Result<> check_secret(std::string_view name, std::string_view secret,
                                    std::size_t bytes_min);

}  // namespace antiphon
