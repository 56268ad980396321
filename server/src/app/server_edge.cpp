#include "app/server_edge.h"

#include "app/data_directory.h"
#include "crypto/self_signed.h"

#include <fmt/format.h>
#include <ifaddrs.h>

#include <arpa/inet.h>
#include <net/if.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <iterator>

namespace antiphon {

namespace {

constexpr std::chrono::seconds kLookInterval{5};
constexpr std::chrono::days kRenewBefore{30};
constexpr std::size_t kConnectionsMost = 100'000;

std::unexpected<Error> refused(std::string_view option, const Error& error) {
  return failure(ErrorCode::invalid_argument, fmt::format("--{}: {}", option, error.message));
}

Result<std::vector<std::string>> read_origins(std::string_view text) {
  std::vector<std::string> origins;
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(", "), text.size());
    if (end > 0) {
      auto origin = parse_origin(text.substr(0, end));
      if (!origin) return refused("allowed-origins", origin.error());
      origins.push_back(std::move(*origin));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return origins;
}

std::string read_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string join(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines)
    text += line + '\n';
  return text;
}

}  // namespace

Result<EdgeConfig> read_edge(const Options& options) {
  EdgeConfig config;
  auto proxies = AddressRange::parse_list(options.get("trusted-proxies"));
  if (!proxies) return refused("trusted-proxies", proxies.error());
  config.rules.trusted_proxies = std::move(*proxies);
  const std::string fields = options.get("proxy-fields");
  if (fields == "forwarded") {
    config.rules.proxy_fields = ProxyFields::forwarded;
  } else if (fields != "x-forwarded" && !fields.empty()) {
    return failure(ErrorCode::invalid_argument,
                   "--proxy-fields is x-forwarded or forwarded: what your proxy sets");
  }
  auto origins = read_origins(options.get("allowed-origins"));
  if (!origins) return std::unexpected(std::move(origins.error()));
  config.rules.allowed_origins = std::move(*origins);
  // What runs on this machine (a proxy, a probe, a load generator) is not an attacker's address.
  auto local = AddressRange::parse_list("127.0.0.0/8 ::1");
  config.rules.unlimited = std::move(*local);
  config.tls_certificate = options.get("tls-certificate");
  config.tls_key = options.get("tls-key");
  if (config.tls_certificate.empty() != config.tls_key.empty()) {
    return failure(ErrorCode::invalid_argument,
                   "--tls-certificate and --tls-key belong together: give both or none");
  }
  const std::string limit = options.get("connections-per-address");
  const auto [end, error] =
      std::from_chars(limit.data(), limit.data() + limit.size(), config.connections_per_address);
  if (!limit.empty() && (error != std::errc{} || end != limit.data() + limit.size() ||
                         config.connections_per_address > kConnectionsMost)) {
    return failure(ErrorCode::invalid_argument,
                   "--connections-per-address is a number up to 100000; 0 is no limit");
  }
  return config;
}

Result<> check_production(const EdgeConfig& config) {
  const auto refuse = [](std::string_view why) {
    return failure(ErrorCode::invalid_argument, fmt::format("--profile production: {}", why));
  };
  if (!config.has_tls() && config.rules.trusted_proxies.empty()) {
    return refuse(
        "give --tls-certificate and --tls-key, or the --trusted-proxies that speak HTTPS");
  }
  for (const AddressRange& range : config.rules.trusted_proxies) {
    if (range.contains("203.0.113.1") && range.contains("198.51.100.1")) {
      return refuse("--trusted-proxies trusts everybody");
    }
  }
  if (std::ranges::find(config.rules.allowed_origins, "*") != config.rules.allowed_origins.end()) {
    return refuse("--allowed-origins allows every origin");
  }
  if (config.connections_per_address == 0) {
    return refuse("--connections-per-address must be a limit");
  }
  return {};
}

std::vector<std::string> machine_names() {
  std::vector<std::string> names;
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) == 0 && host[0] != 0) {
    const std::string name(host.data());
    names.push_back(name);
    if (!name.contains('.')) names.push_back(name + ".local");  // as multicast DNS calls it
  }
  names.insert(names.end(), {"localhost", "127.0.0.1", "::1"});
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return names;
  for (const ifaddrs* at = first; at != nullptr; at = at->ifa_next) {
    if (at->ifa_addr == nullptr || (at->ifa_flags & IFF_UP) == 0) continue;
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (at->ifa_addr->sa_family == AF_INET) {
      inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(at->ifa_addr)->sin_addr, text.data(),
                text.size());
    } else if (at->ifa_addr->sa_family == AF_INET6) {
      const auto& address = reinterpret_cast<const sockaddr_in6*>(at->ifa_addr)->sin6_addr;
      if (IN6_IS_ADDR_LINKLOCAL(&address)) continue;  // no browser takes its %interface
      inet_ntop(AF_INET6, &address, text.data(), text.size());
    }
    const std::string name(text.data());
    if (!name.empty() && std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  freeifaddrs(first);
  return names;
}

Result<> use_self_signed(EdgeConfig& config, const std::filesystem::path& folder,
                         const Clock& clock) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const auto certificate = folder / "certificate.pem";
  const auto key = folder / "key.pem";
  const auto names_file = folder / "names";
  const std::string names = join(machine_names());
  const auto present = TlsIdentity::load(certificate, key, clock);
  if (!present || (*present)->expires() < clock.wall() + kRenewBefore ||
      read_file(names_file) != names) {
    const auto made = make_self_signed(machine_names(), clock.wall());
    if (!made) return std::unexpected(made.error());
    for (const auto& [file, text] :
         {std::pair{key, made->key}, std::pair{certificate, made->certificate},
          std::pair{names_file, names}}) {
      auto written = write_private_file(file, text);
      if (!written) return written;
    }
  }
  config.tls_certificate = certificate;
  config.tls_key = key;
  config.is_self_signed = true;
  config.rules.strict_transport = false;
  return {};
}

ServerEdge::ServerEdge(Clock& clock, Log& log, Metrics& metrics, EdgeConfig config)
    : clock_(clock), log_(log), metrics_(metrics), config_(std::move(config)) {}

ServerEdge::~ServerEdge() = default;

HttpLimits ServerEdge::limits() const {
  HttpLimits limits;
  limits.connections_per_address_max = config_.connections_per_address;
  return limits;
}

Result<> ServerEdge::apply(HttpServer& server, std::uint64_t seed) {
  EdgeOptions rules = config_.rules;
  rules.seed = seed;
  server.use_edge(std::move(rules));
  if (!config_.has_tls()) return {};
  auto identity = TlsIdentity::load(config_.tls_certificate, config_.tls_key, clock_);
  if (!identity) return std::unexpected(std::move(identity.error()));
  identity_ = std::move(*identity);
  handshakes_ = std::make_unique<Loop>("tls", clock_, metrics_);
  server.use_tls(*identity_, handshakes_->executor());
  log_.info("tls.loaded", {{"fingerprint", identity_->fingerprint()}});
  return {};
}

Task<> ServerEdge::watch() {
  while (identity_ && co_await clock_.sleep_for(kLookInterval)) {
    if (identity_->has_changed()) reload();
  }
}

void ServerEdge::reload() {
  if (!identity_) return;
  const auto reloaded = identity_->reload();
  if (reloaded) {
    log_.info("tls.reloaded", {{"fingerprint", identity_->fingerprint()}});
  } else {
    log_.error("tls.reload_failed",
               {{"error", reloaded.error()}, {"kept", identity_->fingerprint()}});
  }
}

std::string ServerEdge::fingerprint() const { return identity_ ? identity_->fingerprint() : ""; }

void ServerEdge::stop() {
  if (handshakes_) handshakes_->stop();
}

}  // namespace antiphon
