#include "wire/media_stream.h"

namespace antiphon {

namespace {

void append_base64(std::span<const std::uint8_t> bytes, std::string& out) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto digit = [&](unsigned value) { out += kAlphabet[value & 0x3FU]; };
  while (bytes.size() >= 3) {
    const unsigned bits = unsigned{bytes[0]} << 16U | unsigned{bytes[1]} << 8U | bytes[2];
    digit(bits >> 18U);
    digit(bits >> 12U);
    digit(bits >> 6U);
    digit(bits);
    bytes = bytes.subspan(3);
  }
  if (bytes.empty()) return;
  const bool two = bytes.size() == 2;
  const unsigned bits = unsigned{bytes[0]} << 16U | (two ? unsigned{bytes[1]} << 8U : 0U);
  digit(bits >> 18U);
  digit(bits >> 12U);
  if (two) digit(bits >> 6U);
  out += two ? "=" : "==";
}

// Closes the object with the member that names the stream. Telnyx knows it by its socket.
void append_stream(StreamDialect dialect, std::string_view stream_id, std::string& out) {
  if (dialect != StreamDialect::telnyx) {
    out += dialect == StreamDialect::twilio ? R"(,"streamSid":")" : R"(,"streamId":")";
    out += stream_id;
    out += '"';
  }
  out += '}';
}

}  // namespace

void write_stream_media(StreamDialect dialect, std::string_view stream_id,
                        std::span<const std::uint8_t> audio, std::string& out) {
  constexpr std::string_view kPlay =
      R"({"event":"playAudio","media":{"contentType":"audio/x-mulaw",)"
      R"("sampleRate":8000,"payload":")";
  out += dialect == StreamDialect::plivo ? kPlay : R"({"event":"media","media":{"payload":")";
  append_base64(audio, out);
  out += "\"}";
  append_stream(dialect, stream_id, out);
}

void write_stream_mark(StreamDialect dialect, std::string_view stream_id, std::string_view name,
                       std::string& out) {
  const bool plivo = dialect == StreamDialect::plivo;
  out += plivo ? R"({"event":"checkpoint","name":")" : R"({"event":"mark","mark":{"name":")";
  out += name;
  out += plivo ? "\"" : "\"}";
  append_stream(dialect, stream_id, out);
}

void write_stream_clear(StreamDialect dialect, std::string_view stream_id, std::string& out) {
  out += dialect == StreamDialect::plivo ? R"({"event":"clearAudio")" : R"({"event":"clear")";
  append_stream(dialect, stream_id, out);
}

}  // namespace antiphon
