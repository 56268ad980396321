// The CallRecorder of the product: one thread writes the recordings of all calls.
//
//   DiskRecorder recorder({clock, log, metrics}, {.folder = "…/recordings"}, on_finished);
//   recorder.start();                    // and offers what an earlier server left unfinished
//   auto recording = recorder.open(...); // any thread
//   recorder.stop();                     // finishes what is open
//
// Guarantee  what was said is on its way to the disk at most kWake + CallTrack::kSettled +
//            CallTrack::kBlock (0.75 s) later: a kill loses no more.
// Limits     kLengthMax a recording; FrameRing::kSlots frames between a call and the thread.
// Files      FOLDER/<workspace>/<conversation>.part while it is written or not yet in the store,
//            .rec once it is (RecordingArchive::confirm).
// Errors     none reach the call: a recording that fails ends with a reason, is logged and counted.
// Thread     open(): any. step() is for tests that have no thread: they never call start().
//            on_finished runs on the recorder's threads.
#pragma once

#include "core/clock.h"
#include "core/log.h"
#include "core/metrics.h"
#include "core/random.h"
#include "domain/recording.h"
#include "ports/call_recorder.h"
#include "ports/recording_seals.h"

#include <filesystem>
#include <functional>
#include <memory>

namespace antiphon {

class DiskRecorder final : public CallRecorder {
 public:
  struct Services {
    Clock& clock;
    Log& log;
    Metrics& metrics;
    // Null: recordings are plain. Otherwise each is sealed as the seals say; where they fail there
    // is no recording, logged as recording.not_sealed, and the call goes on.
    RecordingSeals* seals = nullptr;
    Random* random = nullptr;  // from any thread; not null with seals
  };
  struct Options {
    std::filesystem::path folder;
  };
  static constexpr std::chrono::milliseconds kWake{50};
  static constexpr std::chrono::hours kLengthMax{5};
  using OnFinished = std::function<void(Recording)>;

  DiskRecorder(const Services& services, Options options, OnFinished on_finished);
  ~DiskRecorder() override;

  void start();
  void stop();
  [[nodiscard]] std::unique_ptr<CallRecording> open(const Conversation& conversation,
                                                    Timepoint began) override;

  // One round: takes what came in and writes what is final.
  void step();
  // Finishes the .part files that lie in the folder, of calls that no longer run.
  void recover();

 private:
  struct State;
  class Handle;
  std::unique_ptr<State> state_;
};

}  // namespace antiphon
