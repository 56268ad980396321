#include "app/commands.h"
#include "app/config_file.h"
#include "app/contract_router.h"
#include "app/event_contract.h"
#include "json/openapi.h"
#include "json/problem.h"
#include "json/typescript.h"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace antiphon {

namespace {

struct ContractFile {
  std::string_view name;
  std::string text;
};

std::vector<ContractFile> make_contract() {
  const json::ApiDescription api = describe_contract();
  return {{"openapi.json", json::openapi_json(api)},
          {"events.schema.json", json::events_schema_json(api.title, event_groups())},
          {"errors.json", error_catalogue_json()},
          {"api.d.ts", json::typescript(api, event_groups())}};
}

// The pages of docs/reference that say the same for people.
std::vector<ContractFile> make_pages() {
  const CommandSpec* serve = nullptr;
  const CommandSpec* up = nullptr;
  for (const Command& command : commands()) {
    if (command.spec->name == "serve") serve = command.spec;
    if (command.spec->name == "up") up = command.spec;
  }
  return {{"events.md", events_page()},
          {"configuration.md", configuration_page(*serve, *up)},
          {"../../.env.example", environment_example(*serve)}};
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

int write_all(const std::filesystem::path& folder, const std::vector<ContractFile>& files) {
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  for (const ContractFile& file : files) {
    std::ofstream out(folder / file.name, std::ios::binary);
    out << file.text;
    if (!out.good()) {
      return fail({ErrorCode::unavailable, "cannot write " + (folder / file.name).string()});
    }
  }
  return 0;
}

int check_all(const std::filesystem::path& folder, const std::vector<ContractFile>& files,
              std::string_view remedy) {
  int status = 0;
  for (const ContractFile& file : files) {
    if (read_file(folder / file.name) == file.text) continue;
    fmt::print(stderr, "{} is not what the code says; run `antiphon contract {}{}`\n",
               (folder / file.name).string(), remedy, folder.string());
    status = 1;
  }
  return status;
}

}  // namespace

int run_contract(const Options& options) {
  int status = 0;
  if (options.has("write")) status |= write_all(options.get("write"), make_contract());
  if (options.has("check")) status |= check_all(options.get("check"), make_contract(), "--write ");
  if (options.has("write-pages")) status |= write_all(options.get("write-pages"), make_pages());
  if (options.has("check-pages")) {
    status |= check_all(options.get("check-pages"), make_pages(), "--write-pages ");
  }
  for (const std::string_view option : {"write", "check", "write-pages", "check-pages"}) {
    if (options.has(option)) return status;
  }
  for (const ContractFile& file : make_contract())
    fmt::print("{}\n", file.text);
  return 0;
}

}  // namespace antiphon
