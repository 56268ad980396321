// Base64 (RFC 4648): standard with padding, and the URL alphabet without.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

[[nodiscard]] std::string base64_encode(std::span<const std::byte> bytes);
[[nodiscard]] std::string base64url_encode(std::span<const std::byte> bytes);
// Accept only the canonical form: no white space, exact padding, zero spare bits.
[[nodiscard]] std::optional<std::vector<std::byte>> base64_decode(std::string_view text);
[[nodiscard]] std::optional<std::vector<std::byte>> base64url_decode(std::string_view text);

}  // namespace antiphon
