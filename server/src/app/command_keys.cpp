// `antiphon keys make`, `keys status`, `keys rotate`.
#include "app/commands.h"
#include "app/embedded_folders.h"
#include "app/embedded_postgres.h"
#include "app/master_key_file.h"
#include "app/run_until_done.h"
#include "core/system_clock.h"
#include "service/key_ring.h"
#include "store/postgres/pool.h"
#include "store/postgres/secrets.h"

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <span>

namespace antiphon {

namespace {

constexpr std::chrono::seconds kDatabasePatience{10};

std::optional<std::string> lookup(const char* name) { return environment_value(name); }

std::string hex_of(std::string_view id) {
  std::string text;
  for (const char byte : id)
    text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

Result<std::filesystem::path> data_directory_of(const Options& options) {
  const std::string named = options.get("data-dir");
  if (!named.empty()) return std::filesystem::absolute(named);
  return default_data_directory(lookup, geteuid() == 0);
}

// The database that the options name, or the one that `antiphon up` runs in its data directory.
Result<std::string> database_of(const Options& options, const std::filesystem::path& data) {
  const std::string named = options.get("database-url");
  if (!named.empty()) return named;
  if (!std::filesystem::is_directory(data / "postgres")) {
    return failure(ErrorCode::not_found, data.string() +
                                             " holds no database of `antiphon up`; "
                                             "name one with --database-url");
  }
  const auto folders = prepare_embedded_folders(data, lookup);
  if (!folders) return std::unexpected(folders.error());
  return postgres_url(*folders, kPostgresApplication);
}

// Everything the two commands that ask the database need.
struct Ground {
  Ground(MasterKeyPlace place_in, std::string url)
      : place(std::move(place_in)),
        pool(loop.get_executor(), clock, random, log, metrics,
             {.url = std::move(url), .connections = 1}),
        key_store(store::make_postgres_workspace_keys(pool)),
        keys(*key_store, clock, random, [this] { return load_master_keys(place); }) {}

  boost::asio::io_context loop{1};
  SystemClock clock;
  SystemRandom random;
  Log log{clock, 2, LogLevel::error};
  Metrics metrics;
  MasterKeyPlace place;
  store::Pool pool;
  std::unique_ptr<WorkspaceKeyStore> key_store;
  KeyRing keys;
};

Result<std::unique_ptr<Ground>> prepare(const Options& options) {
  const auto data = data_directory_of(options);
  if (!data) return std::unexpected(data.error());
  auto place = find_master_keys(lookup, *data);
  if (!place) return std::unexpected(place.error());
  auto url = database_of(options, *data);
  if (!url) return std::unexpected(url.error());
  return std::make_unique<Ground>(std::move(*place), std::move(*url));
}

template <class T>
Task<Result<T>> with_pool(Ground& ground, Task<Result<T>> work) {
  ground.pool.start();
  Result<T> outcome = failure(ErrorCode::unavailable, "PostgreSQL does not answer");
  if (co_await ground.pool.wait_until_up(ground.clock.now() + kDatabasePatience)) {
    outcome = co_await std::move(work);
  } else {
    outcome = failure(ErrorCode::unavailable,
                      "PostgreSQL does not answer: " + ground.pool.health().last_error +
                          "; is `antiphon up` running, or is --database-url missing?");
  }
  co_await ground.pool.stop();
  co_return outcome;
}

// A rotation of the file begins with a new key in front; one that was cut off has it already.
Result<MasterKeys> begin_rotation(Ground& ground) {
  auto loaded = load_master_keys(ground.place);
  if (!loaded) return std::unexpected(loaded.error());
  if (!*loaded) {
    return failure(ErrorCode::wrong_state, "there is no master key yet: nothing is sealed");
  }
  MasterKeys keys = std::move(**loaded);
  if (keys.all().size() > 1) return keys;
  if (ground.place.text) {
    return failure(ErrorCode::wrong_state,
                   "ANTIPHON_MASTER_KEY holds one key; put a new one in front of it (`antiphon "
                   "keys make`), restart the servers, and rotate again");
  }
  keys.put_in_front(SecretKey::make_random(ground.random));
  const auto written = write_private_file(ground.place.file, keys.to_text());
  if (!written) return std::unexpected(written.error());
  return keys;
}

// The old keys open nothing any more. A server that made a key meanwhile keeps its own.
Task<Result<>> end_rotation(Ground& ground, MasterKeys keys) {
  const auto used = co_await ground.keys.master_keys_in_use();
  if (!used) co_return std::unexpected(used.error());
  std::vector<KeyId> old;
  for (const SecretKey& key : std::span(keys.all()).subspan(1))
    old.push_back(key_id_of(key));
  for (const KeyId& id : old) {
    bool is_used = false;
    for (const MasterKeyUse& use : *used)
      is_used = is_used || hex_of(use.master_key_id) == to_text(id);
    if (!is_used) keys.drop(id);
  }
  if (ground.place.text) co_return Result<>{};
  co_return write_private_file(ground.place.file, keys.to_text());
}

Task<Result<RotationProgress>> rotate(Ground& ground, MasterKeys keys, bool json) {
  const auto print = [json](const RotationProgress& now) {
    if (json) {
      fmt::print("{{\"rewrapped\":{},\"left\":{}}}\n", now.rewrapped, now.left);
    } else {
      fmt::print("{} keys wrapped anew, {} left\n", now.rewrapped, now.left);
    }
    std::fflush(stdout);
  };
  auto report = co_await ground.keys.rotate(print);
  if (!report) co_return report;
  auto ended = co_await end_rotation(ground, std::move(keys));
  if (!ended) co_return std::unexpected(ended.error());
  co_return report;
}

}  // namespace

int run_keys_make(const Options&) {
  SystemRandom random;
  fmt::print("{}", MasterKeys(SecretKey::make_random(random)).to_text());
  return 0;
}

int run_keys_status(const Options& options) {
  auto ground = prepare(options);
  if (!ground) return fail(ground.error());
  const auto loaded = load_master_keys((*ground)->place);
  if (!loaded) return fail(loaded.error());
  const auto used =
      run_until_done((*ground)->loop, with_pool(**ground, (*ground)->keys.master_keys_in_use()));
  if (!used) return fail(used.error());
  std::string json;
  for (const MasterKeyUse& use : *used) {
    const std::string id = hex_of(use.master_key_id);
    std::string_view state = "missing";
    for (std::size_t i = 0; *loaded && i < (*loaded)->all().size(); ++i) {
      if (to_text(key_id_of((*loaded)->all()[i])) == id) state = i == 0 ? "current" : "old";
    }
    if (options.has("json")) {
      json += fmt::format("{}{{\"master_key\":\"{}\",\"state\":\"{}\",\"workspace_keys\":{}}}",
                          json.empty() ? "" : ",", id, state, use.keys);
    } else {
      fmt::print("{}  {:8}  {} workspace keys\n", id, state, use.keys);
    }
  }
  if (options.has("json")) fmt::print("{{\"master_keys\":[{}]}}\n", json);
  if (used->empty() && !options.has("json")) fmt::print("nothing is sealed yet\n");
  return 0;
}

int run_keys_rotate(const Options& options) {
  auto ground = prepare(options);
  if (!ground) return fail(ground.error());
  auto keys = begin_rotation(**ground);
  if (!keys) return fail(keys.error());
  const auto report =
      run_until_done((*ground)->loop,
                     with_pool(**ground, rotate(**ground, std::move(*keys), options.has("json"))));
  if (!report) return fail(report.error());
  if (!options.has("json")) fmt::print("done; the old master key opens nothing any more\n");
  return 0;
}

}  // namespace antiphon
