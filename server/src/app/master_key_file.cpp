#include "app/master_key_file.h"

namespace antiphon {

namespace {

constexpr const char* kText = "ANTIPHON_MASTER_KEY";
constexpr const char* kFile = "ANTIPHON_MASTER_KEY_FILE";

}  // namespace

Result<MasterKeyPlace> find_master_keys(const EnvironmentLookup& environment,
                                        const std::filesystem::path& data_directory) {
  MasterKeyPlace place{environment(kText), data_directory / "master.key"};
  const auto file = environment(kFile);
  if (file && place.text) {
    return failure(ErrorCode::invalid_argument,
                   std::string(kText) + " and " + kFile + " are both set; keep one of them");
  }
  if (file) {
    place.file = *file;
    place.is_named = true;
  }
  return place;
}

Result<std::optional<MasterKeys>> load_master_keys(const MasterKeyPlace& place) {
  if (place.text) {
    auto keys = MasterKeys::parse(*place.text, kText);
    if (!keys) return std::unexpected(keys.error());
    return std::optional(std::move(*keys));
  }
  const auto text = read_private_file(place.file);
  if (!text) return std::unexpected(text.error());
  if (!*text) {
    if (!place.is_named) return std::optional<MasterKeys>();
    return failure(ErrorCode::not_found,
                   std::string(kFile) + " names " + place.file.string() + ", which is not there");
  }
  auto keys = MasterKeys::parse(**text, place.file.string());
  if (!keys) return std::unexpected(keys.error());
  return std::optional(std::move(*keys));
}

Result<MasterKeys> ensure_master_keys(const MasterKeyPlace& place, Random& random) {
  auto loaded = load_master_keys(place);
  if (!loaded) return std::unexpected(loaded.error());
  if (*loaded) return std::move(**loaded);
  MasterKeys made(SecretKey::make_random(random));
  const auto written = write_private_file(place.file, made.to_text());
  if (!written) return std::unexpected(written.error());
  return made;
}

}  // namespace antiphon
