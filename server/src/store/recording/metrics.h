// What recording counts.
#pragma once

#include "core/metrics.h"
#include "domain/recording.h"

#include <boost/describe/enum_to_string.hpp>

namespace antiphon {

struct RecordingMetrics {
  explicit RecordingMetrics(Metrics& registry)
      : active(registry.gauge("recording_active", "Calls whose sound is being kept.")),
        bytes(registry.counter("recording_bytes_total", "Bytes of recordings written.")),
        frames_dropped(registry.counter("recording_frames_dropped_total",
                                        "Frames the recorder was too slow for.")),
        registry_(registry) {
    for (const RecordingEnd end :
         {RecordingEnd::call_ended, RecordingEnd::server_ended, RecordingEnd::disk_full,
          RecordingEnd::disk_failed, RecordingEnd::length_limit})
      static_cast<void>(finished(end));
  }

  [[nodiscard]] Counter& finished(RecordingEnd end) {
    return registry_.counter("recording_finished_total", "Recordings by why they ended.",
                             {{"end", boost::describe::enum_to_string(end, "")}});
  }

  Gauge& active;
  Counter& bytes;
  Counter& frames_dropped;

 private:
  Metrics& registry_;
};

}  // namespace antiphon
