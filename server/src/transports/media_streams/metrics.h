// What the carriers' sockets count.
#pragma once

#include "core/metrics.h"

namespace antiphon {

struct MediaStreamMetrics {
  explicit MediaStreamMetrics(Metrics& metrics)
      : active(metrics.gauge("media_stream_active", "Carriers' sockets that are open.")),
        refused(metrics.counter("media_stream_refused_total",
                                "Streams that became no call: no start, no token, no agent.")),
        frames_dropped(metrics.counter("media_stream_frames_dropped_total",
                                       "Agent frames a slow carrier never got.")),
        broke_rules(metrics.counter("media_stream_broke_rules_total",
                                    "Streams closed because the carrier broke the protocol.")),
        unplayed(metrics.histogram("media_stream_unplayed_seconds",
                                   "Sound that a carrier was sent and had not played, by marks.",
                                   latency_bounds())),
        errors(metrics.counter("media_stream_errors_total",
                               "Errors that carriers reported on their sockets.")) {}

  Gauge& active;
  Counter& refused;
  Counter& frames_dropped;
  Counter& broke_rules;
  Histogram& unplayed;
  Counter& errors;
};

}  // namespace antiphon
