#include "app/data_directory.h"

#include "core/base64.h"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <vector>

namespace antiphon {

namespace {

constexpr std::size_t kSecretFileMax = 64 * 1024;
// Another account may run PostgreSQL and has to pass through, but not to look.
constexpr mode_t kModeOfRoot = 0711;
constexpr mode_t kMode = 0700;
constexpr std::chrono::milliseconds kLockPoll{25};

ErrorCode code_of(int number) {
  if (number == EACCES || number == EPERM || number == EROFS) return ErrorCode::permission_denied;
  if (number == ENOSPC || number == EDQUOT || number == EMFILE) {
    return ErrorCode::resource_exhausted;
  }
  return number == ENOENT ? ErrorCode::not_found : ErrorCode::unavailable;
}

std::unexpected<Error> failed(std::string_view what, const std::filesystem::path& path,
                              int number) {
  return failure(code_of(number),
                 std::string(what) + " " + path.string() + ": " + std::strerror(number));
}

Result<> create_folder(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return {};
  std::filesystem::create_directories(path.parent_path(), error);
  if (mkdir(path.c_str(), kMode) != 0 && errno != EEXIST) {
    return failed("creating the data directory", path, errno);
  }
  if (geteuid() == 0 && chmod(path.c_str(), kModeOfRoot) != 0) {
    return failed("opening the data directory", path, errno);
  }
  return {};
}

std::string read_all(int descriptor) {
  std::string text(kSecretFileMax, '\0');
  const ssize_t count = pread(descriptor, text.data(), text.size(), 0);
  text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return text;
}

Result<> write_all(int descriptor, std::string_view text, const std::filesystem::path& file) {
  while (!text.empty()) {
    const ssize_t count = write(descriptor, text.data(), text.size());
    if (count < 0 && errno != EINTR) return failed("writing", file, errno);
    if (count > 0) text.remove_prefix(static_cast<std::size_t>(count));
  }
  if (fsync(descriptor) != 0) return failed("writing", file, errno);
  return {};
}

std::optional<TicketKey> key_from(std::string_view text) {
  const auto bytes = base64url_decode(text);
  TicketKey key{};
  if (!bytes || bytes->size() != key.size()) return std::nullopt;
  std::ranges::copy(*bytes, key.begin());
  return key;
}

std::unexpected<Error> damaged(const std::filesystem::path& file) {
  return failure(ErrorCode::corrupt, file.string() +
                                         " is damaged; restore it, or delete it to have a new "
                                         "one made");
}

Result<Secrets> parse_secrets(std::string_view text, const std::filesystem::path& file) {
  boost::system::error_code error;
  const boost::json::value document = boost::json::parse({text.data(), text.size()}, error);
  const boost::json::object* object = error ? nullptr : document.if_object();
  const boost::json::value* field = object == nullptr ? nullptr : object->if_contains("ticket_key");
  if (field == nullptr || !field->is_string()) return damaged(file);
  const auto& key_text = field->get_string();
  const auto key = key_from({key_text.data(), key_text.size()});
  if (!key) return damaged(file);
  return Secrets{*key};
}

}  // namespace

Result<std::optional<std::string>> read_private_file(const std::filesystem::path& file) {
  const Descriptor source(open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!source.is_open() && errno == ENOENT) return std::optional<std::string>();
  if (!source.is_open()) return failed("reading", file, errno);
  struct stat status{};
  if (fstat(source.number(), &status) != 0) return failed("reading", file, errno);
  if (status.st_uid != geteuid()) {
    return failure(ErrorCode::permission_denied,
                   file.string() + " belongs to another account; start as the one that made it");
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return failure(ErrorCode::permission_denied, file.string() +
                                                     " holds a secret that other accounts can "
                                                     "read; run: chmod 600 " +
                                                     file.string());
  }
  return std::optional(read_all(source.number()));
}

Result<> write_private_file(const std::filesystem::path& file, std::string_view text) {
  std::filesystem::path temporary = file;
  temporary += ".new";
  std::error_code ignored;
  std::filesystem::remove(temporary, ignored);  // left by a start that was killed
  const Descriptor target(open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!target.is_open()) return failed("writing", temporary, errno);
  const auto written = write_all(target.number(), text, temporary);
  if (!written) return written;
  if (rename(temporary.c_str(), file.c_str()) != 0) return failed("writing", file, errno);
  const Descriptor folder(open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open() || fsync(folder.number()) != 0) return failed("writing", file, errno);
  return {};
}

Result<DataDirectory> DataDirectory::open(std::filesystem::path path) {
  path = std::filesystem::absolute(path).lexically_normal();
  const auto created = create_folder(path);
  if (!created) return std::unexpected(created.error());
  const std::filesystem::path file = path / "lock";
  Descriptor lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock.is_open()) return failed("opening the data directory's", file, errno);
  if (flock(lock.number(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return failed("locking", file, errno);
    const std::string holder = read_all(lock.number());
    return failure(ErrorCode::conflict, path.string() + " is in use by process " +
                                            holder.substr(0, holder.find('\n')) +
                                            "; stop it or choose another --data-dir");
  }
  const std::string text = std::to_string(getpid()) + "\n";
  if (ftruncate(lock.number(), 0) != 0 ||
      pwrite(lock.number(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
    return failed("writing", file, errno);
  }
  return DataDirectory(std::move(path), std::move(lock));
}

Task<Result<DataDirectory>> DataDirectory::open_when_free(std::filesystem::path path, Clock& clock,
                                                          Duration patience) {
  const Timepoint deadline = clock.now() + patience;
  while (true) {
    auto opened = open(path);
    if (opened || opened.error().code != ErrorCode::conflict || clock.now() >= deadline) {
      co_return opened;
    }
    if (!co_await clock.sleep_for(kLockPoll)) co_return opened;
  }
}

Result<Secrets> DataDirectory::secrets(Random& random) {
  const std::filesystem::path file = path_ / "secrets.json";
  const auto text = read_private_file(file);
  if (!text) return std::unexpected(text.error());
  if (*text) return parse_secrets(**text, file);
  Secrets secrets;
  random.fill(secrets.ticket_key);
  const boost::json::object object{{"ticket_key", base64url_encode(secrets.ticket_key)}};
  const auto written = write_private_file(file, boost::json::serialize(object) + "\n");
  if (!written) return std::unexpected(written.error());
  return secrets;
}

Result<NewApiKey> DataDirectory::development_api_key(Random& random) {
  const std::filesystem::path file = path_ / "api-key";
  auto text = read_private_file(file);
  if (!text) return std::unexpected(text.error());
  if (*text) {
    std::string key = std::move(**text);
    if (key.ends_with('\n')) key.pop_back();
    const auto hash = hash_of_api_key(key);
    if (!hash) return damaged(file);
    return NewApiKey{Sensitive<std::string>(std::move(key)), *hash};
  }
  NewApiKey key = make_api_key(random);
  const auto written = write_private_file(file, key.text.reveal() + "\n");
  if (!written) return std::unexpected(written.error());
  return key;
}

Result<std::filesystem::path> default_data_directory(const EnvironmentLookup& environment,
                                                     bool is_root) {
  const auto data_home = environment("XDG_DATA_HOME");
  if (data_home && data_home->starts_with('/')) {
    return std::filesystem::path(*data_home) / "antiphon";
  }
  if (is_root) return std::filesystem::path("/var/lib/antiphon");
  const auto home = environment("HOME");
  if (home && home->starts_with('/')) {
    return std::filesystem::path(*home) / ".local" / "share" / "antiphon";
  }
  return failure(ErrorCode::invalid_argument, "HOME is not set; name a folder with --data-dir");
}

}  // namespace antiphon
