#include "app/commands.h"
#include "app/contract_router.h"
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
          {"errors.json", error_catalogue_json()},
          {"api.d.ts", json::typescript(api, {})}};
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

int write_all(const std::filesystem::path& folder) {
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  for (const ContractFile& file : make_contract()) {
    std::ofstream out(folder / file.name, std::ios::binary);
    out << file.text;
    if (!out.good()) {
      return fail({ErrorCode::unavailable, "cannot write " + (folder / file.name).string()});
    }
  }
  return 0;
}

int check_all(const std::filesystem::path& folder) {
  int status = 0;
  for (const ContractFile& file : make_contract()) {
    if (read_file(folder / file.name) == file.text) continue;
    fmt::print(stderr, "{} is not what the code says; run `antiphon contract --write {}`\n",
               (folder / file.name).string(), folder.string());
    status = 1;
  }
  return status;
}

}  // namespace

int run_contract(const Options& options) {
  if (options.has("write")) return write_all(options.get("write"));
  if (options.has("check")) return check_all(options.get("check"));
  for (const ContractFile& file : make_contract())
    fmt::print("{}\n", file.text);
  return 0;
}

}  // namespace antiphon
