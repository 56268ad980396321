// Where a server's master keys come from: a file that nobody else can read, or the environment.
//
// ANTIPHON_MASTER_KEY_FILE names a file, ANTIPHON_MASTER_KEY holds the keys themselves; else the
// file master.key of the data directory, which `antiphon up` makes (0600) at its first start.
// Errors  invalid_argument: a weak or published key, both variables set; permission_denied: a file
//         that others can read; not_found: a named file that is not there.
// Thread  any; blocks on the disk for a file of at most 64 KiB.
#pragma once

#include "app/data_directory.h"
#include "crypto/master_keys.h"

#include <filesystem>
#include <optional>
#include <string>

namespace antiphon {

struct MasterKeyPlace {
  std::optional<std::string> text;  // ANTIPHON_MASTER_KEY
  std::filesystem::path file;
  bool is_named = false;  // ANTIPHON_MASTER_KEY_FILE: it must be there
};

[[nodiscard]] Result<MasterKeyPlace> find_master_keys(const EnvironmentLookup& environment,
                                                      const std::filesystem::path& data_directory);
// nullopt: there is none.
[[nodiscard]] Result<std::optional<MasterKeys>> load_master_keys(const MasterKeyPlace& place);
// What load_master_keys() finds, or a new key in the data directory's file.
[[nodiscard]] Result<MasterKeys> ensure_master_keys(const MasterKeyPlace& place, Random& random);

}  // namespace antiphon
