// Runs a Server on the process's main thread until a signal ends it; shared by `up` and `serve`.
#pragma once

#include "app/server.h"
#include "core/result.h"

#include <functional>

namespace antiphon {

// What surrounds the server: `before` runs first and yields its configuration, `after` runs last.
struct ServerRun {
  std::function<Task<Result<ServerConfig>>(const ServerContext&)> before;
  std::function<Task<>(const ServerContext&)> after = {};
  // Called when it listens; printing the link is the command's task.
  std::function<void(const Server& server)> listening;
};

// The process's exit status. SIGTERM and SIGINT end it cleanly, a second one at once.
[[nodiscard]] int run_server(const ServerRun& run);

}  // namespace antiphon
