#include "core/uuid.h"

#include <cstring>

namespace antiphon {

namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

void set_version(std::array<std::uint8_t, 16>& bytes, unsigned version) {
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0FU) | (version << 4U));
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3FU) | 0x80U);
}

bool has_dash_before(std::size_t byte) { return byte == 4 || byte == 6 || byte == 8 || byte == 10; }

std::optional<unsigned> hex_value(char character) {
  if (character >= '0' && character <= '9') return static_cast<unsigned>(character - '0');
  if (character >= 'a' && character <= 'f') return static_cast<unsigned>(character - 'a' + 10);
  if (character >= 'A' && character <= 'F') return static_cast<unsigned>(character - 'A' + 10);
  return std::nullopt;
}

}  // namespace

Uuid Uuid::make_random(Random& random) {
  Uuid uuid;
  random.fill(std::as_writable_bytes(std::span(uuid.bytes_)));
  set_version(uuid.bytes_, 4);
  return uuid;
}

Uuid Uuid::make_ordered(WallTime time, Random& random) {
  Uuid uuid;
  random.fill(std::as_writable_bytes(std::span(uuid.bytes_)));
  auto milliseconds = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count());
  for (std::size_t index = 6; index-- > 0; milliseconds >>= 8U) {
    uuid.bytes_[index] = static_cast<std::uint8_t>(milliseconds & 0xFFU);
  }
  set_version(uuid.bytes_, 7);
  return uuid;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  Uuid uuid;
  std::size_t position = 0;
  for (std::size_t byte = 0; byte < 16; ++byte) {
    if (has_dash_before(byte) && text[position++] != '-') return std::nullopt;
    const auto high = hex_value(text[position]);
    const auto low = hex_value(text[position + 1]);
    if (!high || !low) return std::nullopt;
    uuid.bytes_[byte] = static_cast<std::uint8_t>(*high << 4U | *low);
    position += 2;
  }
  return uuid;
}

Uuid Uuid::from_bytes(std::span<const std::byte, 16> bytes) {
  Uuid uuid;
  std::memcpy(uuid.bytes_.data(), bytes.data(), bytes.size());
  return uuid;
}

std::string Uuid::to_string() const {
  std::string text;
  text.reserve(36);
  for (std::size_t byte = 0; byte < 16; ++byte) {
    if (has_dash_before(byte)) text += '-';
    text += kHexDigits[bytes_[byte] >> 4U];
    text += kHexDigits[bytes_[byte] & 0x0FU];
  }
  return text;
}

}  // namespace antiphon

std::size_t std::hash<antiphon::Uuid>::operator()(const antiphon::Uuid& uuid) const noexcept {
  // Random bits stand at the end in both versions.
  std::size_t value = 0;
  std::memcpy(&value, uuid.bytes().data() + 8, sizeof value);
  return value;
}
