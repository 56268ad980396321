// What callers and providers put on the wire: base64, WebSocket frames, JSON fields.
//
// Input   bytes of sockets on the loopback, written by programs under test.
// Errors  none: what cannot be read is empty, and whoever asked counts it.
// Thread  any; no state.
// Source  RFC 6455 section 5; RFC 4648 section 4; ITU-T G.711 (mu-law).
//
// Nothing here is shared with the server, so that a fault of ours cannot hide on both sides.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace calls {

std::string base64(std::string_view bytes);

// Writes what fits into `into`; returns how many bytes that were.
std::size_t decode_base64(std::string_view text, std::span<char> into);

// The Sec-WebSocket-Accept that belongs to a Sec-WebSocket-Key.
std::string accept_of(std::string_view key);

// Linear samples of the 256 mu-law codes.
const std::array<std::int16_t, 256>& mulaw_samples();

enum class Opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10
};
enum class Sender : std::uint8_t { client, server };

struct Frame {
  Opcode opcode = Opcode::text;
  bool final = true;
  std::string_view payload;  // of the buffer; unmasked in place
  std::size_t size = 0;      // with its head
};

// A client's frame is masked with the key 0, which is legal and costs the generator nothing.
std::string frame_of(Opcode opcode, std::string_view payload, Sender sender);

// The frame that begins at `offset`, where the whole of it is there.
std::optional<Frame> next_frame(std::string& buffer, std::size_t offset);

// The first field of that name: what is in a string, with its escapes, or a scalar as text.
std::string_view json_field(std::string_view document, std::string_view name);

}  // namespace calls
