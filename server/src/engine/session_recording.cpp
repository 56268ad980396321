// Whether the sound of the call is kept. The samples themselves go to the recorder where they pass:
// receive() and send_frame().
#include "engine/event_kinds.h"
#include "engine/session.h"

#include <utility>

namespace antiphon {

void Session::begin_sound() {
  if (services_.recorder == nullptr || !plan_.configuration.recording.enabled) return;
  sound_ = services_.recorder->open(recorder_.conversation(), recorder_.began());
  if (sound_) recorder_.event(event_kind::kRecordingStarted);
}

void Session::pause_recording(Timepoint at) {
  if (!sound_ || end_reason_ || std::exchange(sound_paused_, true)) return;
  sound_->pause(at);
  recorder_.event(event_kind::kRecordingPaused);
}

void Session::resume_recording(Timepoint at) {
  if (!sound_ || end_reason_ || !std::exchange(sound_paused_, false)) return;
  sound_->resume(at);
  recorder_.event(event_kind::kRecordingResumed);
}

}  // namespace antiphon
