// The private Redis: found in PATH, run without a port, its data in <data>/redis. Nothing in it is
// the only copy: it saves every five minutes and when it stops, and a disk that is full does not
// make it refuse writes.
#pragma once

#include "app/embedded_folders.h"
#include "app/supervised_service.h"
#include "core/result.h"

#include <filesystem>
#include <string>
#include <vector>

namespace antiphon {

// redis-server, or its successor valkey-server. Errors: not_found.
[[nodiscard]] Result<std::filesystem::path> find_redis(
    const std::vector<std::filesystem::path>& folders);

Task<Result<>> end_redis_orphan(ServiceContext& context, const EmbeddedFolders& folders);
[[nodiscard]] ServiceRecipe redis_recipe(const std::filesystem::path& program,
                                         const EmbeddedFolders& folders);
// "unix:///path/redis.sock"
[[nodiscard]] std::string redis_url(const EmbeddedFolders& folders);

}  // namespace antiphon
