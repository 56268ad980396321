#include "engine/call_log.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace antiphon {

namespace {

constexpr std::size_t kRoom = 16 * 1024;  // a tick never needs more, so it never allocates
constexpr std::size_t kAnswerMax = std::size_t{8} << 20;

std::int64_t microseconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}

}  // namespace

CallLog::CallLog(std::unique_ptr<CallLogSink> sink, Timepoint now, WallTime wall)
    : sink_(std::move(sink)), last_(now) {
  bytes_.reserve(kRoom);
  LogWriter out(bytes_);
  out.byte(static_cast<std::uint8_t>(CallInput::begin));
  out.integer(microseconds(now.time_since_epoch()));
  out.integer(wall.time_since_epoch().count());
}

void CallLog::event(CallInput kind, Timepoint now) {
  LogWriter out(bytes_);
  out.byte(static_cast<std::uint8_t>(kind));
  out.integer(microseconds(now - std::exchange(last_, now)));
}

void CallLog::frame(Timepoint now, std::span<const Sample> samples) noexcept {
  event(CallInput::frame, now);
  LogWriter(bytes_).samples(samples);
}

void CallLog::judged(float probability) noexcept {
  LogWriter out(bytes_);
  out.byte(static_cast<std::uint8_t>(CallInput::judged));
  out.real(probability);
}

void CallLog::tick(Timepoint now) noexcept { event(CallInput::tick, now); }

void CallLog::typed(Timepoint now, std::string_view text) {
  event(CallInput::typed, now);
  LogWriter(bytes_).text(text);
}

void CallLog::hung_up(Timepoint now, EndReason reason) {
  event(CallInput::hung_up, now);
  LogWriter(bytes_).byte(static_cast<std::uint8_t>(reason));
}

void CallLog::unplayed(Timepoint now, SampleCount samples) {
  event(CallInput::unplayed, now);
  LogWriter(bytes_).number(samples.value());
}

void CallLog::drawn(std::span<const std::byte> bytes) {
  LogWriter out(bytes_);
  out.byte(static_cast<std::uint8_t>(CallInput::drawn));
  out.bytes(bytes);
}

void CallLog::check(std::uint32_t sum) noexcept {
  LogWriter out(bytes_);
  out.byte(static_cast<std::uint8_t>(CallInput::check));
  for (int at = 0; at < 4; ++at, sum >>= 8)
    out.byte(static_cast<std::uint8_t>(sum));
}

void CallLog::flush() noexcept {
  std::span<const std::byte> rest = bytes_;
  while (sink_ && !rest.empty()) {
    const auto piece = rest.first(std::min(rest.size(), kCallLogPieceMax));
    if (!sink_->append(piece)) sink_.reset();
    rest = rest.subspan(piece.size());
  }
  bytes_.clear();
}

std::optional<CallInput> CallLogReader::peek() const {
  if (in_.rest().empty()) return std::nullopt;
  return static_cast<CallInput>(in_.rest().front());
}

Result<std::optional<CallRecord>> CallLogReader::next() {
  if (in_.rest().empty() && in_.ok()) return std::optional<CallRecord>{};
  const std::size_t at = log_.size() - in_.rest().size();
  CallRecord record;
  record.kind = static_cast<CallInput>(in_.byte());
  read_fields(record);
  if (!in_.ok()) {
    return failure(ErrorCode::corrupt,
                   fmt::format("byte {} of the call's log is not the start of a record", at));
  }
  return std::optional(std::move(record));
}

void CallLogReader::read_fields(CallRecord& record) {
  using std::chrono::microseconds;
  if (record.kind == CallInput::begin) {
    record.at = last_ = Timepoint(microseconds(in_.integer()));
    record.wall = WallTime(WallTime::duration(in_.integer()));
    return;
  }
  const bool timed = record.kind != CallInput::judged && record.kind != CallInput::drawn &&
                     record.kind != CallInput::check;
  if (timed) last_ += microseconds(in_.integer());
  record.at = last_;
  switch (record.kind) {
    case CallInput::frame:
      return in_.samples(record.samples);
    case CallInput::judged:
      record.probability = static_cast<float>(in_.real());
      return;
    case CallInput::typed:
      record.text = in_.text();
      return;
    case CallInput::hung_up: {
      const std::uint8_t reason = in_.byte();
      if (reason > static_cast<std::uint8_t>(EndReason::failure)) return in_.fail();
      record.reason = static_cast<EndReason>(reason);
      return;
    }
    case CallInput::unplayed:
      record.unplayed = SampleCount{static_cast<std::uint32_t>(in_.number())};
      return;
    case CallInput::answered:
      record.operation = in_.number();
      record.bytes = in_.take(in_.count(kAnswerMax));
      return;
    case CallInput::drawn:
      record.bytes = in_.bytes();
      return;
    case CallInput::check:
      for (unsigned shift = 0; shift < 32; shift += 8)
        record.sum |= std::uint32_t{in_.byte()} << shift;
      return;
    case CallInput::started:
    case CallInput::tick:
    case CallInput::detached:
    case CallInput::cancelled:
      return;
    case CallInput::begin:
      break;
  }
  in_.fail();
}

}  // namespace antiphon
