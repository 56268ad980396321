// The recording of one call: two channels on one clock, the caller left as received, the agent
// right as sent. Position 0 is the moment the session began, the zero of every event's time.
#pragma once

#include "core/clock.h"
#include "domain/conversation.h"
#include "domain/ids.h"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace antiphon {

// Why a recording ends where it does.
enum class RecordingEnd : std::uint8_t {
  call_ended,
  server_ended,  // the server was killed; the last second may be missing
  disk_full,     // the call went on without its recording
  disk_failed,
  length_limit,
};
BOOST_DESCRIBE_ENUM(RecordingEnd, call_ended, server_ended, disk_full, disk_failed, length_limit)

// Silence on both channels, because somebody asked for it.
struct RecordingPause {
  Milliseconds began{0};
  Milliseconds ended{0};
  bool operator==(const RecordingPause&) const = default;
};

struct Recording {
  WorkspaceId workspace;
  ConversationId conversation;
  WallTime started_at{};
  RecordingEnd end = RecordingEnd::call_ended;
  std::uint64_t sample_count = 0;  // of each channel, at 16 kHz
  std::uint64_t byte_count = 0;    // of the file
  std::array<std::byte, 32> sha256{};
  std::vector<RecordingPause> pauses;
  Milliseconds lost{0};       // audio that came too fast for the disk, or faster than time
  Milliseconds corrected{0};  // added to or taken from the caller, whose clock is not ours

  [[nodiscard]] Milliseconds duration() const {
    return Milliseconds(static_cast<std::int64_t>(sample_count / 16));
  }
  bool operator==(const Recording&) const = default;
};

}  // namespace antiphon
