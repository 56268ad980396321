#include "app/commands.h"
#include "app/data_directory.h"
#include "app/embedded_services.h"
#include "app/master_key_file.h"
#include "app/run_until_done.h"
#include "app/running_server.h"
#include "app/server_providers.h"
#include "app/speech_models.h"
#include "app/studio_pages.h"
#include "core/system_clock.h"
#include "process/child.h"
#include "service/workspace_purge.h"
#include "store/postgres/migrator.h"

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <thread>

namespace antiphon {

namespace {

constexpr std::chrono::seconds kLockPatience{2};

std::filesystem::path this_program() { return std::filesystem::read_symlink("/proc/self/exe"); }

std::optional<std::string> lookup(const char* name) { return environment_value(name); }

constexpr std::size_t kThreadsMost = 256;
constexpr std::size_t kCallsMost = 100'000;

// A number from 1 to `most`; `otherwise` where the option was not given.
Result<std::size_t> count_of(const Options& options, std::string_view name, std::size_t most,
                             std::size_t otherwise) {
  if (!options.has(name)) return otherwise;
  const std::string text = options.get(name);
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error == std::errc{} && end == text.data() + text.size() && count > 0 && count <= most) {
    return count;
  }
  return failure(ErrorCode::invalid_argument,
                 fmt::format("--{} must be a number from 1 to {}", name, most));
}

Result<std::chrono::days> purge_after(const Options& options) {
  const std::string text = options.get("purge-after-days");
  int days = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), days);
  const bool is_number = error == std::errc{} && end == text.data() + text.size();
  if (is_number && days >= WorkspacePurge::kGraceMin.count() && days <= 3'650) {
    return std::chrono::days(days);
  }
  return failure(ErrorCode::invalid_argument,
                 "--purge-after-days must be a number from 14 to 3650");
}

// `up` makes a master key where there is none; `serve` starts without one while nothing is sealed.
enum class StartedBy : std::uint8_t { up, serve };

// What `up` starts for this machine alone is somebody's workbench.
Result<bool> limits_requests(const Options& options, const SocketAddress& listen,
                             StartedBy started_by) {
  const std::string wanted = options.get("rate-limits");
  if (wanted == "on" || wanted == "off") return wanted == "on";
  if (!wanted.empty()) {
    return failure(ErrorCode::invalid_argument, "--rate-limits must be on or off");
  }
  const bool is_local =
      listen.host == "127.0.0.1" || listen.host == "::1" || listen.host == "localhost";
  return started_by == StartedBy::serve || !is_local;
}

// Shared by `up` and `serve`: everything but where the database is.
struct Ground {
  DataDirectory directory;
  ServerConfig config;
  NewApiKey development_key;
};

Result<KeyRing::LoadMasterKeys> prepare_master_keys(const DataDirectory& directory, Random& random,
                                                    StartedBy started_by) {
  auto place = find_master_keys(lookup, directory.path());
  if (!place) return std::unexpected(place.error());
  if (started_by == StartedBy::up) {
    const auto ensured = ensure_master_keys(*place, random);
    if (!ensured) return std::unexpected(ensured.error());
  }
  const auto loaded = load_master_keys(*place);
  if (!loaded) return std::unexpected(loaded.error());
  return [place = std::move(*place)] { return load_master_keys(place); };
}

// The private addresses that providers and tools may have.
Result<> read_targets(const Options& options, ServerConfig& config) {
  auto targets = read_outbound_policy(options, "provider-targets");
  if (!targets) return std::unexpected(std::move(targets.error()));
  config.provider_policy = std::move(*targets);
  targets = read_outbound_policy(options, "tool-targets");
  if (!targets) return std::unexpected(std::move(targets.error()));
  config.tool_policy = std::move(*targets);
  return {};
}

Result<Ground> prepare(const Options& options, Random& random, StartedBy started_by) {
  std::filesystem::path folder = options.get("data-dir");
  if (folder.empty()) {
    auto standard = default_data_directory(lookup, geteuid() == 0);
    if (!standard) return std::unexpected(std::move(standard.error()));
    folder = std::move(*standard);
  }
  boost::asio::io_context loop;
  SystemClock clock;
  auto directory = run_until_done(
      loop, DataDirectory::open_when_free(std::filesystem::absolute(folder), clock, kLockPatience));
  if (!directory) return std::unexpected(std::move(directory.error()));
  auto secrets = directory->secrets(random);
  if (!secrets) return std::unexpected(std::move(secrets.error()));
  auto key = directory->development_api_key(random);
  if (!key) return std::unexpected(std::move(key.error()));
  ServerConfig config;
  auto listen = SocketAddress::parse(options.get("listen"));
  if (!listen) return std::unexpected(std::move(listen.error()));
  config.listen = std::move(*listen);
  const auto limits = limits_requests(options, config.listen, started_by);
  if (!limits) return std::unexpected(limits.error());
  config.limits_requests = *limits;
  const auto purge = purge_after(options);
  if (!purge) return std::unexpected(purge.error());
  config.purge_after = *purge;
  auto edge = read_edge(options);
  if (!edge) return std::unexpected(std::move(edge.error()));
  config.edge = std::move(*edge);
  auto webrtc = read_webrtc(options, config.listen);
  if (!webrtc) return std::unexpected(std::move(webrtc.error()));
  config.webrtc = std::move(*webrtc);
  const auto targets = read_targets(options, config);
  if (!targets) return std::unexpected(targets.error());
  auto models = find_models(options.get("models"), this_program());
  if (!models) return std::unexpected(std::move(models.error()));
  config.models = std::move(*models);
  const std::size_t cores = std::max<std::size_t>(1, std::thread::hardware_concurrency());
  const auto threads = count_of(options, "threads", kThreadsMost, cores);
  if (!threads) return std::unexpected(threads.error());
  const auto calls_max = count_of(options, "calls-max", kCallsMost, 0);
  if (!calls_max) return std::unexpected(calls_max.error());
  config.calls_max = *calls_max;
  config.inference_threads = *threads;
  config.media_workers = std::max<std::size_t>(2, cores) - 1;
  config.state = directory->path();
  config.studio = find_studio(this_program());
  config.ticket_key = secrets->ticket_key;
  config.call_logs = options.has("call-logs");
  auto master_keys = prepare_master_keys(*directory, random, started_by);
  if (!master_keys) return std::unexpected(std::move(master_keys.error()));
  config.load_master_keys = std::move(*master_keys);
  auto auth = read_auth_settings(directory->path(), lookup, random);
  if (!auth) return std::unexpected(std::move(auth.error()));
  config.auth = std::move(*auth);
  return Ground{std::move(*directory), std::move(config), std::move(*key)};
}

// An address that listens everywhere is reached from here through the loopback.
std::string reachable_host(const std::string& host) {
  if (host == "0.0.0.0") return "127.0.0.1";
  if (host == "::" || host == "[::]") return "[::1]";
  return host.contains(':') && !host.starts_with('[') ? '[' + host + ']' : host;
}

std::string_view scheme_of(const ServerConfig& config) {
  return config.edge.has_tls() ? "https" : "http";
}

// What another device on the network types; the fingerprint is how its owner knows that nobody
// stands between.
void print_self_signed(const Server& server) {
  fmt::print(
      "\nThe certificate is this machine's own; a browser asks once. Compare:\n\n"
      "  SHA-256 {}\n\nFrom another device, by any of these names:\n",
      server.fingerprint());
  for (const std::string& name : machine_names()) {
    if (name == "localhost" || name == "127.0.0.1" || name == "::1") continue;
    fmt::print("  https://{}:{}/try\n", reachable_host(name), server.port());
  }
}

void print_link(const Ground& ground, const Server& server) {
  const std::string host = reachable_host(ground.config.listen.host);
  const std::string_view scheme = scheme_of(ground.config);
  if (ground.config.edge.is_self_signed) print_self_signed(server);
  fmt::print(
      "\nTalk to the agent `front-desk`:\n\n  {}://{}:{}/try#key={}\n\n"
      "Build and watch agents in the studio:\n\n  {}://{}:{}/#key={}\n\n"
      "See the agent on a website:\n\n  {}://{}:{}/demo\n\n"
      "API: {}://{}:{}/docs   Stop: Ctrl-C\n",
      scheme, host, server.port(), ground.development_key.text.reveal(), scheme, host,
      server.port(), ground.development_key.text.reveal(), scheme, host, server.port(), scheme,
      host, server.port());
  std::fflush(stdout);
}

}  // namespace

int run_up(const Options& options) {
  SystemRandom random;
  const SystemClock clock;
  auto ground = prepare(options, random, StartedBy::up);
  if (!ground) return fail(ground.error());
  auto schema = store::find_schema_directory(this_program());
  if (!schema) return fail(schema.error());
  if (options.has("tls-self-signed") && !ground->config.edge.has_tls()) {
    auto made = use_self_signed(ground->config.edge, ground->directory.path() / "tls", clock);
    if (!made) return fail(made.error());
  }
  const auto database_url = environment_value("DATABASE_URL");
  const auto redis_url = environment_value("REDIS_URL");
  Launcher launcher;
  std::unique_ptr<EmbeddedServices> services;
  ServerRun run;
  run.before = [&](const ServerContext& context) -> Task<Result<ServerConfig>> {
    Log& log = context.log;
    EmbeddedConfig embedded;
    embedded.data_directory = ground->directory.path();
    embedded.with_postgres = !database_url;
    embedded.with_redis = !redis_url;
    embedded.environment = lookup;
    ServiceContext service_context{context.executor, launcher, context.clock, context.random,
                                   [&log](const ServiceEvent& event) {
                                     log.info("service", {{"name", name_of(event.service)},
                                                          {"state", name_of(event.state)},
                                                          {"detail", event.detail}});
                                   }};
    services = std::make_unique<EmbeddedServices>(std::move(service_context), std::move(embedded));
    auto started = co_await services->start();
    if (!started) co_return std::unexpected(std::move(started.error()));
    store::MigratorOptions migration;
    migration.url = database_url ? *database_url : services->database_owner_url();
    migration.directory = *schema;
    migration.seed = true;
    auto migrated = co_await store::migrate(context.clock, log, std::move(migration));
    if (!migrated) co_return std::unexpected(std::move(migrated.error()));
    ServerConfig config = ground->config;
    config.database_url = database_url ? *database_url : services->database_url();
    config.owns_database = !database_url;
    config.redis_url = redis_url ? *redis_url : services->redis_url();
    config.shares_redis = redis_url.has_value();
    config.development_key = ground->development_key.hash;
    co_return config;
  };
  run.after = [&](const ServerContext&) -> Task<> {
    if (services) co_await services->stop();
  };
  run.listening = [&](const Server& server) { print_link(*ground, server); };
  return run_server(run);
}

int run_serve(const Options& options) {
  SystemRandom random;
  const auto database_url = options.require("database-url");
  if (!database_url) return fail(database_url.error());
  auto ground = prepare(options, random, StartedBy::serve);
  if (!ground) return fail(ground.error());
  const std::string profile = options.get("profile");
  if (profile == "production") {
    const auto fit = check_production(ground->config.edge);
    if (!fit) return fail(fit.error());
  } else if (profile != "development") {
    return fail({ErrorCode::invalid_argument, "--profile is development or production"});
  }
  ServerRun run;
  run.before = [&](const ServerContext&) -> Task<Result<ServerConfig>> {
    ServerConfig config = ground->config;
    config.database_url = *database_url;
    config.redis_url = options.get("redis-url");
    config.shares_redis = !config.redis_url.empty();
    co_return config;
  };
  run.listening = [&](const Server& server) {
    fmt::print("antiphon listens on {}://{}:{}\n", scheme_of(ground->config),
               reachable_host(ground->config.listen.host), server.port());
    std::fflush(stdout);
  };
  return run_server(run);
}

int run_migrate(const Options& options) {
  const auto database_url = options.require("database-url");
  if (!database_url) return fail(database_url.error());
  auto schema = store::find_schema_directory(this_program());
  if (!schema) return fail(schema.error());
  SystemClock clock;
  Log log(clock, 2, LogLevel::warning);
  boost::asio::io_context loop;
  store::MigratorOptions migration;
  migration.url = *database_url;
  migration.directory = std::move(*schema);
  migration.seed = options.has("seed");
  migration.applied = [](const std::string& file) { fmt::print("applied {}\n", file); };
  const auto report = run_until_done(loop, store::migrate(clock, log, std::move(migration)));
  if (!report) return fail(report.error());
  fmt::print("{} applied, {} were there\n", report->applied.size(), report->present);
  return 0;
}

}  // namespace antiphon
