// `antiphon auth-keys` and `antiphon outbox`: files of the data directory, no server needed.
#include "app/auth_settings.h"
#include "app/commands.h"
#include "app/data_directory.h"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

namespace antiphon {

namespace {

namespace fs = std::filesystem;

Result<fs::path> data_folder(const Options& options) {
  if (options.has("data-dir")) return fs::path(options.get("data-dir"));
  return default_data_directory([](const char* name) { return environment_value(name); },
                                geteuid() == 0);
}

Result<> make_key(AuthKeyFiles& files, const std::string& kind) {
  if (kind != "es256" && kind != "rs256") {
    return failure(ErrorCode::invalid_argument, "--new is es256 or rs256");
  }
  const auto made = files.make(kind == "es256" ? JwtAlgorithm::es256 : JwtAlgorithm::rs256);
  if (!made) return std::unexpected(made.error());
  fmt::print("made {}; a running server signs with it within five seconds\n", made->key.id());
  return {};
}

}  // namespace

int run_auth_keys(const Options& options) {
  const auto folder = data_folder(options);
  if (!folder) return fail(folder.error());
  AuthKeyFiles files(*folder);
  if (options.has("new")) {
    if (const auto made = make_key(files, options.get("new")); !made) return fail(made.error());
  }
  if (options.has("remove")) {
    if (const auto gone = files.remove(options.get("remove")); !gone) return fail(gone.error());
  }
  const auto keys = files.keys();
  if (!keys) return fail(keys.error());
  for (const AuthKeyFiles::Entry& entry : *keys) {
    fmt::print("{}  {}  {}\n", entry.key.id(), name_of(entry.key.algorithm()),
               &entry == &keys->front() ? "signs" : "verifies");
  }
  fmt::print("{}  HS256  {}\n", (*folder / "auth" / "jwt-secret").string(),
             keys->empty() ? "signs" : "verifies");
  return 0;
}

int run_outbox(const Options& options) {
  const auto folder = data_folder(options);
  if (!folder) return fail(folder.error());
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(*folder / "outbox", error)) {
    if (entry.path().extension() == ".eml") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  if (!options.has("last")) {
    for (const fs::path& file : files)
      fmt::print("{}\n", file.string());
    return 0;
  }
  if (files.empty()) return fail({ErrorCode::not_found, "there is no mail in the outbox"});
  std::ifstream in(files.back(), std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  fmt::print("{}", text);
  return 0;
}

}  // namespace antiphon
