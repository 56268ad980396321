#include "app/embedded_folders.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace antiphon {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kSocketPathMax = 107;
constexpr std::string_view kLongestSocket = "/.s.PGSQL.5432";
constexpr off_t kLogSizeMax = 10 * 1024 * 1024;

std::unexpected<Error> failed(std::string_view what, const fs::path& path, int number) {
  return failure(number == ENOSPC ? ErrorCode::resource_exhausted : ErrorCode::permission_denied,
                 std::string(what) + " " + path.string() + ": " + std::strerror(number));
}

std::optional<Account> service_account() {
  if (geteuid() != 0) return std::nullopt;
  // The entry stays valid: nothing else asks for one while we start.
  const passwd* entry = getpwnam("postgres");
  if (entry == nullptr) entry = getpwnam("nobody");
  if (entry == nullptr) return Account{65534, 65534};
  return Account{entry->pw_uid, entry->pw_gid};
}

uid_t owner_of(const std::optional<Account>& account) {
  return account ? account->user : geteuid();
}

Result<> private_folder(const fs::path& path, const std::optional<Account>& account) {
  if (mkdir(path.c_str(), 0700) != 0) {
    if (errno != EEXIST) return failed("creating", path, errno);
  } else if (account && chown(path.c_str(), account->user, account->group) != 0) {
    return failed("giving away", path, errno);
  }
  struct stat status{};
  if (lstat(path.c_str(), &status) != 0) return failed("reading", path, errno);
  if (!S_ISDIR(status.st_mode)) return failed("using", path, ENOTDIR);
  if (status.st_uid != owner_of(account)) {
    return failure(ErrorCode::permission_denied,
                   path.string() + " belongs to account " + std::to_string(status.st_uid) +
                       "; start as the user that made it, or choose another --data-dir");
  }
  if ((status.st_mode & 0777) != 0700 && chmod(path.c_str(), 0700) != 0) {
    return failed("closing", path, errno);
  }
  return {};
}

bool may_pass(const struct stat& status, const Account& account) {
  if (status.st_uid == account.user) return (status.st_mode & S_IXUSR) != 0;
  if (status.st_gid == account.group) return (status.st_mode & S_IXGRP) != 0;
  return (status.st_mode & S_IXOTH) != 0;
}

// PostgreSQL opens its folder by an absolute path, so its account must pass through every parent.
Result<> require_passable(const fs::path& data, const Account& account) {
  for (fs::path folder = data;; folder = folder.parent_path()) {
    struct stat status{};
    if (stat(folder.c_str(), &status) != 0) return failed("reading", folder, errno);
    if (!may_pass(status, account)) {
      return failure(ErrorCode::permission_denied,
                     "PostgreSQL never runs as root, and account " + std::to_string(account.user) +
                         " cannot pass through " + folder.string() +
                         "; choose a --data-dir such as /var/lib/antiphon");
    }
    if (folder == folder.parent_path()) return {};
  }
}

bool is_short_enough(const fs::path& folder) {
  return folder.string().size() + kLongestSocket.size() <= kSocketPathMax;
}

std::optional<fs::path> recorded_folder(const fs::path& record,
                                        const std::optional<Account>& account) {
  std::ifstream file(record);
  std::string line;
  if (!std::getline(file, line) || !line.starts_with('/')) return std::nullopt;
  struct stat status{};
  // In a folder that everybody writes to, only one that is ours alone may be used again.
  if (lstat(line.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) ||
      (status.st_mode & 0777) != 0700 || status.st_uid != owner_of(account)) {
    return std::nullopt;
  }
  return fs::path(line);
}

Result<fs::path> folder_elsewhere(const fs::path& data, const std::optional<Account>& account,
                                  const EnvironmentLookup& environment) {
  const fs::path record = data / "run-folder";
  if (const auto known = recorded_folder(record, account)) return *known;
  const auto runtime = environment("XDG_RUNTIME_DIR");
  // The account that root hands over to cannot enter root's own runtime folder.
  fs::path parent = runtime && !account ? fs::path(*runtime) : fs::path("/tmp");
  if (!is_short_enough(parent / "antiphon-XXXXXX")) parent = "/tmp";
  std::string name = (parent / "antiphon-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) return failed("creating", name, errno);
  if (account && chown(name.c_str(), account->user, account->group) != 0) {
    return failed("giving away", name, errno);
  }
  const auto written = write_private_file(record, name + "\n");
  if (!written) return std::unexpected(written.error());
  return fs::path(name);
}

}  // namespace

Result<EmbeddedFolders> prepare_embedded_folders(const fs::path& data,
                                                 const EnvironmentLookup& environment) {
  EmbeddedFolders folders;
  folders.account = service_account();
  folders.data = data;
  folders.postgres = data / "postgres";
  folders.redis = data / "redis";
  folders.logs = data / "logs";
  if (folders.account) {
    const auto passable = require_passable(data, *folders.account);
    if (!passable) return std::unexpected(passable.error());
  }
  for (const fs::path& folder : {folders.postgres, folders.redis}) {
    const auto made = private_folder(folder, folders.account);
    if (!made) return std::unexpected(made.error());
  }
  const auto logs = private_folder(folders.logs, std::nullopt);
  if (!logs) return std::unexpected(logs.error());
  folders.run = data / "run";
  if (is_short_enough(folders.run)) {
    const auto run = private_folder(folders.run, folders.account);
    if (!run) return std::unexpected(run.error());
    return folders;
  }
  auto elsewhere = folder_elsewhere(data, folders.account, environment);
  if (!elsewhere) return std::unexpected(elsewhere.error());
  folders.run = std::move(*elsewhere);
  return folders;
}

Result<Descriptor> open_service_log(const fs::path& file) {
  struct stat status{};
  if (stat(file.c_str(), &status) == 0 && status.st_size > kLogSizeMax) {
    fs::path older = file;
    older += ".1";
    std::error_code ignored;  // a log that cannot be renamed goes on growing; it still works
    fs::rename(file, older, ignored);
  }
  Descriptor log(open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!log.is_open()) return failed("writing", file, errno);
  return log;
}

}  // namespace antiphon
