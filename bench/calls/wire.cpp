#include "wire.h"

#include <algorithm>
#include <bit>

namespace calls {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kHandshakeSuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
  return at < bytes.size() ? static_cast<std::uint8_t>(bytes[at]) : 0U;
}

constexpr std::array<std::int8_t, 256> kDigits = [] {
  std::array<std::int8_t, 256> digits{};
  digits.fill(-1);
  for (std::size_t digit = 0; digit < kAlphabet.size(); ++digit) {
    digits[static_cast<std::uint8_t>(kAlphabet[digit])] = static_cast<std::int8_t>(digit);
  }
  return digits;
}();

constexpr std::array<std::int16_t, 256> kSamples = [] {
  std::array<std::int16_t, 256> samples{};
  for (int code = 0; code < 256; ++code) {
    const int inverted = ~code & 0xFF;
    const int magnitude = (((inverted & 0x0F) << 3) + 0x84) << (inverted >> 4 & 7);
    samples[static_cast<std::size_t>(code)] =
        static_cast<std::int16_t>((inverted & 0x80) != 0 ? 0x84 - magnitude : magnitude - 0x84);
  }
  return samples;
}();

// SHA-1 of RFC 3174: the handshake asks for it, and nothing here trusts it.
struct Sha1 {
  std::array<std::uint32_t, 5> state{0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};

  static std::uint32_t round(std::size_t step, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
    if (step < 20) return ((b & c) | (~b & d)) + 0x5A827999;
    if (step < 40) return (b ^ c ^ d) + 0x6ED9EBA1;
    if (step < 60) return ((b & c) | (b & d) | (c & d)) + 0x8F1BBCDC;
    return (b ^ c ^ d) + 0xCA62C1D6;
  }

  void block(std::string_view bytes) {
    std::array<std::uint32_t, 80> words{};
    for (std::size_t at = 0; at < 16; ++at) {
      words[at] = byte_at(bytes, at * 4) << 24 | byte_at(bytes, at * 4 + 1) << 16 |
                  byte_at(bytes, at * 4 + 2) << 8 | byte_at(bytes, at * 4 + 3);
    }
    for (std::size_t at = 16; at < words.size(); ++at) {
      words[at] = std::rotl(words[at - 3] ^ words[at - 8] ^ words[at - 14] ^ words[at - 16], 1);
    }
    auto [a, b, c, d, e] = state;
    for (std::size_t step = 0; step < words.size(); ++step) {
      const std::uint32_t next = std::rotl(a, 5) + round(step, b, c, d) + e + words[step];
      e = d;
      d = c;
      c = std::rotl(b, 30);
      b = a;
      a = next;
    }
    state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d, state[4] + e};
  }
};

std::string sha1(std::string message) {
  const std::uint64_t bits = message.size() * 8;
  message += static_cast<char>(0x80);
  message.append((120 - message.size() % 64) % 64, '\0');
  for (int shift = 56; shift >= 0; shift -= 8)
    message += static_cast<char>(bits >> shift);
  Sha1 digest;
  for (std::size_t at = 0; at < message.size(); at += 64) {
    digest.block(std::string_view(message).substr(at, 64));
  }
  std::string bytes;
  for (const std::uint32_t word : digest.state) {
    for (int shift = 24; shift >= 0; shift -= 8)
      bytes += static_cast<char>(word >> shift);
  }
  return bytes;
}

}  // namespace

std::string base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::uint32_t three =
        byte_at(bytes, at) << 16 | byte_at(bytes, at + 1) << 8 | byte_at(bytes, at + 2);
    text += kAlphabet[three >> 18];
    text += kAlphabet[three >> 12 & 63];
    text += at + 1 < bytes.size() ? kAlphabet[three >> 6 & 63] : '=';
    text += at + 2 < bytes.size() ? kAlphabet[three & 63] : '=';
  }
  return text;
}

std::size_t decode_base64(std::string_view text, std::span<char> into) {
  std::size_t size = 0;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char letter : text) {
    const int digit = kDigits[static_cast<std::uint8_t>(letter)];
    if (digit < 0) continue;
    bits = bits << 6 | static_cast<std::uint32_t>(digit);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    if (size == into.size()) break;
    into[size++] = static_cast<char>(bits >> held);
  }
  return size;
}

std::string accept_of(std::string_view key) {
  return base64(sha1(std::string(key) + std::string(kHandshakeSuffix)));
}

const std::array<std::int16_t, 256>& mulaw_samples() { return kSamples; }

std::string frame_of(Opcode opcode, std::string_view payload, Sender sender) {
  const int mask = sender == Sender::client ? 0x80 : 0;
  std::string frame(1, static_cast<char>(0x80 | static_cast<int>(opcode)));
  int shift = -8;
  if (payload.size() < 126) {
    frame += static_cast<char>(mask | static_cast<int>(payload.size()));
  } else {
    const bool is_short = payload.size() < 65'536;
    frame += static_cast<char>(mask | (is_short ? 126 : 127));
    shift = is_short ? 8 : 56;
  }
  for (; shift >= 0; shift -= 8) {
    frame += static_cast<char>(static_cast<std::uint64_t>(payload.size()) >> shift);
  }
  if (mask != 0) frame.append(4, '\0');
  return frame.append(payload);
}

std::optional<Frame> next_frame(std::string& buffer, std::size_t offset) {
  const std::string_view left = std::string_view(buffer).substr(offset);
  if (left.size() < 2) return std::nullopt;
  const std::uint32_t first = byte_at(left, 0);
  const std::uint32_t second = byte_at(left, 1);
  std::uint64_t length = second & 0x7F;
  const std::size_t extra = length == 126 ? 2 : length == 127 ? 8 : 0;
  const bool is_masked = (second & 0x80) != 0;
  const std::size_t head = 2 + extra + (is_masked ? 4 : 0);
  if (left.size() < head) return std::nullopt;
  if (extra > 0) length = 0;
  for (std::size_t at = 0; at < extra; ++at)
    length = length << 8 | byte_at(left, 2 + at);
  if (left.size() - head < length) return std::nullopt;
  const std::string_view key = is_masked ? left.substr(head - 4, 4) : std::string_view();
  if (std::ranges::any_of(key, [](char part) { return part != 0; })) {
    for (std::size_t at = 0; at < length; ++at)
      buffer[offset + head + at] ^= key[at & 3];
  }
  return Frame{.opcode = static_cast<Opcode>(first & 0x0F),
               .final = (first & 0x80) != 0,
               .payload = left.substr(head, length),
               .size = head + length};
}

std::string_view json_field(std::string_view document, std::string_view name) {
  std::size_t at = 0;
  while ((at = document.find(name, at)) != std::string_view::npos) {
    const std::size_t begin = at;
    at += name.size();
    if (begin == 0 || document[begin - 1] != '"' || document.substr(at, 1) != "\"") continue;
    const std::size_t colon = document.find_first_not_of(" \t\n", at + 1);
    if (colon == std::string_view::npos || document[colon] != ':') continue;
    std::size_t value = document.find_first_not_of(" \t\n", colon + 1);
    if (value == std::string_view::npos) return {};
    if (document[value] != '"') {
      return document.substr(value, document.find_first_of(",}] \n", value) - value);
    }
    std::size_t end = ++value;
    while (end < document.size() && document[end] != '"')
      end += document[end] == '\\' ? 2 : 1;
    return document.substr(value, end - value);
  }
  return {};
}

}  // namespace calls
