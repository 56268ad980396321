#include "store/journal/entry_codec.h"

#include "domain/usage.h"

#include <bit>
#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace antiphon {

namespace {

constexpr char kVersion = 1;
constexpr std::size_t kTextMax = std::size_t{1} << 20;
constexpr std::size_t kItemsMax = 10'000;
constexpr char kEventTag = 2;  // the index of ConversationEvent in JournalEntry::what
constexpr char kUsageTag = 4;  // of one that says what was used, and may not be dropped

class Writer {
 public:
  void integer(std::int64_t value) {
    auto bits = std::bit_cast<std::uint64_t>(value);
    for (int byte = 0; byte < 8; ++byte, bits >>= 8)
      bytes += static_cast<char>(bits & 0xff);
  }
  void text(std::string_view value) {
    integer(static_cast<std::int64_t>(value.size()));
    bytes += value;
  }
  void flag(bool value) { bytes += value ? '\1' : '\0'; }

  std::string bytes;
};

// Remembers the first failure; every later read answers with an empty value.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  std::string_view take(std::size_t count) {
    if (count > rest_.size()) {
      failed_ = true;
      rest_ = {};
      return {};
    }
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  char byte() {
    const std::string_view taken = take(1);
    return taken.empty() ? '\0' : taken[0];
  }
  std::int64_t integer() {
    std::uint64_t bits = 0;
    const std::string_view taken = take(8);
    for (std::size_t at = taken.size(); at-- > 0;) {
      bits = (bits << 8) | static_cast<unsigned char>(taken[at]);
    }
    return std::bit_cast<std::int64_t>(bits);
  }
  std::string text() {
    const std::int64_t length = integer();
    if (length < 0 || static_cast<std::uint64_t>(length) > kTextMax) fail();
    return std::string(take(failed_ ? 0 : static_cast<std::size_t>(length)));
  }
  bool flag() {
    const char value = byte();
    if (value != '\0' && value != '\1') fail();
    return value == '\1';
  }
  void fail() { failed_ = true; }
  [[nodiscard]] bool ok() const { return !failed_; }
  [[nodiscard]] bool whole() const { return !failed_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

// One description of the fields serves both directions: `field(io, value)`.
void field(Writer& io, const std::string& value) { io.text(value); }
void field(Reader& io, std::string& value) { value = io.text(); }
void field(Writer& io, bool value) { io.flag(value); }
void field(Reader& io, bool& value) { value = io.flag(); }
void field(Writer& io, std::int64_t value) { io.integer(value); }
void field(Reader& io, std::int64_t& value) { value = io.integer(); }
void field(Writer& io, std::int32_t value) { io.integer(value); }
void field(Reader& io, std::int32_t& value) {
  const std::int64_t wide = io.integer();
  if (!std::in_range<std::int32_t>(wide)) io.fail();
  value = static_cast<std::int32_t>(wide);
}
void field(Writer& io, double value) { io.integer(std::bit_cast<std::int64_t>(value)); }
void field(Reader& io, double& value) { value = std::bit_cast<double>(io.integer()); }
void field(Writer& io, Milliseconds value) { io.integer(value.count()); }
void field(Reader& io, Milliseconds& value) { value = Milliseconds(io.integer()); }
void field(Writer& io, WallTime value) { io.integer(value.time_since_epoch().count()); }
void field(Reader& io, WallTime& value) { value = WallTime(WallTime::duration(io.integer())); }

template <class Tag>
void field(Writer& io, const Id<Tag>& value) {
  io.bytes += value.to_string();
}
template <class Tag>
void field(Reader& io, Id<Tag>& value) {
  const std::string_view text = io.take(36);
  const auto uuid = Uuid::parse(text);
  // Upper-case letters would make two forms of one entry.
  if (!uuid || uuid->to_string() != text) return io.fail();
  value = Id<Tag>(*uuid);
}

template <class Enum>
  requires std::is_enum_v<Enum>
void field(Writer& io, Enum value) {
  io.bytes += static_cast<char>(value);
}

// Values of a closed list: what lies beyond its last one is corrupt.
template <class Enum>
constexpr Enum kLast = Enum{};
template <>
constexpr Channel kLast<Channel> = Channel::terminal;
template <>
constexpr ConversationMode kLast<ConversationMode> = ConversationMode::text;
template <>
constexpr ConversationStatus kLast<ConversationStatus> = ConversationStatus::failed;
template <>
constexpr EndReason kLast<EndReason> = EndReason::failure;
template <>
constexpr Speaker kLast<Speaker> = Speaker::agent;

template <class Enum>
  requires std::is_enum_v<Enum>
void field(Reader& io, Enum& value) {
  const auto number = static_cast<std::uint8_t>(io.byte());
  if (number > static_cast<std::uint8_t>(kLast<Enum>)) return io.fail();
  value = static_cast<Enum>(number);
}

template <class T>
void fields(auto& io, T& value);

template <class T>
void field(Writer& io, const std::optional<T>& value) {
  io.flag(value.has_value());
  if (!value) return;
  if constexpr (std::same_as<T, ReplyLatency>) {
    fields(io, *value);
  } else {
    field(io, *value);
  }
}
template <class T>
void field(Reader& io, std::optional<T>& value) {
  value.reset();
  if (!io.flag()) return;
  if constexpr (std::same_as<T, ReplyLatency>) {
    fields(io, value.emplace());
  } else {
    field(io, value.emplace());
  }
}

void field(Writer& io, const std::vector<Citation>& citations) {
  io.integer(static_cast<std::int64_t>(citations.size()));
  for (const Citation& citation : citations)
    fields(io, citation);
}
void field(Reader& io, std::vector<Citation>& citations) {
  const std::int64_t count = io.integer();
  if (count < 0 || static_cast<std::uint64_t>(count) > kItemsMax) return io.fail();
  for (std::int64_t at = 0; at < count && io.ok(); ++at)
    fields(io, citations.emplace_back());
}

template <class T>
void fields(auto& io, T& value) {
  using Value = std::remove_const_t<T>;
  const auto each = [&io](auto&... members) { (field(io, members), ...); };
  if constexpr (std::same_as<Value, Conversation>) {
    each(value.id, value.workspace, value.agent, value.agent_version, value.channel, value.mode,
         value.status, value.end_reason, value.metadata, value.started_at, value.ended_at);
  } else if constexpr (std::same_as<Value, ReplyLatency>) {
    each(value.turn_ended, value.transcript_final, value.first_text, value.first_audio_ready,
         value.first_audio_sent);
  } else if constexpr (std::same_as<Value, Citation>) {
    each(value.document, value.chunk, value.title, value.quote, value.score);
  } else if constexpr (std::same_as<Value, Message>) {
    each(value.ordinal, value.speaker, value.said, value.heard, value.interrupted, value.generation,
         value.started, value.ended, value.latency, value.citations);
  } else if constexpr (std::same_as<Value, ConversationEvent>) {
    each(value.sequence, value.kind, value.at, value.payload);
  } else if constexpr (std::same_as<Value, JournalEntry::Started>) {
    fields(io, value.conversation);
  } else {
    static_assert(std::same_as<Value, JournalEntry::Ended>);
    each(value.status, value.reason, value.at);
  }
}

bool is_usage(const JournalEntry& entry) {
  const auto* event = std::get_if<ConversationEvent>(&entry.what);
  return event != nullptr && event->kind == kUsageEvent;
}

template <std::size_t Index>
void read_alternative(Reader& io, JournalEntry& entry) {
  fields(io, entry.what.emplace<Index>());
}

}  // namespace

std::string encode_entry(const JournalEntry& entry) {
  Writer writer;
  writer.bytes += kVersion;
  writer.bytes += is_usage(entry) ? kUsageTag : static_cast<char>(entry.what.index());
  field(writer, entry.workspace);
  field(writer, entry.conversation);
  field(writer, entry.started_at);
  std::visit([&writer](const auto& what) { fields(writer, what); }, entry.what);
  return std::move(writer.bytes);
}

Result<JournalEntry> decode_entry(std::string_view bytes) {
  Reader reader(bytes);
  JournalEntry entry;
  if (reader.byte() != kVersion) reader.fail();
  const char tag = reader.byte();
  field(reader, entry.workspace);
  field(reader, entry.conversation);
  field(reader, entry.started_at);
  switch (tag) {
    case 0:
      read_alternative<0>(reader, entry);
      break;
    case 1:
      read_alternative<1>(reader, entry);
      break;
    case kEventTag:
    case kUsageTag:
      read_alternative<2>(reader, entry);
      if (is_usage(entry) != (tag == kUsageTag)) reader.fail();
      break;
    case 3:
      read_alternative<3>(reader, entry);
      break;
    default:
      reader.fail();
  }
  if (!reader.whole()) {
    return failure(ErrorCode::corrupt, "a journal entry in the spool is not what was written");
  }
  return entry;
}

bool is_event(const JournalEntry& entry) {
  return std::holds_alternative<ConversationEvent>(entry.what) && !is_usage(entry);
}

bool encodes_event(std::string_view bytes) { return bytes.size() > 1 && bytes[1] == kEventTag; }

}  // namespace antiphon
