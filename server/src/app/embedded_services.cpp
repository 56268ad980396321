#include "app/embedded_services.h"

#include "app/embedded_postgres.h"
#include "app/embedded_redis.h"
#include "core/task_group.h"

#include <fmt/format.h>

namespace antiphon {

EmbeddedServices::EmbeddedServices(ServiceContext context, EmbeddedConfig config)
    : context_(std::move(context)), config_(std::move(config)) {}

EmbeddedServices::~EmbeddedServices() = default;

Result<> EmbeddedServices::require_disk() const {
  std::error_code error;
  const auto space = std::filesystem::space(config_.data_directory, error);
  if (error || space.available >= config_.disk_least.value()) return {};
  constexpr std::uintmax_t kMebi = 1U << 20U;
  return failure(ErrorCode::resource_exhausted,
                 fmt::format("the disk of {} has {} MiB free and PostgreSQL needs {}; free some, "
                             "or choose another --data-dir",
                             config_.data_directory.string(), space.available / kMebi,
                             config_.disk_least.value() / kMebi));
}

Task<Result<>> EmbeddedServices::start() {
  if (!config_.with_postgres && !config_.with_redis) co_return Result<>{};
  const auto enough = require_disk();
  if (!enough) co_return enough;
  auto folders = prepare_embedded_folders(config_.data_directory, config_.environment);
  if (!folders) co_return std::unexpected(folders.error());
  folders_ = std::move(*folders);
  Result<> postgres;
  Result<> redis;
  {
    TaskGroup group(context_.executor);
    if (config_.with_postgres) group.spawn(start_postgres(postgres));
    if (config_.with_redis) group.spawn(start_redis(redis));
    co_await group.join();
  }
  if (postgres && redis) co_return Result<>{};
  co_await stop();
  co_return postgres ? redis : postgres;
}

Task<> EmbeddedServices::start_postgres(Result<>& outcome) { outcome = co_await run_postgres(); }

Task<Result<>> EmbeddedServices::run_postgres() {
  const auto programs = find_postgres(config_.postgres_roots, folders_.cluster());
  if (!programs) co_return std::unexpected(programs.error());
  const auto ended = co_await end_postgres_orphan(context_, folders_);
  if (!ended) co_return ended;
  const bool is_new = !is_cluster_ready(folders_.cluster());
  if (is_new) {
    const auto made = co_await make_cluster(context_, *programs, folders_);
    if (!made) co_return made;
  }
  postgres_ = std::make_unique<SupervisedService>(context_, postgres_recipe(*programs, folders_));
  const auto started = co_await postgres_->start();
  if (!started || !is_new) co_return started;
  co_return co_await finish_cluster(context_, *programs, folders_);
}

Task<> EmbeddedServices::start_redis(Result<>& outcome) { outcome = co_await run_redis(); }

Task<Result<>> EmbeddedServices::run_redis() {
  const auto program = find_redis(config_.redis_folders);
  if (!program) co_return std::unexpected(program.error());
  const auto ended = co_await end_redis_orphan(context_, folders_);
  if (!ended) co_return ended;
  redis_ = std::make_unique<SupervisedService>(context_, redis_recipe(*program, folders_));
  co_return co_await redis_->start();
}

namespace {

Task<> stop_one(SupervisedService& service) { co_await service.stop(); }

}  // namespace

Task<> EmbeddedServices::stop() {
  TaskGroup group(context_.executor);
  if (postgres_) group.spawn(stop_one(*postgres_));
  if (redis_) group.spawn(stop_one(*redis_));
  co_await group.join();
  postgres_.reset();
  redis_.reset();
}

std::string EmbeddedServices::database_url() const {
  return config_.with_postgres ? postgres_url(folders_, kPostgresApplication) : std::string();
}

std::string EmbeddedServices::database_owner_url() const {
  return config_.with_postgres ? postgres_url(folders_, kPostgresOwner) : std::string();
}

std::string EmbeddedServices::redis_url() const {
  return config_.with_redis ? antiphon::redis_url(folders_) : std::string();
}

std::optional<pid_t> EmbeddedServices::pid(ServiceName name) const {
  const auto& service = name == ServiceName::postgres ? postgres_ : redis_;
  return service ? service->pid() : std::nullopt;
}

}  // namespace antiphon
