// What an operator and a curious person ask: /healthz, /readyz, /metrics, /openapi.json, /docs.
#pragma once

#include "api/router.h"
#include "core/metrics.h"

#include <functional>
#include <string>
#include <vector>

namespace antiphon {

// One part the server needs. A part that is not required makes the server degraded, not unready.
struct PartHealth {
  std::string name;  // api, speech, postgresql, redis
  bool up = false;
  bool required = true;
  std::string detail;  // why it is not up, and what happens meanwhile
};

using HealthProbe = std::function<std::vector<PartHealth>()>;

// Add these last: /docs and /openapi.json describe the routes that are there by then.
void add_system_routes(Router& router, Metrics& metrics, HealthProbe probe);

// The description that contract/openapi.json and /openapi.json are made of.
[[nodiscard]] json::ApiDescription describe_api(const Router& router);

}  // namespace antiphon
