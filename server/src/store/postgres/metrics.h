// What the database's pool counts.
#pragma once

#include "core/error.h"
#include "core/metrics.h"

#include <string>

namespace antiphon::store {

struct PoolMetrics {
  explicit PoolMetrics(Metrics& metrics)
      : registry(metrics),
        units(metrics.counter("database_units_total", "Units of work that were answered.")),
        repeats(metrics.counter("database_unit_repeats_total",
                                "Units sent again after the server undid them.")),
        cancels(metrics.counter("database_cancels_total", "Units the server was asked to stop.")),
        drops(metrics.counter("database_connections_dropped_total",
                              "Connections closed because the server did not answer a cancel.")),
        connects(metrics.counter("database_connects_total", "Connections that were made.")),
        losses(metrics.counter("database_connections_lost_total", "Connections that broke.")),
        connect_failures(
            metrics.counter("database_connect_failures_total", "Attempts to connect that failed.")),
        in_flight(metrics.gauge("database_units_in_flight", "Units sent and not answered.")),
        waiting(metrics.gauge("database_units_waiting", "Units that wait for a connection.")),
        connections(metrics.gauge("database_connections_up", "Connections that are up.")),
        seconds(metrics.histogram("database_unit_seconds",
                                  "From the call to the answer, waiting included.",
                                  latency_bounds())) {}

  void failed(ErrorCode code) {
    registry
        .counter("database_unit_errors_total", "Units that failed, by error code.",
                 {{"code", std::string(name_of(code))}})
        .add();
  }

  Metrics& registry;
  Counter& units;
  Counter& repeats;
  Counter& cancels;
  Counter& drops;
  Counter& connects;
  Counter& losses;
  Counter& connect_failures;
  Gauge& in_flight;
  Gauge& waiting;
  Gauge& connections;
  Histogram& seconds;
};

}  // namespace antiphon::store
