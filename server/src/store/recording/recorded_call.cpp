#include "store/recording/recorded_call.h"

#include "store/recording/disk_recorder.h"

#include <utility>

namespace antiphon {

namespace {

constexpr auto kSamplesMax =
    static_cast<std::uint64_t>(std::chrono::seconds(DiskRecorder::kLengthMax).count()) *
    kEngineRate.value();

}  // namespace

RecordedCall::RecordedCall(std::filesystem::path path, RecordingHeader header, BlockCodec codec,
                           Timepoint began)
    : path_(std::move(path)), header_(std::move(header)), codec_(std::move(codec)), track_(began) {}

void RecordedCall::mark(BlockKind kind, Timepoint at) {
  const MutexLock lock(mutex_);
  marks_.push_back({kind, at});
}

void RecordedCall::finish(Timepoint at) noexcept {
  Timepoint::rep running = kRunning;  // the first end counts
  finished_at_.compare_exchange_strong(running, at.time_since_epoch().count());
}

void RecordedCall::fail(const Error& error) {
  over_ = true;
  error_ = error;
  end_ = error.code == ErrorCode::resource_exhausted ? RecordingEnd::disk_full
                                                     : RecordingEnd::disk_failed;
}

// Before the frames: what was paused before this round began is silent whatever came with it.
void RecordedCall::take_marks() {
  std::vector<Mark> marks;
  {
    const MutexLock lock(mutex_);
    marks.swap(marks_);
  }
  for (const Mark& mark : marks) {
    if (mark.kind == BlockKind::paused) {
      track_.pause(mark.at);
    } else {
      track_.resume(mark.at);
    }
    const auto pauses = track_.pauses();
    if (pauses.empty() || over_ || !writer_) continue;
    // On the disk too: whoever recovers the file knows of pauses from these marks alone.
    const SamplePosition at = mark.kind == BlockKind::paused
                                  ? pauses.back().first
                                  : track_.position_of(mark.at) + CallTrack::kResumeGuard;
    const auto written = writer_->append_mark(mark.kind, at);
    if (!written) fail(written.error());
  }
}

void RecordedCall::take_frames() {
  while (const RecordedFrame* frame = ring.front()) {
    const std::span samples = std::span(frame->samples).first(frame->count);
    if (!over_) {
      frame->side == RecordedSide::caller ? track_.caller(frame->at, samples)
                                          : track_.agent(frame->at, samples);
    }
    ring.pop();
  }
}

void RecordedCall::write(const StereoBlock& block, RecordingMetrics& metrics) {
  if (over_ || !writer_) return;
  const std::uint64_t before = writer_->byte_count();
  const auto written = writer_->append_audio(block);
  if (!written) return fail(written.error());
  metrics.bytes.add(writer_->byte_count() - before);
  if (writer_->sample_count() >= kSamplesMax) {
    over_ = true;
    end_ = RecordingEnd::length_limit;
  }
}

bool RecordedCall::step(Timepoint now, RecordingMetrics& metrics, Log& log) {
  if (!writer_ && !over_) {
    auto created = RecordingWriter::create(path_, header_, codec_);
    if (created) {
      writer_.emplace(std::move(*created));
    } else {
      fail(created.error());
    }
  }
  const Timepoint::rep finished = finished_at_.load(std::memory_order_acquire);
  take_marks();
  take_frames();
  const auto sink = [&](const StereoBlock& block) { write(block, metrics); };
  if (finished == kRunning) {
    if (!over_) track_.advance(now, sink);
    return true;
  }
  if (!over_) track_.finish(Timepoint(Timepoint::duration(finished)), sink);
  end(metrics, log);
  return false;
}

void RecordedCall::end(RecordingMetrics& metrics, Log& log) {
  const std::string id = header_.conversation.to_string();
  if (writer_) {
    const RecordingOutcome outcome{end_, track_.lost() + ring.dropped(), track_.corrected()};
    auto finished = writer_->finish(outcome, track_.pauses());
    if (finished) {
      result_ = std::move(*finished);
    } else if (!error_) {
      fail(finished.error());
    }
    writer_.reset();
  }
  metrics.frames_dropped.add(ring.dropped() / kFrameSamples.value());
  metrics.finished(end_).add();
  if (error_) log.error("recording.failed", {{"conversation", id}, {"error", *error_}});
}

}  // namespace antiphon
