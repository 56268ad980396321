// 32 bytes that open something. Wiped when they go; never printed.
//
// Thread  any.
#pragma once

#include "core/random.h"

#include <array>
#include <cstddef>
#include <span>
#include <string>

namespace antiphon {

class SecretKey {
 public:
  static constexpr std::size_t kSize = 32;

  explicit SecretKey(std::span<const std::byte, kSize> bytes);
  [[nodiscard]] static SecretKey make_random(Random& random);
  SecretKey(const SecretKey&) = default;
  SecretKey& operator=(const SecretKey&) = default;
  ~SecretKey();

  [[nodiscard]] std::span<const std::byte, kSize> bytes() const { return bytes_; }
  bool operator==(const SecretKey& other) const;

 private:
  SecretKey() = default;
  std::array<std::byte, kSize> bytes_{};
};

// Names a key without telling it: the first 8 bytes of a keyed hash.
using KeyId = std::array<std::byte, 8>;
[[nodiscard]] KeyId key_id_of(const SecretKey& key);

}  // namespace antiphon
