// The messages of the carriers' media streams: a phone call as JSON over a WebSocket, in the three
// dialects of Twilio, Telnyx and Plivo.
//
// Input   one text message, valid UTF-8. Members that we do not know are passed over, messages that
//         we do not know are `other`.
// Output  read: a StreamMessage, which is used again and again: after the first few messages
//         reading media allocates nothing. write_*: one message, appended to `out`.
// Limits  kStreamAudioMax bytes of sound in a message, kStreamParametersMax parameters, names and
//         values of kStreamTextMax bytes; ids of 1 to 256 letters, digits and "-_.:~+/=".
// Errors  protocol_error: no JSON, or not what the dialect says; too_large; the message says which.
// Thread  any.
// Source  Twilio: www.twilio.com/docs/voice/media-streams/websocket-messages
//         Telnyx: developers.telnyx.com/api-reference/websockets/stream-call-media-over-websocket
//         Plivo: plivo.com/docs/voice/audio-streaming/audio-streaming, and
//         plivo.com/docs/voice/xml/the-stream-element/checkpoint-event
#pragma once

#include "core/result.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace antiphon {

inline constexpr std::size_t kStreamAudioMax = 8'192;  // a second of µ-law
inline constexpr std::size_t kStreamParametersMax = 32;
inline constexpr std::size_t kStreamTextMax = 1'024;

enum class StreamDialect : std::uint8_t { twilio, telnyx, plivo };

// At 8 kHz, mono. A-law is Telnyx's alone; of its other codecs none is read: how its L16 orders
// the bytes is written nowhere.
enum class StreamCodec : std::uint8_t { mu_law, a_law };

enum class StreamEvent : std::uint8_t {
  connected,
  start,
  media,
  mark,     // a mark of ours was reached (Plivo: playedStream)
  dtmf,     // the caller pressed a key
  cleared,  // what was buffered is gone (Plivo: clearedAudio)
  stop,
  error,  // the carrier says that something of ours was wrong
  other,
};

struct StreamStart {
  std::string stream_id;
  std::string call_id;  // callSid, call_control_id, callId
  std::string from;     // Telnyx alone says; else "" unless a parameter does
  std::string to;
  StreamCodec codec = StreamCodec::mu_law;
  std::vector<std::pair<std::string, std::string>> parameters;

  // "" without such a parameter.
  [[nodiscard]] std::string parameter(std::string_view name) const;
};

struct StreamMessage {
  StreamEvent event = StreamEvent::other;
  StreamStart start;                // start
  std::vector<std::uint8_t> audio;  // media
  bool is_inbound = true;           // media: what the caller says, not what was said to the caller
  std::string name;                 // mark
  char digit = '\0';                // dtmf: 0-9, A-D, *, #
};

[[nodiscard]] Result<> read_stream_message(StreamDialect dialect, std::string_view text,
                                           StreamMessage& message);

// `stream_id` and `name` hold no more than what an id may: true of what was read, and of our marks.
// `audio` is in the codec of the start.
void write_stream_media(StreamDialect dialect, std::string_view stream_id,
                        std::span<const std::uint8_t> audio, std::string& out);
void write_stream_mark(StreamDialect dialect, std::string_view stream_id, std::string_view name,
                       std::string& out);
void write_stream_clear(StreamDialect dialect, std::string_view stream_id, std::string& out);

}  // namespace antiphon
