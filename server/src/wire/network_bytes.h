// Numbers in network byte order (big-endian), as every media protocol writes them.
//
// The caller checks that offset and size fit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace antiphon {

[[nodiscard]] inline std::uint8_t read_u8(std::span<const std::byte> bytes, std::size_t offset) {
  return std::to_integer<std::uint8_t>(bytes[offset]);
}

[[nodiscard]] inline std::uint16_t read_u16(std::span<const std::byte> bytes, std::size_t offset) {
  return static_cast<std::uint16_t>(read_u8(bytes, offset) << 8 | read_u8(bytes, offset + 1));
}

[[nodiscard]] inline std::uint32_t read_u24(std::span<const std::byte> bytes, std::size_t offset) {
  return static_cast<std::uint32_t>(read_u8(bytes, offset)) << 16 | read_u16(bytes, offset + 1);
}

[[nodiscard]] inline std::uint32_t read_u32(std::span<const std::byte> bytes, std::size_t offset) {
  return static_cast<std::uint32_t>(read_u16(bytes, offset)) << 16 | read_u16(bytes, offset + 2);
}

inline void write_u8(std::span<std::byte> bytes, std::size_t offset, unsigned value) {
  bytes[offset] = static_cast<std::byte>(value & 0xff);
}

inline void write_u16(std::span<std::byte> bytes, std::size_t offset, unsigned value) {
  write_u8(bytes, offset, value >> 8);
  write_u8(bytes, offset + 1, value);
}

inline void write_u32(std::span<std::byte> bytes, std::size_t offset, std::uint32_t value) {
  write_u16(bytes, offset, value >> 16);
  write_u16(bytes, offset + 2, value);
}

}  // namespace antiphon
