#include "net/edge.h"

#include "core/utf8.h"

#include <fmt/format.h>

#include <algorithm>

namespace antiphon {

namespace {

constexpr std::string_view kDataPolicy =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
// The microphone is what a voice page is for; the rest no page of ours asks for.
constexpr std::string_view kPermissions =
    "microphone=(self), camera=(), geolocation=(), payment=(), usb=(), display-capture=()";
constexpr std::string_view kStrictTransport = "max-age=31536000";
constexpr std::string_view kExposedFields =
    "ETag, Location, Retry-After, X-Request-Id, Content-Disposition, Content-Range, RateLimit, "
    "RateLimit-Policy, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset";
constexpr std::string_view kAllowedFields =
    "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, Last-Event-ID, Range, "
    "apikey, x-client-info, x-supabase-api-version";
constexpr std::string_view kAllowedMethods = "GET, HEAD, POST, PUT, PATCH, DELETE";
constexpr std::string_view kPreflightSeconds = "600";
constexpr std::string_view kOwnCors = "/widget/";
constexpr std::size_t kHopsMax = 32;

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The members of a list, from every field of that name, the last ones kept. A quoted comma cannot
// occur in what we accept, so splitting there at worst yields what is no address.
std::vector<std::string_view> members_of(const Headers& headers, std::string_view name) {
  std::vector<std::string_view> members;
  for (const auto& [field, value] : headers) {
    if (to_lower_ascii(field) != name) continue;
    std::string_view rest = value;
    while (true) {
      const auto comma = rest.find(',');
      members.push_back(trim(rest.substr(0, comma)));
      if (comma == std::string_view::npos) break;
      rest = rest.substr(comma + 1);
    }
  }
  if (members.size() > kHopsMax) {
    members.erase(members.begin(), members.end() - static_cast<std::ptrdiff_t>(kHopsMax));
  }
  return members;
}

// One hop: who sent to the proxy, and over what.
struct Hop {
  std::string_view node;
  std::string_view protocol;
};

std::string_view unquote(std::string_view text) {
  text = trim(text);
  if (text.size() >= 2 && text.starts_with('"') && text.ends_with('"')) {
    return text.substr(1, text.size() - 2);
  }
  return text;
}

// RFC 7239 section 4: for="[2001:db8::1]:4711";proto=https
Hop forwarded_hop(std::string_view element) {
  Hop hop;
  while (!element.empty()) {
    const auto end = element.find(';');
    const auto pair = element.substr(0, end);
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos) {
      const std::string name = to_lower_ascii(trim(pair.substr(0, equals)));
      if (name == "for") hop.node = unquote(pair.substr(equals + 1));
      if (name == "proto") hop.protocol = unquote(pair.substr(equals + 1));
    }
    element = end == std::string_view::npos ? std::string_view{} : element.substr(end + 1);
  }
  return hop;
}

std::vector<Hop> hops_of(const Headers& headers, ProxyFields fields) {
  std::vector<Hop> hops;
  if (fields == ProxyFields::forwarded) {
    for (const auto member : members_of(headers, "forwarded"))
      hops.push_back(forwarded_hop(member));
    return hops;
  }
  const auto protocols = members_of(headers, "x-forwarded-proto");
  for (const auto node : members_of(headers, "x-forwarded-for"))
    hops.push_back({node, {}});
  if (hops.empty() && !protocols.empty()) hops.push_back({{}, protocols.back()});
  // Many a proxy sets one protocol for the whole way; others add theirs, hop by hop.
  for (std::size_t back = 1; back <= hops.size() && !protocols.empty(); ++back) {
    hops[hops.size() - back].protocol =
        protocols[protocols.size() - std::min(back, protocols.size())];
  }
  return hops;
}

// "192.0.2.1", "192.0.2.1:4711", "[2001:db8::1]:4711", "2001:db8::1".
std::optional<std::string> address_of(std::string_view node) {
  if (node.starts_with('[')) {
    const auto end = node.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    return canonical_address(node.substr(1, end - 1));
  }
  if (std::ranges::count(node, ':') == 1) node = node.substr(0, node.find(':'));
  return canonical_address(node);
}

bool is_request_id(std::string_view text) {
  return text.size() >= 8 && text.size() <= 64 && std::ranges::all_of(text, [](char letter) {
           return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
                  (letter >= 'A' && letter <= 'Z') || letter == '.' || letter == '_' ||
                  letter == '-';
         });
}

void append(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

void Edge::read_proxy(RequestHead& head) const {
  const auto hops = hops_of(head.headers, options_.proxy_fields);
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    if (!hop->protocol.empty()) head.is_secure = to_lower_ascii(hop->protocol) == "https";
    const auto address = address_of(hop->node);
    if (!address) return;  // hidden or garbled: the last one we know stands for it
    head.remote_address = *address;
    if (!any_contains(options_.trusted_proxies, *address)) return;
  }
}

EdgeFacts Edge::identify(RequestHead& head, const std::string& peer, bool is_tls) {
  head.remote_address = canonical_address(peer).value_or(peer);
  head.is_secure = is_tls;
  const auto given = head.headers.find("X-Request-Id").value_or("");
  if (!options_.trusted_proxies.empty() && any_contains(options_.trusted_proxies, peer)) {
    read_proxy(head);
    if (is_request_id(given)) head.request_id = std::string(given);
  }
  if (head.request_id.empty()) head.request_id = new_id();
  EdgeFacts facts{.request_id = head.request_id, .is_secure = head.is_secure};
  if (!options_.allowed_origins.empty()) {
    const auto origin = head.headers.find("Origin").value_or("");
    if (!origin.empty() && allows(origin)) facts.allowed_origin = std::string(origin);
  }
  return facts;
}

EdgeFacts Edge::stranger(bool is_tls) {
  return {.request_id = new_id(), .allowed_origin = {}, .is_secure = is_tls};
}

std::optional<Response> Edge::preflight(const RequestHead& head) const {
  if (options_.allowed_origins.empty() || head.method != Method::options ||
      head.path().starts_with(kOwnCors) ||
      !head.headers.contains("Access-Control-Request-Method")) {
    return std::nullopt;
  }
  const auto origin = head.headers.find("Origin").value_or("");
  if (!allows(origin)) {
    return make_problem(403, "permission_denied",
                        "This origin may not call this server; see --allowed-origins.");
  }
  Response response;
  response.status = 204;
  response.headers = {{"Access-Control-Allow-Methods", std::string(kAllowedMethods)},
                      {"Access-Control-Allow-Headers", std::string(kAllowedFields)},
                      {"Access-Control-Max-Age", std::string(kPreflightSeconds)}};
  return response;
}

void Edge::dress(std::string& head, const Headers& given, const EdgeFacts& facts) const {
  const auto add = [&](std::string_view name, std::string_view value) {
    if (!given.contains(name)) append(head, name, value);
  };
  append(head, "X-Request-Id", facts.request_id);
  add("X-Content-Type-Options", "nosniff");
  add("Referrer-Policy", "no-referrer");
  add("Cross-Origin-Resource-Policy", "same-origin");
  const auto policy = given.find("Content-Security-Policy");
  if (!policy) append(head, "Content-Security-Policy", kDataPolicy);
  // For browsers older than frame-ancestors; a route whose policy lets itself be framed says so
  // there.
  if (!policy || policy->contains("frame-ancestors 'none'")) add("X-Frame-Options", "DENY");
  if (given.find("Content-Type").value_or("").starts_with("text/html")) {
    add("Cross-Origin-Opener-Policy", "same-origin");
    add("Permissions-Policy", kPermissions);
  }
  if (facts.is_secure && options_.strict_transport) {
    add("Strict-Transport-Security", kStrictTransport);
  }
  if (options_.allowed_origins.empty()) return;
  append(head, "Vary", "Origin");
  if (facts.allowed_origin.empty() || given.contains("Access-Control-Allow-Origin")) return;
  append(head, "Access-Control-Allow-Origin", facts.allowed_origin);
  append(head, "Access-Control-Expose-Headers", kExposedFields);
}

bool Edge::is_unlimited(std::string_view peer) const {
  return any_contains(options_.unlimited, peer) || any_contains(options_.trusted_proxies, peer);
}

// SplitMix64: unlike a plain count, two processes do not give out the same ids.
std::string Edge::new_id() {
  std::uint64_t mixed = options_.seed + ++count_ * 0x9e3779b97f4a7c15u;
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
  return fmt::format("{:016x}", mixed ^ (mixed >> 31));
}

bool Edge::allows(std::string_view origin) const {
  return std::ranges::any_of(options_.allowed_origins, [&](const std::string& allowed) {
    return allowed == "*" || allowed == origin;
  });
}

Result<std::string> parse_origin(std::string_view text) {
  if (text == "*") return std::string(text);
  const auto scheme = text.find("://");
  const auto rest = scheme == std::string_view::npos ? std::string_view{} : text.substr(scheme + 3);
  const bool is_web = text.starts_with("https://") || text.starts_with("http://");
  if (!is_web || rest.empty() || rest.find_first_of("/?#@* ,\"\\") != std::string_view::npos ||
      to_lower_ascii(text) != text || text.ends_with(':')) {
    return failure(ErrorCode::invalid_argument,
                   fmt::format("`{}` is no origin; write https://studio.example, without a path, "
                               "in small letters",
                               text));
  }
  return std::string(text);
}

void name_request(std::string& problem, std::string_view request_id) {
  if (!problem.starts_with('{') || !problem.ends_with('}') ||
      problem.contains(R"("request_id":)")) {
    return;
  }
  problem.pop_back();
  problem.append(R"(,"request_id":")").append(request_id).append("\"}");
}

}  // namespace antiphon
