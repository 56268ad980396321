// What /api/conversations/{conversation}/recording says beside the sound.
#pragma once

#include "core/bounded.h"
#include "core/clock.h"
#include "domain/recording.h"

#include <boost/describe/class.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

struct PauseOutput {
  std::int64_t began_ms = 0;
  std::int64_t ended_ms = 0;
};
BOOST_DESCRIBE_STRUCT(PauseOutput, (), (began_ms, ended_ms))

struct RecordingOutput {
  ConversationId conversation;
  WallTime started_at{};
  std::int64_t duration_ms = 0;
  RecordingEnd end = RecordingEnd::call_ended;
  std::int64_t byte_count = 0;
  std::string sha256;
  std::vector<PauseOutput> pauses;
  std::int64_t lost_ms = 0;
  std::int64_t corrected_ms = 0;
  static constexpr FieldNote kNotes[] = {
      {"duration_ms", "Position 0 is the zero of at_ms in the conversation's events."},
      {"end", "Why it ends where it does: server_ended may lack the last second."},
      {"byte_count", "Of the file on the server's disk."},
      {"sha256", "Of that file, in hexadecimal; the ETag of the sound."},
      {"pauses", "Silence on both channels, because it was asked for."},
      {"lost_ms", "Sound that is missing because it came faster than it could be kept."},
      {"corrected_ms", "Added to the caller's side, or taken from it: that clock is not ours."}};
};
BOOST_DESCRIBE_STRUCT(RecordingOutput, (),
                      (conversation, started_at, duration_ms, end, byte_count, sha256, pauses,
                       lost_ms, corrected_ms))

struct PeaksQuery {
  Integer<1, 4'000> points{1'000};
  Integer<0, 86'400'000> from_ms{0};
  std::optional<Integer<0, 86'400'000>> to_ms;
  static constexpr std::string_view kOptionalFields[] = {"*"};
  static constexpr FieldNote kNotes[] = {{"to_ms", "The end of the recording when left out."}};
};
BOOST_DESCRIBE_STRUCT(PeaksQuery, (), (points, from_ms, to_ms))

struct PeaksOutput {
  std::int64_t duration_ms = 0;
  std::int64_t from_ms = 0;
  std::int64_t to_ms = 0;
  std::vector<std::int32_t> caller;
  std::vector<std::int32_t> agent;
  static constexpr FieldNote kNotes[] = {{"caller",
                                          "Lowest and highest sample of each point by turns, "
                                          "-32768 to 32767: twice `points` numbers."},
                                         {"agent", "Likewise."}};
};
BOOST_DESCRIBE_STRUCT(PeaksOutput, (), (duration_ms, from_ms, to_ms, caller, agent))

}  // namespace antiphon
