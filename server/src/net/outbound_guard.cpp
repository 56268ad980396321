#include "net/outbound_guard.h"

#include <algorithm>

namespace antiphon {

namespace {

bool may_be_listed(AddressKind kind) {
  return kind == AddressKind::global || kind == AddressKind::loopback ||
         kind == AddressKind::private_use || kind == AddressKind::shared ||
         kind == AddressKind::unique_local;
}

const OutboundTarget* find_listed(const OutboundUrl& url, const OutboundPolicy& policy) {
  const auto found = std::ranges::find_if(policy.allowed, [&url](const OutboundTarget& target) {
    return target.host == url.host && target.port == url.port;
  });
  return found == policy.allowed.end() ? nullptr : &*found;
}

Result<> check_url(const OutboundUrl& url, const OutboundPolicy& policy,
                   const OutboundTarget* listed) {
  const PlainHttp plain_http = listed == nullptr ? policy.plain_http : listed->plain_http;
  if (!url.is_https && plain_http == PlainHttp::refused) {
    return failure(ErrorCode::permission_denied,
                   "plain http is not allowed for this target; use https");
  }
  if (listed == nullptr && std::ranges::find(policy.ports, url.port) == policy.ports.end()) {
    return failure(ErrorCode::permission_denied,
                   "port " + std::to_string(url.port) + " is not allowed for outbound requests");
  }
  return {};
}

}  // namespace

Result<OutboundTarget> OutboundTarget::parse(std::string_view text) {
  OutboundTarget target;
  const bool has_scheme = text.contains("://");
  const auto url = OutboundUrl::parse(has_scheme ? text : "https://" + std::string(text));
  if (!url) return std::unexpected(url.error());
  if (url->target != "/" || text.ends_with('/') || text.contains('?') || text.contains('#')) {
    return failure(ErrorCode::invalid_argument, "an allowed target is HOST:PORT, without a path");
  }
  target.host = url->host;
  target.port = url->port;
  target.plain_http = url->is_https ? PlainHttp::refused : PlainHttp::allowed;
  return target;
}

Result<> check_address(const IpAddress& address, const std::vector<IpAddress>& own,
                       bool is_listed) {
  const AddressKind kind = kind_of(address);
  const bool is_own = std::ranges::find(own, address) != own.end();
  if (kind == AddressKind::global && !is_own) return {};
  if (is_listed && may_be_listed(kind)) return {};
  const std::string name(kind == AddressKind::global ? "this server's own" : name_of(kind));
  return failure(ErrorCode::permission_denied,
                 "the target's address is not allowed for outbound requests: " + name);
}

Task<Result<CheckedTarget>> OutboundGuard::check(std::string_view url,
                                                 const OutboundPolicy& policy) {
  auto parsed = OutboundUrl::parse(url);
  if (!parsed) co_return std::unexpected(parsed.error());
  const OutboundTarget* listed = find_listed(*parsed, policy);
  if (auto checked = check_url(*parsed, policy, listed); !checked) {
    co_return std::unexpected(checked.error());
  }
  std::vector<IpAddress> addresses;
  if (parsed->address) {
    addresses.push_back(*parsed->address);
  } else {
    auto resolved = co_await resolver_.resolve(parsed->host);
    if (!resolved) co_return std::unexpected(resolved.error());
    addresses = std::move(*resolved);
  }
  if (addresses.empty()) {
    co_return failure(ErrorCode::unavailable, "the host's name has no address; check its spelling");
  }
  const std::vector<IpAddress> own = resolver_.own_addresses();
  for (const IpAddress& address : addresses) {
    if (auto checked = check_address(address, own, listed != nullptr); !checked) {
      co_return std::unexpected(checked.error());
    }
  }
  if (addresses.size() > kAddressesMax)
    addresses.erase(addresses.begin() + kAddressesMax, addresses.end());
  co_return CheckedTarget{std::move(*parsed), std::move(addresses)};
}

}  // namespace antiphon
