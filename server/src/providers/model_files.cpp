#include "providers/model_files.h"

#include "crypto/hash.h"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

namespace antiphon {

namespace {

namespace json = boost::json;

constexpr std::string_view kRemedy = ": run tools/fetch-models";

Result<std::string> read_text(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return failure(ErrorCode::not_found, "the models are not there" + std::string(kRemedy));
  return std::string(std::istreambuf_iterator<char>(in), {});
}

const std::string* text_of(const json::object& object, std::string_view key, std::string& store) {
  const json::value* const value = object.if_contains(key);
  if (value == nullptr || !value->is_string()) return nullptr;
  store.assign(value->get_string().begin(), value->get_string().end());
  return &store;
}

bool is_inside(const std::filesystem::path& path) {
  if (path.empty() || path.is_absolute()) return false;
  for (const auto& part : path) {
    if (part == "..") return false;
  }
  return true;
}

std::optional<ModelFiles::File> file_of(const json::value& entry) {
  const json::object* const object = entry.if_object();
  if (object == nullptr) return std::nullopt;
  ModelFiles::File file;
  const json::value* const bytes = object->if_contains("bytes");
  if (bytes == nullptr || !bytes->is_int64() || bytes->get_int64() < 0) return std::nullopt;
  file.bytes = static_cast<std::uint64_t>(bytes->get_int64());
  if (text_of(*object, "path", file.path) == nullptr ||
      text_of(*object, "sha256", file.sha256) == nullptr ||
      text_of(*object, "role", file.role) == nullptr) {
    return std::nullopt;
  }
  if (!is_inside(file.path) || !sha256_from_hex(file.sha256)) return std::nullopt;
  return file;
}

std::optional<std::vector<ModelFiles::File>> files_of(std::string_view text) {
  boost::system::error_code error;
  const json::value document = json::parse(text, error);
  if (error || !document.is_object()) return std::nullopt;
  const json::value* const list = document.get_object().if_contains("files");
  if (list == nullptr || !list->is_array()) return std::nullopt;
  std::vector<ModelFiles::File> files;
  for (const json::value& entry : list->get_array()) {
    auto file = file_of(entry);
    if (!file) return std::nullopt;
    files.push_back(std::move(*file));
  }
  return files;
}

// Lines of "<sha256> <bytes> <seconds> <nanoseconds> <inode> <path>" of files that were found good.
class Stamp {
 public:
  explicit Stamp(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::string line;
    while (std::getline(in, line))
      lines_.emplace(line, true);
  }

  static std::string line_of(const ModelFiles::File& file, const struct stat& info) {
    return file.sha256 + ' ' + std::to_string(info.st_size) + ' ' +
           std::to_string(info.st_mtim.tv_sec) + ' ' + std::to_string(info.st_mtim.tv_nsec) + ' ' +
           std::to_string(info.st_ino) + ' ' + file.path;
  }

  [[nodiscard]] bool contains(const std::string& line) const { return lines_.contains(line); }
  void add(const std::string& line) { lines_.emplace(line, true); }

  void write(const std::filesystem::path& file) const {
    const std::filesystem::path fresh = file.string() + ".new";
    std::ofstream out(fresh, std::ios::trunc);
    for (const auto& [line, ignored] : lines_)
      out << line << '\n';
    out.close();
    std::error_code error;
    // A half-written stamp must not look like a whole one.
    if (out) std::filesystem::rename(fresh, file, error);
  }

 private:
  std::map<std::string, bool> lines_;
};

Error broken(const ModelFiles::File& file, std::string_view how) {
  return {ErrorCode::corrupt,
          "the model " + file.path + ' ' + std::string(how) + std::string(kRemedy) + " --verify"};
}

}  // namespace

ModelFiles::ModelFiles(std::filesystem::path folder, std::filesystem::path stamp,
                       std::vector<File> files)
    : folder_(std::move(folder)), stamp_(std::move(stamp)), files_(std::move(files)) {}

Result<ModelFiles> ModelFiles::open(std::filesystem::path folder, std::filesystem::path stamp) {
  auto text = read_text(folder / "manifest.json");
  if (!text) return std::unexpected(std::move(text.error()));
  auto files = files_of(*text);
  if (!files || files->empty()) {
    return failure(ErrorCode::corrupt,
                   "the models' manifest.json cannot be read" + std::string(kRemedy));
  }
  return ModelFiles(std::move(folder), std::move(stamp), std::move(*files));
}

Result<> ModelFiles::verify() { return verify({}); }

Result<> ModelFiles::verify(std::string_view role) {
  Stamp stamp(stamp_);
  hashed_ = 0;
  for (const File& file : files_) {
    if (!role.empty() && file.role != role) continue;
    struct stat info{};
    const std::filesystem::path path = folder_ / file.path;
    if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) {
      return failure(ErrorCode::not_found,
                     "the model " + file.path + " is missing" + std::string(kRemedy));
    }
    if (static_cast<std::uint64_t>(info.st_size) != file.bytes) {
      return std::unexpected(broken(file, "has not its size"));
    }
    const std::string line = Stamp::line_of(file, info);
    if (stamp.contains(line)) continue;
    ++hashed_;
    const auto digest = sha256_of_file(path);
    if (!digest) return std::unexpected(digest.error());
    if (to_hex(*digest) != file.sha256) {
      return std::unexpected(broken(file, "is not what was pinned"));
    }
    stamp.add(line);
  }
  if (hashed_ > 0 && !stamp_.empty()) stamp.write(stamp_);
  return Result<>{};
}

}  // namespace antiphon
