// What the engine counts. One instance per process, registered once, shared by all sessions.
#pragma once

#include "core/metrics.h"

namespace antiphon {

struct EngineMetrics {
  explicit EngineMetrics(Metrics& metrics);

  Gauge& sessions_active;
  Counter& sessions_started;
  Counter& sessions_refused;
  Counter& pauses;        // the agent stopped for a sound of the caller
  Counter& resumes;       // and went on
  Counter& barge_ins;     // or gave up the turn
  Counter& false_stops;   // gave it up for a cough or an "uh-huh", and said the rest afterwards
  Counter& speculations;  // answers begun in a pause
  Counter& speculations_used;  // which were the answer; the others were waste
  Counter& echoes;             // windows of the agent's own voice that came back
  Counter& recognition_failures;
  Counter& synthesis_failures;
  Counter& reply_failures;
  Counter& turn_detector_failures;
  Counter& caller_frames_dropped;
  Counter& ticks_skipped;
  Histogram& tick_late;
  Histogram& voice_activity;
  Histogram& first_audio;
};

}  // namespace antiphon
