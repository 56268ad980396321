#include "engine/log_bytes.h"

#include "dsp/lossless.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace antiphon {

namespace {

constexpr std::size_t kTextMax = std::size_t{1} << 20;
constexpr std::size_t kItemsMax = 100'000;
constexpr std::size_t kSamplesMax = std::size_t{60} * kEngineRate.value();
constexpr std::size_t kBlock = kFrameSamples.value();

// Values of a closed list: what lies beyond its last one fails.
template <class Enum>
Enum read_enum(LogReader& in, Enum last) {
  const std::uint8_t value = in.byte();
  if (value > static_cast<std::uint8_t>(last)) {
    in.fail();
    return Enum{};
  }
  return static_cast<Enum>(value);
}

void write(LogWriter& out, const WordTime& word) {
  out.number(word.begin);
  out.number(word.end);
  out.integer(word.starts.count());
  out.integer(word.ends.count());
}

void read(LogReader& in, WordTime& word) {
  word.begin = static_cast<std::uint32_t>(in.number());
  word.end = static_cast<std::uint32_t>(in.number());
  word.starts = std::chrono::milliseconds(in.integer());
  word.ends = std::chrono::milliseconds(in.integer());
}

void write(LogWriter& out, const Citation& citation) {
  out.bytes(std::as_bytes(std::span(citation.document.uuid().bytes())));
  out.integer(citation.chunk);
  out.text(citation.title);
  out.text(citation.quote);
  out.real(citation.score);
}

void read(LogReader& in, Citation& citation) {
  const auto id = in.bytes();
  if (id.size() == 16) {
    citation.document = DocumentId(Uuid::from_bytes(id.first<16>()));
  } else {
    in.fail();
  }
  citation.chunk = static_cast<std::int32_t>(in.integer());
  citation.title = in.text();
  citation.quote = in.text();
  citation.score = in.real();
}

void write(LogWriter& out, const TurnDirective& directive) {
  out.byte(directive.profile ? 1 : 0);
  if (directive.profile) out.byte(static_cast<std::uint8_t>(*directive.profile));
  out.byte(static_cast<std::uint8_t>(directive.expected.value));
  out.byte(directive.expected.length_min);
  out.byte(directive.expected.length_max);
}

void read(LogReader& in, TurnDirective& directive) {
  if (in.byte() == 1) directive.profile = read_enum(in, TurnProfile::patient);
  directive.expected.value = read_enum(in, ExpectedValue::date);
  directive.expected.length_min = in.byte();
  directive.expected.length_max = in.byte();
}

void write(LogWriter& out, const ToolCall& call) {
  out.text(call.id);
  out.text(call.name);
  out.text(call.arguments);
}

void read(LogReader& in, ToolCall& call) {
  call.id = in.text();
  call.name = in.text();
  call.arguments = in.text();
}

template <class T>
void write_list(LogWriter& out, const std::vector<T>& items) {
  out.number(items.size());
  for (const T& item : items)
    write(out, item);
}

template <class T>
void read_list(LogReader& in, std::vector<T>& items) {
  const std::size_t count = in.count(kItemsMax);
  for (std::size_t at = 0; at < count && in.ok(); ++at)
    read(in, items.emplace_back());
}

}  // namespace

void LogWriter::number(std::uint64_t value) {
  for (; value >= 0x80; value >>= 7)
    byte(static_cast<std::uint8_t>(value | 0x80));
  byte(static_cast<std::uint8_t>(value));
}

void LogWriter::integer(std::int64_t value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  number((bits << 1) ^ (value < 0 ? ~std::uint64_t{0} : 0));
}

void LogWriter::real(double value) {
  auto bits = std::bit_cast<std::uint64_t>(value);
  for (int at = 0; at < 8; ++at, bits >>= 8)
    byte(static_cast<std::uint8_t>(bits));
}

void LogWriter::text(std::string_view value) { bytes(std::as_bytes(std::span(value))); }

void LogWriter::bytes(std::span<const std::byte> value) {
  number(value.size());
  out_.insert(out_.end(), value.begin(), value.end());
}

void LogWriter::samples(std::span<const Sample> samples) {
  std::array<std::byte, lossless_max(kBlock)> coded{};
  while (!samples.empty()) {
    const auto block = samples.first(std::min(samples.size(), kBlock));
    const std::size_t size = encode_lossless(block, coded);
    out_.insert(out_.end(), coded.begin(), coded.begin() + static_cast<std::ptrdiff_t>(size));
    samples = samples.subspan(block.size());
  }
}

std::uint8_t LogReader::byte() {
  if (rest_.empty()) {
    fail();
    return 0;
  }
  const auto value = std::to_integer<std::uint8_t>(rest_.front());
  rest_ = rest_.subspan(1);
  return value;
}

std::uint64_t LogReader::number() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::uint8_t next = byte();
    value |= static_cast<std::uint64_t>(next & 0x7f) << shift;
    if (next < 0x80) return value;
  }
  fail();
  return 0;
}

std::int64_t LogReader::integer() {
  const std::uint64_t bits = number();
  return std::bit_cast<std::int64_t>((bits >> 1) ^ (~(bits & 1) + 1));
}

double LogReader::real() {
  std::uint64_t bits = 0;
  for (unsigned shift = 0; shift < 64; shift += 8)
    bits |= static_cast<std::uint64_t>(byte()) << shift;
  return std::bit_cast<double>(bits);
}

std::size_t LogReader::count(std::size_t most) {
  const std::uint64_t value = number();
  if (value <= most) return static_cast<std::size_t>(value);
  fail();
  return 0;
}

std::span<const std::byte> LogReader::bytes() { return take(count(kTextMax)); }

std::span<const std::byte> LogReader::take(std::size_t size) {
  if (size > rest_.size()) {
    fail();
    return {};
  }
  const auto taken = rest_.first(size);
  rest_ = rest_.subspan(size);
  return taken;
}

std::string LogReader::text() {
  const auto value = bytes();
  return {reinterpret_cast<const char*>(value.data()), value.size()};
}

void LogReader::samples(std::span<Sample> samples) {
  while (!samples.empty() && ok()) {
    const auto block = samples.first(std::min(samples.size(), kBlock));
    const std::size_t size = decode_lossless(rest_, block);
    if (size == 0) return fail();
    rest_ = rest_.subspan(size);
    samples = samples.subspan(block.size());
  }
}

void write(LogWriter& out, float value) { out.real(value); }
void read(LogReader& in, float& value) { value = static_cast<float>(in.real()); }

void write(LogWriter& out, const RecognitionEvent& value) {
  out.byte(value.kind == RecognitionEvent::Kind::final ? 1 : 0);
  out.number(value.utterance);
  out.text(value.text);
  out.number(value.stable_bytes);
  out.integer(value.audio_end.count());
}

void read(LogReader& in, RecognitionEvent& value) {
  value.kind = in.byte() == 1 ? RecognitionEvent::Kind::final : RecognitionEvent::Kind::partial;
  value.utterance = in.number();
  value.text = in.text();
  value.stable_bytes = static_cast<std::size_t>(in.number());
  value.audio_end = std::chrono::milliseconds(in.integer());
}

void write(LogWriter& out, const std::optional<SynthesizedChunk>& value) {
  out.byte(value ? 1 : 0);
  if (!value) return;
  // More than a minute at once is refused by the reply's budget, whatever the samples are.
  const auto samples =
      std::span(value->samples).first(std::min(value->samples.size(), kSamplesMax));
  out.number(samples.size());
  out.samples(samples);
  write_list(out, value->words);
}

void read(LogReader& in, std::optional<SynthesizedChunk>& value) {
  if (in.byte() != 1) return;
  value.emplace();
  const std::size_t count = in.count(kSamplesMax);
  // A block of silence is one byte: what is not there is not made room for.
  if (count / kBlock > in.rest().size()) return in.fail();
  value->samples.resize(count);
  in.samples(value->samples);
  read_list(in, value->words);
}

void write(LogWriter& out, const std::optional<ReplyChunk>& value) {
  out.byte(value ? 1 : 0);
  if (!value) return;
  out.text(value->text);
  write_list(out, value->citations);
  out.byte(static_cast<std::uint8_t>(value->action));
  out.byte(value->interruptible ? 1 : 0);
  out.byte(value->directive ? 1 : 0);
  if (value->directive) write(out, *value->directive);
  // Only where there are any: logs from before there were tools are read too.
  if (!value->tool_calls.empty()) write_list(out, value->tool_calls);
}

void read(LogReader& in, std::optional<ReplyChunk>& value) {
  if (in.byte() != 1) return;
  value.emplace();
  value->text = in.text();
  read_list(in, value->citations);
  value->action = read_enum(in, ReplyAction::hand_over);
  value->interruptible = in.byte() == 1;
  if (in.byte() == 1) read(in, value->directive.emplace());
  if (!in.rest().empty()) read_list(in, value->tool_calls);
}

void write(LogWriter& out, const ToolAnswer& value) {
  out.text(value.result);
  out.byte(static_cast<std::uint8_t>(value.problem));
  out.text(value.reason);
  out.integer(value.attempts);
}

void read(LogReader& in, ToolAnswer& value) {
  value.result = in.text();
  value.problem = read_enum(in, ToolProblem::cancelled);
  value.reason = in.text();
  value.attempts = static_cast<std::int32_t>(in.integer());
}

void write_error(LogWriter& out, const Error& error) {
  out.byte(static_cast<std::uint8_t>(error.code));
  out.text(error.message);
}

Error read_error(LogReader& in) {
  const auto code = read_enum(in, ErrorCode::internal);
  return {code, in.text()};
}

}  // namespace antiphon
