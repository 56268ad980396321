#include "core/crc32.h"

#include <array>
#include <bit>
#include <cstring>

namespace antiphon {

namespace {

static_assert(std::endian::native == std::endian::little, "the words below are read as they stand");

using Table = std::array<std::array<std::uint32_t, 256>, 8>;

constexpr Table make_table() {
  Table table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit)
      value = (value >> 1) ^ ((value & 1) != 0 ? 0xedb88320U : 0U);
    table[0][byte] = value;
  }
  for (std::size_t slice = 1; slice < table.size(); ++slice) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t value = table[slice - 1][byte];
      table[slice][byte] = (value >> 8) ^ table[0][value & 0xff];
    }
  }
  return table;
}

constexpr Table kTable = make_table();

std::uint32_t at(std::size_t slice, std::uint32_t word, int shift) {
  return kTable[slice][(word >> shift) & 0xff];
}

}  // namespace

std::uint32_t crc32(std::string_view bytes, std::uint32_t before) {
  std::uint32_t value = ~before;
  while (bytes.size() >= 8) {
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    std::memcpy(&low, bytes.data(), 4);
    std::memcpy(&high, bytes.data() + 4, 4);
    low ^= value;
    value = at(7, low, 0) ^ at(6, low, 8) ^ at(5, low, 16) ^ at(4, low, 24) ^ at(3, high, 0) ^
            at(2, high, 8) ^ at(1, high, 16) ^ at(0, high, 24);
    bytes.remove_prefix(8);
  }
  for (const char byte : bytes)
    value = (value >> 8) ^ kTable[0][(value ^ static_cast<unsigned char>(byte)) & 0xff];
  return ~value;
}

}  // namespace antiphon
