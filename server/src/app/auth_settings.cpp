#include "app/auth_settings.h"

#include "app/data_directory.h"
#include "core/base64.h"
#include "crypto/master_keys.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <fstream>

namespace antiphon {

namespace {

namespace fs = std::filesystem;

Result<std::string> read_private(const fs::path& file) {
  struct stat status{};
  if (::stat(file.c_str(), &status) != 0) {
    return failure(ErrorCode::not_found, "there is no " + file.string());
  }
  if ((status.st_mode & 077U) != 0) {
    return failure(ErrorCode::permission_denied,
                   file.string() + " can be read by others; run chmod 600 on it");
  }
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in.good() && !in.eof()) return failure(ErrorCode::unavailable, "reading " + file.string());
  return text;
}

Result<> make_private_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) fs::permissions(folder, fs::perms::owner_all, error);
  if (!error) return {};
  return failure(ErrorCode::permission_denied, "cannot make " + folder.string());
}

Result<std::string> base_url(const char* name, std::string url) {
  while (url.ends_with('/'))
    url.pop_back();
  const bool known = url.starts_with("https://") || url.starts_with("http://");
  if (known && url.find_first_of("?#@ \"<>\\") == std::string::npos) return url;
  return failure(ErrorCode::invalid_argument,
                 fmt::format("{} must be a URL like https://voice.example", name));
}

Result<bool> flag(const Setting& setting, const char* name, bool fallback) {
  const std::string text = setting(name).value_or("");
  if (text.empty()) return fallback;
  if (text == "on" || text == "true" || text == "1") return true;
  if (text == "off" || text == "false" || text == "0") return false;
  return failure(ErrorCode::invalid_argument, fmt::format("{} must be on or off", name));
}

Result<> add_secret(JwtKeySet& keys, const char* name, const std::string& secret) {
  auto right = check_secret(name, secret, kJwtSecretMin);
  if (!right) return right;
  auto key = JwtKey::from_secret(secret);
  if (!key) return std::unexpected(std::move(key.error()));
  return keys.add(std::move(*key));
}

std::vector<std::string> list_of(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    std::string_view item = text.substr(0, end);
    while (item.starts_with(' '))
      item.remove_prefix(1);
    while (item.ends_with(' ') || item.ends_with('/'))
      item.remove_suffix(1);
    if (!item.empty()) items.emplace_back(item);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return items;
}

Result<> read_mail(AuthSettings& settings, const Setting& setting) {
  if (const std::string url = setting("ANTIPHON_SMTP_URL").value_or(""); !url.empty()) {
    auto smtp = parse_smtp_url(url);
    if (!smtp) return std::unexpected(std::move(smtp.error()));
    settings.smtp = std::move(*smtp);
    settings.smtp->certificate_authorities = setting("ANTIPHON_SMTP_CA").value_or("");
  }
  const std::string from = setting("ANTIPHON_MAIL_FROM").value_or("");
  if (from.empty() && settings.smtp) {
    return failure(ErrorCode::invalid_argument,
                   "ANTIPHON_MAIL_FROM is missing: say whose mail it is, Name <address>");
  }
  if (from.find_first_of("\r\n") != std::string::npos || (!from.empty() && !from.contains('@'))) {
    return failure(ErrorCode::invalid_argument, "ANTIPHON_MAIL_FROM must be Name <address>");
  }
  if (!from.empty()) settings.mail_from = from;
  return {};
}

}  // namespace

Result<std::vector<AuthKeyFiles::Entry>> AuthKeyFiles::keys() const {
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder_ / "keys", error)) {
    if (entry.path().extension() == ".pem") files.push_back(entry.path());
  }
  std::ranges::sort(files, std::greater{});
  std::vector<Entry> found;
  for (const fs::path& file : files) {
    const auto pem = read_private(file);
    if (!pem) return std::unexpected(pem.error());
    auto key = JwtKey::from_pem(*pem);
    if (!key || !key->can_sign()) {
      return failure(ErrorCode::corrupt, file.string() + " is no private key, EC P-256 or RSA");
    }
    found.push_back({file, std::move(*key)});
  }
  return found;
}

Result<AuthKeyFiles::Entry> AuthKeyFiles::make(JwtAlgorithm algorithm) {
  if (auto made = make_private_folder(folder_ / "keys"); !made) {
    return std::unexpected(std::move(made.error()));
  }
  const auto present = keys();
  if (!present) return std::unexpected(present.error());
  std::size_t number = 1;
  if (!present->empty()) {
    const std::string newest = present->front().file.stem().string();
    number = static_cast<std::size_t>(std::strtoul(newest.c_str(), nullptr, 10)) + 1;
  }
  JwtKey key = JwtKey::generate(algorithm);
  const fs::path file =
      folder_ / "keys" /
      fmt::format("{:06}-{}.pem", number, algorithm == JwtAlgorithm::es256 ? "es256" : "rs256");
  if (auto written = write_private_file(file, key.private_pem()); !written) {
    return std::unexpected(std::move(written.error()));
  }
  return Entry{file, std::move(key)};
}

Result<> AuthKeyFiles::remove(std::string_view id) {
  const auto present = keys();
  if (!present) return std::unexpected(present.error());
  for (const Entry& entry : *present) {
    if (entry.key.id() != id) continue;
    std::error_code error;
    if (fs::remove(entry.file, error)) return {};
    return failure(ErrorCode::permission_denied, "cannot remove " + entry.file.string());
  }
  return failure(ErrorCode::not_found, "there is no key with this id");
}

Result<std::string> AuthKeyFiles::secret(Random& random) {
  const fs::path file = folder_ / "jwt-secret";
  std::error_code error;
  if (!fs::exists(file, error)) {
    if (auto made = make_private_folder(folder_); !made) {
      return std::unexpected(std::move(made.error()));
    }
    std::array<std::byte, 48> bytes{};
    random.fill(bytes);
    if (auto written = write_private_file(file, base64url_encode(bytes)); !written) {
      return std::unexpected(std::move(written.error()));
    }
  }
  auto present = secrets();
  if (!present) return std::unexpected(std::move(present.error()));
  return std::move(present->front());
}

Result<std::vector<std::string>> AuthKeyFiles::secrets() const {
  const auto text = read_private(folder_ / "jwt-secret");
  if (!text) return std::unexpected(text.error());
  std::vector<std::string> lines;
  std::string_view rest = *text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    if (end > 0) lines.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (lines.empty()) {
    return failure(ErrorCode::corrupt, (folder_ / "jwt-secret").string() + " holds no secret");
  }
  return lines;
}

Result<JwtKeySet> AuthKeySource::load() const {
  AuthKeyFiles files(data_folder);
  auto entries = files.keys();
  if (!entries) return std::unexpected(std::move(entries.error()));
  JwtKeySet keys;
  for (AuthKeyFiles::Entry& entry : *entries) {
    if (auto added = keys.add(std::move(entry.key)); !added) {
      return std::unexpected(std::move(added.error()));
    }
  }
  std::vector<std::string> secrets{secret};
  if (secret.empty()) {
    auto present = files.secrets();
    if (!present) return std::unexpected(std::move(present.error()));
    secrets = std::move(*present);
  }
  for (const std::string& each : secrets) {
    if (auto added = add_secret(keys, "ANTIPHON_JWT_SECRET", each); !added) {
      return std::unexpected(std::move(added.error()));
    }
  }
  return keys;
}

std::string AuthKeySource::state() const {
  std::vector<std::string> files;
  const auto note = [&files](const fs::path& file) {
    std::error_code error;
    const auto size = fs::file_size(file, error);
    const auto changed = fs::last_write_time(file, error).time_since_epoch().count();
    if (!error) files.push_back(fmt::format("{} {} {}\n", file.string(), size, changed));
  };
  std::error_code error;
  note(data_folder / "auth" / "jwt-secret");
  for (const auto& entry : fs::directory_iterator(data_folder / "auth" / "keys", error))
    note(entry.path());
  std::ranges::sort(files);
  return fmt::format("{}", fmt::join(files, ""));
}

Result<AuthSettings> read_auth_settings(const fs::path& data_folder, const Setting& setting,
                                        Random& random) {
  AuthSettings settings;
  if (const std::string url = setting("ANTIPHON_PUBLIC_URL").value_or(""); !url.empty()) {
    auto base = base_url("ANTIPHON_PUBLIC_URL", url);
    if (!base) return std::unexpected(std::move(base.error()));
    settings.public_url = std::move(*base);
  }
  if (auto mail = read_mail(settings, setting); !mail) {
    return std::unexpected(std::move(mail.error()));
  }
  if (const std::string url = setting("SUPABASE_URL").value_or(""); !url.empty()) {
    auto base = base_url("SUPABASE_URL", url);
    if (!base) return std::unexpected(std::move(base.error()));
    settings.supabase_url = std::move(*base);
    const std::string secret = setting("SUPABASE_JWT_SECRET").value_or("");
    if (secret.empty()) return settings;
    if (auto added = add_secret(settings.keys, "SUPABASE_JWT_SECRET", secret); !added) {
      return std::unexpected(std::move(added.error()));
    }
    return settings;
  }
  AuthKeySource source{data_folder, setting("ANTIPHON_JWT_SECRET").value_or("")};
  if (source.secret.empty()) {
    if (auto made = AuthKeyFiles(data_folder).secret(random); !made) {
      return std::unexpected(std::move(made.error()));
    }
  }
  auto keys = source.load();
  if (!keys) return std::unexpected(std::move(keys.error()));
  settings.keys = std::move(*keys);
  settings.key_source = std::move(source);
  settings.redirects = list_of(setting("ANTIPHON_REDIRECT_URLS").value_or(""));
  const auto signup = flag(setting, "ANTIPHON_SIGNUP", true);
  if (!signup) return std::unexpected(signup.error());
  settings.signup = *signup;
  const auto autoconfirm = flag(setting, "ANTIPHON_AUTOCONFIRM", false);
  if (!autoconfirm) return std::unexpected(autoconfirm.error());
  settings.autoconfirm = *autoconfirm;
  return settings;
}

}  // namespace antiphon
