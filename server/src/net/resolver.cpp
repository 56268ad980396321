#include "net/resolver.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <ifaddrs.h>

#include <netinet/in.h>

#include <algorithm>
#include <cstring>

namespace antiphon {

namespace asio = boost::asio;

namespace {

constexpr Duration kOwnKept = std::chrono::seconds(5);

IpAddress from_asio(const asio::ip::address& address) {
  if (address.is_v4()) return IpAddress(address.to_v4().to_bytes());
  return IpAddress(address.to_v6().to_bytes());
}

std::optional<IpAddress> from_interface(const ifaddrs& entry) {
  if (entry.ifa_addr == nullptr) return std::nullopt;
  if (entry.ifa_addr->sa_family == AF_INET) {
    sockaddr_in address{};
    std::memcpy(&address, entry.ifa_addr, sizeof(address));
    IpAddress::V4 bytes{};
    std::memcpy(bytes.data(), &address.sin_addr, bytes.size());
    return IpAddress(bytes);
  }
  if (entry.ifa_addr->sa_family == AF_INET6) {
    sockaddr_in6 address{};
    std::memcpy(&address, entry.ifa_addr, sizeof(address));
    IpAddress::V6 bytes{};
    std::memcpy(bytes.data(), &address.sin6_addr, bytes.size());
    return IpAddress(bytes);
  }
  return std::nullopt;
}

}  // namespace

Task<Result<std::vector<IpAddress>>> SystemResolver::resolve(std::string host) {
  if (co_await is_cancelled()) co_return failure(ErrorCode::cancelled, "the lookup was cancelled");
  asio::ip::tcp::resolver resolver(co_await asio::this_coro::executor);
  auto [error, entries] =
      co_await resolver.async_resolve(host, "", asio::as_tuple(asio::use_awaitable));
  if (co_await is_cancelled()) co_return failure(ErrorCode::cancelled, "the lookup was cancelled");
  std::vector<IpAddress> addresses;
  if (!error) {
    for (const auto& entry : entries) {
      const IpAddress address = from_asio(entry.endpoint().address());
      const bool is_known = std::ranges::find(addresses, address) != addresses.end();
      if (!is_known) addresses.push_back(address);
    }
  }
  if (addresses.empty()) {
    co_return failure(ErrorCode::unavailable, "the host's name has no address; check its spelling");
  }
  co_return addresses;
}

std::vector<IpAddress> SystemResolver::own_addresses() {
  const Timepoint now = clock_.now();
  if (own_until_ && now < *own_until_) return own_;
  ifaddrs* list = nullptr;
  own_.clear();
  own_until_.reset();
  if (getifaddrs(&list) != 0) return own_;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (const auto address = from_interface(*entry)) own_.push_back(*address);
  }
  freeifaddrs(list);
  own_until_ = now + kOwnKept;
  return own_;
}

}  // namespace antiphon
