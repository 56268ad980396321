#include "wire/media_stream.h"

#include "wire/json_members.h"

#include <algorithm>
#include <array>

namespace antiphon {

namespace {

constexpr std::size_t kIdMax = 256;

struct Field {
  std::string_view name;
  std::string_view raw = {};  // still JSON; "" where the object has no such member
};

// Finds the members that are asked for. Twice the same is no message: who reads the first and who
// reads the last would read two different ones.
Result<> find(std::string_view text, std::span<Field> wanted) {
  bool twice = false;
  const bool whole = for_each_member(text, [&twice, &wanted](auto name, auto raw) {
    const auto field = std::ranges::find(wanted, name, &Field::name);
    if (field == wanted.end()) return;
    twice = twice || !field->raw.empty();
    field->raw = raw;
  });
  if (!whole) return failure(ErrorCode::protocol_error, "a message is one JSON object");
  if (twice) return failure(ErrorCode::protocol_error, "a member stands in the message twice");
  return {};
}

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= kIdMax && std::ranges::all_of(text, [](char character) {
    const bool letter =
        (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
    return letter || (character >= '0' && character <= '9') ||
           std::string_view("-_.:~+/=").contains(character);
  });
}

// A value that may be missing: "" then, or when it is too long or no text.
std::string optional_text(std::string_view raw) {
  return json_text(raw, kStreamTextMax).value_or(std::string());
}

Result<> read_parameters(std::string_view raw, StreamStart& start) {
  bool fits = true;
  const bool whole = for_each_member(raw, [&fits, &start](auto name, auto value) {
    auto text = json_text(value, kStreamTextMax);
    fits = fits && text && name.size() <= kStreamTextMax &&
           start.parameters.size() < kStreamParametersMax;
    if (fits) start.parameters.emplace_back(name, std::move(*text));
  });
  if (!whole) return failure(ErrorCode::protocol_error, "the parameters are one JSON object");
  if (!fits) {
    return failure(ErrorCode::too_large, "a stream has at most 32 parameters of 1,024 bytes");
  }
  return {};
}

// Plivo hands over the extraHeaders of its XML as one text: "userId=12;key=ab", commas too.
Result<> read_extra_headers(std::string_view raw, StreamStart& start) {
  const std::string text = optional_text(raw);
  std::string_view rest = text;
  if (rest.starts_with('{')) return {};  // "{}" where there are none
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find_first_of(",;"), rest.size());
    const std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    if (start.parameters.size() == kStreamParametersMax) {
      return failure(ErrorCode::too_large, "a stream has at most 32 parameters of 1,024 bytes");
    }
    start.parameters.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
  }
  return {};
}

Result<> read_format(StreamDialect dialect, std::string_view raw, StreamStart& start) {
  std::array fields{Field{"encoding"}, Field{"sampleRate"}, Field{"sample_rate"},
                    Field{"channels"}};
  if (auto found = find(raw, fields); !found) return found;
  const std::string_view encoding = json_plain(fields[0].raw);
  if (encoding == (dialect == StreamDialect::telnyx ? "PCMU" : "audio/x-mulaw")) {
    start.codec = StreamCodec::mu_law;
  } else if (dialect == StreamDialect::telnyx && encoding == "PCMA") {
    start.codec = StreamCodec::a_law;
  } else {
    return failure(ErrorCode::unsupported,
                   "the stream's encoding is not one we speak; choose mu-law at 8,000 Hz");
  }
  const std::string_view rate = fields[1].raw.empty() ? fields[2].raw : fields[1].raw;
  if (json_count(rate) != 8'000 || (!fields[3].raw.empty() && json_count(fields[3].raw) != 1)) {
    return failure(ErrorCode::unsupported, "the stream is not mono at 8,000 Hz");
  }
  return {};
}

// What a dialect calls the members of its start.
struct StartNames {
  std::string_view stream_id;
  std::string_view call_id;
  std::string_view format;
  std::string_view parameters;
};

StartNames names_of(StreamDialect dialect) {
  switch (dialect) {
    case StreamDialect::twilio:
      return {"streamSid", "callSid", "mediaFormat", "customParameters"};
    case StreamDialect::telnyx:
      return {"stream_id", "call_control_id", "media_format", "custom_parameters"};
    case StreamDialect::plivo:
      return {"streamId", "callId", "mediaFormat", ""};
  }
  return {};
}

Result<> read_start(StreamDialect dialect, std::string_view raw, std::string_view outer_id,
                    std::string_view extra_headers, StreamStart& start) {
  const StartNames names = names_of(dialect);
  std::array fields{Field{names.stream_id}, Field{names.call_id}, Field{names.format},
                    Field{"from"},          Field{"to"},          Field{names.parameters}};
  if (auto found = find(raw, fields); !found) return found;
  start = {};
  // Telnyx names the stream beside its start, Plivo inside of it, Twilio in both places.
  const std::string_view id = json_plain(fields[0].raw.empty() ? outer_id : fields[0].raw);
  if (!is_id(id)) return failure(ErrorCode::protocol_error, "the start names no stream");
  start.stream_id = id;
  start.call_id = is_id(json_plain(fields[1].raw)) ? json_plain(fields[1].raw) : "";
  start.from = optional_text(fields[3].raw);
  start.to = optional_text(fields[4].raw);
  if (auto format = read_format(dialect, fields[2].raw, start); !format) return format;
  if (dialect == StreamDialect::plivo) return read_extra_headers(extra_headers, start);
  if (fields[5].raw.empty() || fields[5].raw == "null") return {};
  return read_parameters(fields[5].raw, start);
}

Result<> read_media(std::string_view raw, StreamMessage& message) {
  std::array fields{Field{"track"}, Field{"payload"}};
  if (auto found = find(raw, fields); !found) return found;
  const std::string_view track = json_plain(fields[0].raw);
  message.is_inbound = track.empty() || track == "inbound" || track == "inbound_track";
  if (fields[1].raw.size() > kStreamAudioMax / 3 * 4 + 8) {
    return failure(ErrorCode::too_large, "a message holds at most 8,192 bytes of sound");
  }
  message.audio.reserve(kStreamAudioMax);
  if (!json_base64(fields[1].raw, kStreamAudioMax, message.audio)) {
    return failure(ErrorCode::protocol_error, "the sound is no base64");
  }
  return {};
}

Result<> read_digit(std::string_view raw, StreamMessage& message) {
  std::array fields{Field{"digit"}};
  if (auto found = find(raw, fields); !found) return found;
  const std::string_view digit = json_plain(fields[0].raw);
  if (digit.size() != 1 || !std::string_view("0123456789ABCD*#").contains(digit[0])) {
    return failure(ErrorCode::protocol_error, "a key is one of 0 to 9, A to D, * and #");
  }
  message.digit = digit[0];
  return {};
}

Result<> read_name(std::string_view raw, StreamMessage& message) {
  const auto name = json_text(raw, kStreamTextMax);
  if (!name) return failure(ErrorCode::protocol_error, "a mark has a name");
  message.name = *name;
  return {};
}

StreamEvent event_of(StreamDialect dialect, std::string_view name) {
  const bool plivo = dialect == StreamDialect::plivo;
  if (name == "media") return StreamEvent::media;
  if (name == "start") return StreamEvent::start;
  if (name == "dtmf") return StreamEvent::dtmf;
  if (name == "stop") return StreamEvent::stop;
  if (name == "connected") return StreamEvent::connected;
  if (name == (plivo ? "playedStream" : "mark")) return StreamEvent::mark;
  if (plivo && name == "clearedAudio") return StreamEvent::cleared;
  if (name == "error") return StreamEvent::error;
  return StreamEvent::other;
}

Result<> read_mark(std::string_view raw, StreamMessage& message) {
  std::array fields{Field{"name"}};
  if (auto found = find(raw, fields); !found) return found;
  return read_name(fields[0].raw, message);
}

}  // namespace

std::string StreamStart::parameter(std::string_view name) const {
  const auto found =
      std::ranges::find(parameters, name, &std::pair<std::string, std::string>::first);
  return found == parameters.end() ? std::string() : found->second;
}

Result<> read_stream_message(StreamDialect dialect, std::string_view text, StreamMessage& message) {
  std::array fields{
      Field{"event"}, Field{"media"}, Field{"start"},         Field{"mark"},
      Field{"dtmf"},  Field{"name"},  Field{"extra_headers"}, Field{names_of(dialect).stream_id}};
  if (auto found = find(text, fields); !found) return found;
  const std::string_view name = json_plain(fields[0].raw);
  if (name.empty()) return failure(ErrorCode::protocol_error, "a message names its event");
  message.event = event_of(dialect, name);
  switch (message.event) {
    case StreamEvent::start:
      return read_start(dialect, fields[2].raw, fields[7].raw, fields[6].raw, message.start);
    case StreamEvent::media:
      return read_media(fields[1].raw, message);
    case StreamEvent::dtmf:
      return read_digit(fields[4].raw, message);
    case StreamEvent::mark:
      if (dialect == StreamDialect::plivo) return read_name(fields[5].raw, message);
      return read_mark(fields[3].raw, message);
    default:
      return {};
  }
}

}  // namespace antiphon
