// What stands between the internet and every handler: who asks, over what, and the fields that
// protect each answer.
//
//   server.use_edge({.trusted_proxies = ..., .allowed_origins = {"https://studio.example"}});
//
// Client  the socket's other end, unless that is a trusted proxy: then the fields it sends are read
//         from the right, past further trusted proxies, and what stands left of the first stranger
//         is ignored, because anybody can write it. Only the fields of ONE family are read
//         (ProxyFields): a proxy passes on what it does not know, so the other family is forged.
// Id      X-Request-Id of a trusted proxy when it is 8 to 64 letters, digits, '.', '_' or '-';
//         anybody else's is replaced.
// Answers nosniff, no referrer, a Content-Security-Policy, frame rules and the request's id are in
//         every answer, also in refusals; pages get COOP and a Permissions-Policy besides; HSTS is
//         in answers over TLS. A handler that sets one of these fields itself is left alone.
// CORS    origins compare byte for byte; "*" allows every one; below /widget/ each handler says its
//         own. Never with credentials: cookies stay at home, keys travel in Authorization.
// Thread  one executor.
// Source  RFC 7239, RFC 6797, the Fetch standard's CORS protocol.
#pragma once

#include "net/address_range.h"
#include "net/http.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

enum class ProxyFields : std::uint8_t { x_forwarded, forwarded };

struct EdgeOptions {
  std::vector<AddressRange> trusted_proxies = {};
  ProxyFields proxy_fields = ProxyFields::x_forwarded;
  std::vector<std::string> allowed_origins = {};
  // Not counted against connections_per_address_max, beside the trusted proxies.
  std::vector<AddressRange> unlimited = {};
  // Off for a certificate nobody vouches for: a browser that has seen HSTS lets nobody past its
  // warning any more.
  bool strict_transport = true;
  std::uint64_t seed = 0;  // of the request ids; random in the product
};

// What make_head needs to know of the request it answers.
struct EdgeFacts {
  std::string request_id;
  std::string allowed_origin;  // for Access-Control-Allow-Origin; "" for none
  bool is_secure = false;
};

class Edge {
 public:
  Edge() = default;
  explicit Edge(EdgeOptions options) : options_(std::move(options)) {}

  // Fills remote_address, is_secure and request_id of `head`. `peer` is the socket's other end.
  [[nodiscard]] EdgeFacts identify(RequestHead& head, const std::string& peer, bool is_tls);
  // For an answer to what was no request.
  [[nodiscard]] EdgeFacts stranger(bool is_tls);
  // The answer to a CORS preflight; nothing for any other request.
  [[nodiscard]] std::optional<Response> preflight(const RequestHead& head) const;
  // Appends to a head the fields that are not among `given`.
  void dress(std::string& head, const Headers& given, const EdgeFacts& facts) const;
  [[nodiscard]] bool is_unlimited(std::string_view peer) const;

 private:
  void read_proxy(RequestHead& head) const;
  [[nodiscard]] std::string new_id();
  [[nodiscard]] bool allows(std::string_view origin) const;

  EdgeOptions options_;
  std::uint64_t count_ = 0;
};

// An origin as browsers send it: "https://studio.example", "http://localhost:5173"; or "*". Errors:
// invalid_argument.
[[nodiscard]] Result<std::string> parse_origin(std::string_view text);

// Puts the request's id among the members of a problem document.
void name_request(std::string& problem, std::string_view request_id);

}  // namespace antiphon
