#include "core/base64.h"

#include <array>
#include <cstdint>

namespace antiphon {

namespace {

constexpr std::string_view kStandard =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrl =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t kInvalid = 0xFF;

constexpr std::array<std::uint8_t, 256> reverse(std::string_view alphabet) {
  std::array<std::uint8_t, 256> table{};
  table.fill(kInvalid);
  for (std::size_t index = 0; index < alphabet.size(); ++index) {
    table[static_cast<unsigned char>(alphabet[index])] = static_cast<std::uint8_t>(index);
  }
  return table;
}

std::string encode(std::span<const std::byte> bytes, std::string_view alphabet) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const std::byte byte : bytes) {
    bits = bits << 8U | std::to_integer<std::uint32_t>(byte);
    count += 8;
    while (count >= 6) {
      count -= 6;
      text += alphabet[bits >> count & 0x3FU];
    }
  }
  if (count > 0) text += alphabet[bits << (6 - count) & 0x3FU];
  return text;
}

std::optional<std::vector<std::byte>> decode(std::string_view text,
                                             const std::array<std::uint8_t, 256>& table) {
  if (text.size() % 4 == 1) return std::nullopt;
  std::vector<std::byte> bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char character : text) {
    const std::uint8_t value = table[static_cast<unsigned char>(character)];
    if (value == kInvalid) return std::nullopt;
    bits = bits << 6U | value;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes.push_back(static_cast<std::byte>(bits >> count & 0xFFU));
    }
  }
  if ((bits & ((1U << count) - 1U)) != 0) return std::nullopt;
  return bytes;
}

}  // namespace

std::string base64_encode(std::span<const std::byte> bytes) {
  std::string text = encode(bytes, kStandard);
  while (text.size() % 4 != 0)
    text += '=';
  return text;
}

std::string base64url_encode(std::span<const std::byte> bytes) { return encode(bytes, kUrl); }

std::optional<std::vector<std::byte>> base64_decode(std::string_view text) {
  static constexpr auto kTable = reverse(kStandard);
  if (text.size() % 4 != 0) return std::nullopt;
  if (text.ends_with('=')) text.remove_suffix(text.ends_with("==") ? 2 : 1);
  return decode(text, kTable);
}

std::optional<std::vector<std::byte>> base64url_decode(std::string_view text) {
  static constexpr auto kTable = reverse(kUrl);
  return decode(text, kTable);
}

}  // namespace antiphon
