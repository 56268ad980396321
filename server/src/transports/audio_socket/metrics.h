// What the audio socket counts.
#pragma once

#include "core/metrics.h"

namespace antiphon {

struct AudioSocketMetrics {
  explicit AudioSocketMetrics(Metrics& metrics)
      : active(metrics.gauge("audio_socket_active", "Audio sockets with a call on them.")),
        refused(metrics.counter("audio_socket_refused_total", "Sockets refused before the call.")),
        frames_dropped(metrics.counter("audio_socket_frames_dropped_total",
                                       "Agent frames a slow client never got.")),
        broke_rules(metrics.counter("audio_socket_broke_rules_total",
                                    "Calls closed because the client broke the protocol.")) {}

  Gauge& active;
  Counter& refused;
  Counter& frames_dropped;
  Counter& broke_rules;
};

}  // namespace antiphon
