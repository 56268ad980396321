#include "store/stored_json.h"

#include "core/utf8.h"
#include "json/codec.h"
#include "json/json.h"
#include "json/value.h"

#include <boost/describe/class.hpp>
#include <boost/describe/enum_to_string.hpp>

namespace antiphon::store {

// The columns of public.messages and public.conversation_events, as one object a row.
struct MessageRow {
  std::int32_t ordinal = 0;
  Speaker role = Speaker::caller;
  std::string said;
  std::string heard;
  bool interrupted = false;
  std::optional<GenerationId> generation_id;
  std::int64_t started_ms = 0;
  std::int64_t ended_ms = 0;
  ReplyLatency latency;
  std::vector<Citation> citations;
};
BOOST_DESCRIBE_STRUCT(MessageRow, (),
                      (ordinal, role, said, heard, interrupted, generation_id, started_ms, ended_ms,
                       latency, citations))

// An element of public.recordings.pauses.
struct PauseRow {
  std::int64_t began_ms = 0;
  std::int64_t ended_ms = 0;
};
BOOST_DESCRIBE_STRUCT(PauseRow, (), (began_ms, ended_ms))

namespace {

template <class T>
Result<T> read(std::string_view json, std::string_view what) {
  auto value = from_json<T>(json, UnknownFields::ignore);
  if (value) return value;
  return failure(ErrorCode::corrupt, "the stored " + std::string(what) + " cannot be understood");
}

MessageRow to_row(const Message& message) {
  MessageRow row{.ordinal = message.ordinal,
                 .role = message.speaker,
                 .said = storable(message.said),
                 .heard = storable(message.heard),
                 .interrupted = message.interrupted,
                 .generation_id = message.generation,
                 .started_ms = std::max<std::int64_t>(message.started.count(), 0),
                 .ended_ms = 0,
                 .latency = message.latency.value_or(ReplyLatency{}),
                 .citations = message.citations};
  row.ended_ms = std::max<std::int64_t>(message.ended.count(), row.started_ms);
  for (Citation& citation : row.citations) {
    citation.title = storable(citation.title);
    citation.quote = storable(citation.quote);
  }
  return row;
}

}  // namespace

std::string write_configuration(const AgentConfiguration& configuration) {
  return to_json(configuration);
}

Result<AgentConfiguration> read_configuration(std::string_view json) {
  return read<AgentConfiguration>(json, "configuration of an agent");
}

std::string write_widget_settings(const WidgetSettings& settings) { return to_json(settings); }

Result<WidgetSettings> read_widget_settings(std::string_view json) {
  return read<WidgetSettings>(json, "settings of a widget");
}

std::string write_messages(std::span<const Message> messages) {
  std::string out = "[";
  for (const Message& message : messages) {
    if (out.size() > 1) out.push_back(',');
    append_json(out, to_row(message));
  }
  out.push_back(']');
  return out;
}

std::string write_events(std::span<const ConversationEvent> events) {
  std::string out = "[";
  for (const ConversationEvent& event : events) {
    if (out.size() > 1) out.push_back(',');
    out += "{\"sequence\":";
    json::append_number(out, event.sequence);
    out += ",\"kind\":";
    json::append_text(out, event.kind);
    out += ",\"at_ms\":";
    json::append_number(out, static_cast<std::int64_t>(event.at.count()));
    // The payload is JSON already; one that is none would spoil its neighbours.
    const auto payload = json::parse(event.payload);
    out += ",\"payload\":" + (payload ? json::write(*payload) : std::string("{}")) + "}";
  }
  out.push_back(']');
  return out;
}

Result<std::optional<ReplyLatency>> read_latency(std::string_view json) {
  auto latency = read<ReplyLatency>(json, "latency of a reply");
  if (!latency) return std::unexpected(latency.error());
  if (*latency == ReplyLatency{}) return std::optional<ReplyLatency>{};
  return std::optional<ReplyLatency>(*latency);
}

Result<std::vector<Citation>> read_citations(std::string_view json) {
  return read<std::vector<Citation>>(json, "citations of a message");
}

std::string write_pauses(std::span<const RecordingPause> pauses) {
  std::vector<PauseRow> rows;
  for (const RecordingPause& pause : pauses)
    rows.push_back({pause.began.count(), pause.ended.count()});
  return to_json(rows);
}

Result<std::vector<RecordingPause>> read_pauses(std::string_view json) {
  auto rows = read<std::vector<PauseRow>>(json, "pauses of a recording");
  if (!rows) return std::unexpected(rows.error());
  std::vector<RecordingPause> pauses;
  for (const PauseRow& row : *rows)
    pauses.push_back({Milliseconds(row.began_ms), Milliseconds(row.ended_ms)});
  return pauses;
}

std::string storable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_sequence_length(text);
    if (length == 0 || text.front() == '\0') {
      out += "\xEF\xBF\xBD";
      text.remove_prefix(1);
    } else {
      out.append(text.substr(0, length));
      text.remove_prefix(length);
    }
  }
  return out;
}

}  // namespace antiphon::store

ANTIPHON_JSON_CODEC(antiphon::AgentConfiguration)
ANTIPHON_JSON_CODEC(antiphon::WidgetSettings)
ANTIPHON_JSON_CODEC(antiphon::ReplyLatency)
ANTIPHON_JSON_CODEC(std::vector<antiphon::Citation>)
ANTIPHON_JSON_CODEC(antiphon::store::MessageRow)
ANTIPHON_JSON_CODEC(std::vector<antiphon::store::PauseRow>)
