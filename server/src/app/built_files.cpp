#include "app/built_files.h"

#include "app/asset_pages.h"
#include "core/check.h"
#include "core/utf8.h"
#include "crypto/hash.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace antiphon {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kFileMax = std::size_t{4} << 20;
constexpr std::size_t kTotalMax = std::size_t{32} << 20;
constexpr std::size_t kFilesMax = 500;

std::string tag_of(std::string_view content) {
  return '"' + to_hex(sha256(content)).substr(0, 32) + '"';
}

std::string read_file(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error || size > kFileMax) return {};
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// `gzip;q=0` refuses it; other weights say only what is liked better, and br is smaller.
bool accepts(std::string_view header, std::string_view coding) {
  while (!header.empty()) {
    const std::size_t end = std::min(header.find(','), header.size());
    std::string part = to_lower_ascii(header.substr(0, end));
    std::erase(part, ' ');
    header.remove_prefix(std::min(end + 1, header.size()));
    const std::size_t weight = std::min(part.find(';'), part.size());
    if (std::string_view(part).substr(0, weight) != coding) continue;
    const std::string_view given = std::string_view(part).substr(weight);
    return !given.starts_with(";q=0") || given.find_first_of("123456789", 4) != given.npos;
  }
  return false;
}

}  // namespace

struct BuiltFiles::File {
  std::string path;
  std::string plain;
  std::string brotli;
  std::string gzip;
  std::string tag;
  bool is_hashed = false;
  Headers fields;

  [[nodiscard]] Response answer(const Request& request) const {
    Response response;
    response.headers = {
        {"ETag", tag},
        {"Vary", "Accept-Encoding"},
        {"Cache-Control", is_hashed ? "public, max-age=31536000, immutable" : "no-cache"},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "no-referrer"}};
    for (auto& [name, value] : fields)
      response.headers.set(name, value);
    if (request.headers.find("If-None-Match").value_or("") == tag) {
      response.status = 304;
      return response;
    }
    response.headers.set("Content-Type", std::string(media_type_of(path)));
    const std::string_view accepted = request.headers.find("Accept-Encoding").value_or("");
    if (!brotli.empty() && accepts(accepted, "br")) {
      response.headers.set("Content-Encoding", "br");
      response.body = brotli;
    } else if (!gzip.empty() && accepts(accepted, "gzip")) {
      response.headers.set("Content-Encoding", "gzip");
      response.body = gzip;
    } else {
      response.body = plain;
    }
    return response;
  }
};

BuiltFiles::BuiltFiles(const fs::path& folder, std::string_view prefix, FileFields fields)
    : fields_(std::move(fields)) {
  std::error_code error;
  std::size_t total = 0;
  if (folder.empty()) return;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    const std::string name = at->path().lexically_relative(folder).generic_string();
    if (!at->is_regular_file(error) || name.ends_with(".br") || name.ends_with(".gz")) continue;
    auto file = std::make_unique<File>();
    file->path = std::string(prefix) + '/' + name;
    file->plain = read_file(at->path());
    file->brotli = read_file(at->path().string() + ".br");
    file->gzip = read_file(at->path().string() + ".gz");
    file->tag = tag_of(file->plain);
    file->is_hashed = name.starts_with("assets/");
    file->fields = fields_(file->path);
    total += file->plain.size() + file->brotli.size() + file->gzip.size();
    if (total > kTotalMax || files_.size() == kFilesMax) break;
    files_.push_back(std::move(file));
  }
}

BuiltFiles::~BuiltFiles() = default;

std::vector<std::string_view> BuiltFiles::paths() const {
  std::vector<std::string_view> paths;
  for (const auto& file : files_)
    paths.emplace_back(file->path);
  return paths;
}

bool BuiltFiles::has(std::string_view path) const {
  return std::ranges::any_of(
      files_, [&](const auto& file) { return file->path == path && !file->plain.empty(); });
}

HttpHandler BuiltFiles::handler(std::string_view path) const {
  const auto found =
      std::ranges::find_if(files_, [&](const auto& file) { return file->path == path; });
  CHECK(found != files_.end(), "the path is one of paths()");
  const File& file = **found;
  return respond_with(
      [&file](Request request) -> Task<Response> { co_return file.answer(request); });
}

void BuiltFiles::hold(std::string path, std::string content) {
  files_.clear();
  auto file = std::make_unique<File>();
  file->tag = tag_of(content);
  file->path = std::move(path);
  file->plain = std::move(content);
  file->fields = fields_(file->path);
  files_.push_back(std::move(file));
}

fs::path find_built(const fs::path& program, std::string_view name, std::string_view file) {
  std::error_code error;
  const fs::path beside = program.parent_path();
  for (const fs::path& folder : {beside / name, beside / ".." / "share" / "antiphon" / name}) {
    if (fs::exists(folder / file, error)) return folder.lexically_normal();
  }
  for (fs::path folder = beside; folder != folder.parent_path(); folder = folder.parent_path()) {
    if (fs::exists(folder / name / "dist" / file, error)) return folder / name / "dist";
  }
  return {};
}

}  // namespace antiphon
