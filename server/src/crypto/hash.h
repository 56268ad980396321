// SHA-256 (FIPS 180-4), HMAC-SHA-256 (RFC 2104) and a comparison that takes the same time for every
// input.
//
// Errors  sha256_of_file: not_found, unavailable (the message names the file).
// Thread  any; a Sha256Stream belongs to one.
#pragma once

#include "core/result.h"

#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace antiphon {

using Sha256 = std::array<std::byte, 32>;

[[nodiscard]] Sha256 sha256(std::span<const std::byte> bytes);
[[nodiscard]] Sha256 sha256(std::string_view text);
// Reads in pieces of 64 KiB. Blocks on the disk: not on a loop that carries calls.
[[nodiscard]] Result<Sha256> sha256_of_file(const std::filesystem::path& file);

// For bytes that arrive in pieces: update() as often as needed, finish() once.
class Sha256Stream {
 public:
  Sha256Stream();
  Sha256Stream(const Sha256Stream&) = delete;
  Sha256Stream& operator=(const Sha256Stream&) = delete;
  ~Sha256Stream();

  void update(std::span<const std::byte> bytes);
  [[nodiscard]] Sha256 finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

[[nodiscard]] Sha256 hmac_sha256(std::span<const std::byte> key,
                                 std::span<const std::byte> message);

// Different lengths are unequal; their difference is not hidden, the contents are.
[[nodiscard]] bool constant_time_equal(std::span<const std::byte> left,
                                       std::span<const std::byte> right);

// Lower case, two characters a byte.
[[nodiscard]] std::string to_hex(std::span<const std::byte> bytes);
// Either case; nothing else.
[[nodiscard]] std::optional<Sha256> sha256_from_hex(std::string_view text);

}  // namespace antiphon
