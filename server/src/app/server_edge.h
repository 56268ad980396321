// The server's edge: TLS, proxies, origins, limits per address; from options to the HTTP server.
//
// Thread  the API loop.
#pragma once

#include "app/options.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/metrics.h"
#include "core/task.h"
#include "net/http_server.h"
#include "net/loop.h"
#include "net/tls_identity.h"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace antiphon {

struct EdgeConfig {
  EdgeOptions rules;
  std::filesystem::path tls_certificate;  // both or neither
  std::filesystem::path tls_key;
  bool is_self_signed = false;
  std::size_t connections_per_address = 0;

  [[nodiscard]] bool has_tls() const { return !tls_certificate.empty(); }
};

// Errors: invalid_argument naming the option.
[[nodiscard]] Result<EdgeConfig> read_edge(const Options& options);

// What a server that is reached from the internet must not be without. Errors: invalid_argument
// naming the option.
[[nodiscard]] Result<> check_production(const EdgeConfig& config);

// For `up --tls-self-signed`: the pair in `folder`, made when it is not there, has expired or names
// another machine; valid for the machine's names and addresses as they are now.
[[nodiscard]] Result<> use_self_signed(EdgeConfig& config, const std::filesystem::path& folder,
                                       const Clock& clock);
// Names and addresses by which others may reach this machine; "localhost" and its addresses among
// them.
[[nodiscard]] std::vector<std::string> machine_names();

class ServerEdge {
 public:
  ServerEdge(Clock& clock, Log& log, Metrics& metrics, EdgeConfig config);
  ~ServerEdge();

  [[nodiscard]] HttpLimits limits() const;
  // Before the server listens. Errors: what TlsIdentity::load says.
  Result<> apply(HttpServer& server, std::uint64_t seed);
  // Looks at the files every few seconds, for who cannot send a signal. Runs until cancelled.
  Task<> watch();
  // Takes the files as they are now; when they are no good, says so and keeps what it has.
  void reload();
  // "" without TLS.
  [[nodiscard]] std::string fingerprint() const;
  // After HttpServer::stop().
  void stop();

 private:
  Clock& clock_;
  Log& log_;
  Metrics& metrics_;
  EdgeConfig config_;
  std::unique_ptr<TlsIdentity> identity_;
  std::unique_ptr<Loop> handshakes_;
};

}  // namespace antiphon
