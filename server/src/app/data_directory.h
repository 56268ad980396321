// The folder that holds everything `antiphon up` keeps: one process at a time, its lock, its
// secrets.
//
//   Result<DataDirectory> data =
//       co_await DataDirectory::open_when_free(default_data_directory(environment), clock, 2s);
//   Result<Secrets> secrets = data->secrets(random);
//
// Files   lock · secrets.json, api-key and master.key (0600, made once) · postgres/ redis/ run/
//         logs/ (EmbeddedServices).
// Errors  conflict: another process holds it, its number in the message. permission_denied: not
//         writable, of another account, or a secret that others can read. corrupt: a secret that is
//         not what was written.
// Thread  one.
#pragma once

#include "core/clock.h"
#include "core/random.h"
#include "core/result.h"
#include "core/task.h"
#include "crypto/api_key.h"
#include "crypto/ticket.h"
#include "process/descriptor.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace antiphon {

struct Secrets {
  TicketKey ticket_key{};
};

class DataDirectory {
 public:
  // Creates the folder when it is missing and holds its lock for as long as this value lives.
  static Result<DataDirectory> open(std::filesystem::path path);
  // A process that was killed holds the lock until the kernel has taken back its memory (0.3 s
  // under load): waits at most `patience` for that, then says who holds it.
  static Task<Result<DataDirectory>> open_when_free(std::filesystem::path path, Clock& clock,
                                                    Duration patience);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  Result<Secrets> secrets(Random& random);
  // For the first steps on one's own machine: the same key at every start.
  Result<NewApiKey> development_api_key(Random& random);

 private:
  DataDirectory(std::filesystem::path path, Descriptor lock)
      : path_(std::move(path)), lock_(std::move(lock)) {}

  std::filesystem::path path_;
  Descriptor lock_;
};

using EnvironmentLookup = std::function<std::optional<std::string>(const char* name)>;

// $XDG_DATA_HOME/antiphon or ~/.local/share/antiphon; for root /var/lib/antiphon, because the
// account that PostgreSQL then runs as cannot pass through /root.
[[nodiscard]] Result<std::filesystem::path> default_data_directory(
    const EnvironmentLookup& environment, bool is_root);

// The text of a file that is ours and that no other account can read; nullopt: there is none.
[[nodiscard]] Result<std::optional<std::string>> read_private_file(
    const std::filesystem::path& file);

// Replaces `file` in one step with mode 0600, on the disk when this returns.
Result<> write_private_file(const std::filesystem::path& file, std::string_view text);

}  // namespace antiphon
