#include "engine/metrics.h"

namespace antiphon {

namespace {

std::vector<double> tick_bounds() {
  return {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1};
}

Counter& failures(Metrics& metrics, const char* stage) {
  return metrics.counter("session_provider_failures_total", "Failures of a provider in a session.",
                         {{"stage", stage}});
}

}  // namespace

EngineMetrics::EngineMetrics(Metrics& metrics)
    : sessions_active(metrics.gauge("session_active", "Spoken sessions that run now.")),
      sessions_started(metrics.counter("session_started_total", "Spoken sessions started.")),
      sessions_refused(metrics.counter("session_refused_total", "Spoken sessions refused.")),
      pauses(metrics.counter("turn_pauses_total", "Times the agent paused for a sound.")),
      resumes(metrics.counter("turn_resumes_total", "Times it went on afterwards.")),
      barge_ins(metrics.counter("turn_barge_ins_total", "Times the caller took the turn back.")),
      false_stops(metrics.counter("turn_false_stops_total",
                                  "Replies stopped for nothing and taken up again.")),
      speculations(metrics.counter("turn_speculations_total",
                                   "Answers begun before the caller's turn was surely over.")),
      speculations_used(metrics.counter("turn_speculations_used_total",
                                        "Of these, the ones that were then spoken.")),
      echoes(metrics.counter("turn_echo_windows_total",
                             "Windows of the caller that were the agent's own voice.")),
      recognition_failures(failures(metrics, "recognizer")),
      synthesis_failures(failures(metrics, "synthesizer")),
      reply_failures(failures(metrics, "language_model")),
      turn_detector_failures(failures(metrics, "turn_detector")),
      caller_frames_dropped(metrics.counter("caller_frames_dropped_total",
                                            "Frames of callers that send faster than time.")),
      ticks_skipped(metrics.counter("media_ticks_skipped_total",
                                    "Ticks left out because the loop was held up.")),
      tick_late(
          metrics.histogram("media_tick_late_seconds", "How late a tick began.", tick_bounds())),
      voice_activity(metrics.histogram(
          "voice_activity_seconds", "One batched run of the voice-activity model.", tick_bounds())),
      first_audio(metrics.histogram("turn_first_audio_seconds",
                                    "End of the caller's speech to the first audible frame.",
                                    latency_bounds())) {}

}  // namespace antiphon
