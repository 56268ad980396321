// Keeps the sound of a call while it happens.
//
//   auto recording = recorder.open(conversation, clock.now());   // null: this call is not kept
//   recording->caller(now, frame.samples);                       // as it arrives
//   recording->agent(now, frame.samples);                        // as it is sent
//   recording->finish();
//
// Limits  frames of at most 20 ms. A recorder that falls behind drops frames and marks the gap; the
//         call never waits for it.
// Errors  none that a caller must handle: a recording that cannot go on ends with a reason, the
//         call does not.
// Thread  caller(), agent(), finish(): the session's executor; they allocate, lock and await
//         nothing. pause(), resume(): likewise its executor, between ticks. open(): any.
#pragma once

#include "core/audio_frame.h"
#include "core/clock.h"
#include "domain/conversation.h"

#include <memory>
#include <span>

namespace antiphon {

// Destroying it finishes it.
class CallRecording {
 public:
  virtual ~CallRecording() = default;
  // The frame ended when it arrived.
  virtual void caller(Timepoint arrived, std::span<const Sample> samples) noexcept = 0;
  // The frame begins when it is sent.
  virtual void agent(Timepoint sent, std::span<const Sample> samples) noexcept = 0;
  // From `at` on both channels are silence; pausing twice is pausing once.
  virtual void pause(Timepoint at) = 0;
  virtual void resume(Timepoint at) = 0;
  virtual void finish() noexcept = 0;
};

class CallRecorder {
 public:
  virtual ~CallRecorder() = default;
  // `began` is position 0.
  [[nodiscard]] virtual std::unique_ptr<CallRecording> open(const Conversation& conversation,
                                                            Timepoint began) = 0;
};

}  // namespace antiphon
