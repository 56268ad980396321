// What the WebRTC transport counts.
#pragma once

#include "core/metrics.h"

namespace antiphon {

struct WebRtcMetrics {
  explicit WebRtcMetrics(Metrics& metrics)
      : active(metrics.gauge("webrtc_active", "WebRTC calls, connected or about to be.")),
        refused(metrics.counter("webrtc_refused_total", "Offers refused.")),
        never_connected(metrics.counter("webrtc_never_connected_total",
                                        "Calls whose media path never came up.")),
        consent_lost(
            metrics.counter("webrtc_consent_lost_total", "Calls whose peer fell silent on ICE.")),
        checks_refused(
            metrics.counter("webrtc_checks_refused_total", "STUN that nobody answered.")),
        unvalidated(metrics.counter("webrtc_datagrams_dropped_total", "Datagrams dropped.",
                                    {{"reason", "unvalidated"}})),
        overrun(metrics.counter("webrtc_datagrams_dropped_total", "Datagrams dropped.",
                                {{"reason", "overrun"}})),
        not_authentic(metrics.counter("webrtc_datagrams_dropped_total", "Datagrams dropped.",
                                      {{"reason", "not_authentic"}})),
        malformed(metrics.counter("webrtc_datagrams_dropped_total", "Datagrams dropped.",
                                  {{"reason", "malformed"}})),
        unsent(metrics.counter("webrtc_datagrams_dropped_total", "Datagrams dropped.",
                               {{"reason", "unsent"}})),
        concealed(metrics.counter("webrtc_packets_concealed_total",
                                  "Packets that did not come and were made up.")),
        path_changes(metrics.counter("webrtc_path_changes_total",
                                     "Times a peer went on from another address.")),
        connect_seconds(metrics.histogram("webrtc_connect_seconds",
                                          "From the answer to the first key of a call.",
                                          latency_bounds())) {}

  Gauge& active;
  Counter& refused;
  Counter& never_connected;
  Counter& consent_lost;
  Counter& checks_refused;
  Counter& unvalidated;
  Counter& overrun;
  Counter& not_authentic;
  Counter& malformed;
  Counter& unsent;
  Counter& concealed;
  Counter& path_changes;
  Histogram& connect_seconds;
};

}  // namespace antiphon
