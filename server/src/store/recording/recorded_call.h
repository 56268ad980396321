// One call between its session and the recorder thread. Private to this folder.
//
// Thread  ring, pause marks and the end come from the session; step() is the recorder's.
#pragma once

#include "core/log.h"
#include "core/mutex.h"
#include "store/recording/call_track.h"
#include "store/recording/frame_ring.h"
#include "store/recording/metrics.h"
#include "store/recording/recording_writer.h"

#include <atomic>
#include <filesystem>
#include <optional>
#include <vector>

namespace antiphon {

class RecordedCall {
 public:
  // `codec` is of the header.
  RecordedCall(std::filesystem::path path, RecordingHeader header, BlockCodec codec,
               Timepoint began);

  // The session's side.
  FrameRing ring;
  void mark(BlockKind kind, Timepoint at);
  void finish(Timepoint at) noexcept;

  // The recorder's side. True while there is more to come.
  bool step(Timepoint now, RecordingMetrics& metrics, Log& log);
  // Once step() has said false; nullopt: there is nothing to keep.
  [[nodiscard]] std::optional<Recording> take_result() { return std::move(result_); }

 private:
  struct Mark {
    BlockKind kind;
    Timepoint at;
  };

  void take_marks();
  void take_frames();
  void write(const StereoBlock& block, RecordingMetrics& metrics);
  void fail(const Error& error);
  void end(RecordingMetrics& metrics, Log& log);

  std::filesystem::path path_;
  RecordingHeader header_;
  BlockCodec codec_;
  CallTrack track_;
  std::optional<RecordingWriter> writer_;
  RecordingEnd end_ = RecordingEnd::call_ended;
  bool over_ = false;  // no more is written
  std::optional<Error> error_;
  std::optional<Recording> result_;
  std::atomic<Timepoint::rep> finished_at_{kRunning};
  Mutex mutex_;
  std::vector<Mark> marks_ GUARDED_BY(mutex_);

  static constexpr Timepoint::rep kRunning = std::numeric_limits<Timepoint::rep>::min();
};

}  // namespace antiphon
