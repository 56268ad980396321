#include "net/udp_socket.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <ifaddrs.h>

#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace antiphon {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kBatch = 64;
constexpr int kKernelBuffer = 4 * 1024 * 1024;
// ::ffff:0:0/96, as which an IPv6 socket sees IPv4.
constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

IpAddress address_of(const std::uint8_t* v6) {
  if (std::equal(kMapped.begin(), kMapped.end(), v6)) {
    IpAddress::V4 v4{};
    std::copy_n(v6 + kMapped.size(), v4.size(), v4.begin());
    return IpAddress(v4);
  }
  IpAddress::V6 bytes{};
  std::copy_n(v6, bytes.size(), bytes.begin());
  return IpAddress(bytes);
}

UdpEndpoint endpoint_of(const sockaddr_storage& from) {
  if (from.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &from, sizeof v6);
    return {address_of(v6.sin6_addr.s6_addr), ntohs(v6.sin6_port)};
  }
  sockaddr_in v4{};
  std::memcpy(&v4, &from, sizeof v4);
  IpAddress::V4 bytes{};
  std::memcpy(bytes.data(), &v4.sin_addr, bytes.size());
  return {IpAddress(bytes), ntohs(v4.sin_port)};
}

sockaddr_in v4_of(const UdpEndpoint& to) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(to.port);
  std::memcpy(&address.sin_addr, to.address.bytes().data(), sizeof address.sin_addr);
  return address;
}

sockaddr_in6 v6_of(const UdpEndpoint& to) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(to.port);
  auto* const bytes = static_cast<std::uint8_t*>(address.sin6_addr.s6_addr);
  if (to.address.is_v4()) {
    std::ranges::copy(kMapped, bytes);
    std::copy_n(to.address.bytes().begin(), 4, bytes + kMapped.size());
  } else {
    std::ranges::copy(to.address.bytes(), bytes);
  }
  return address;
}

// Slots that the kernel fills, one system call for all of them.
struct Batch {
  std::array<std::array<std::byte, kDatagramMax>, kBatch> buffers{};
  std::array<mmsghdr, kBatch> headers{};
  std::array<iovec, kBatch> slots{};
  std::array<sockaddr_storage, kBatch> from{};

  int receive(int socket) {
    for (std::size_t index = 0; index < kBatch; ++index) {
      slots[index] = {buffers[index].data(), buffers[index].size()};
      headers[index] = {};
      headers[index].msg_hdr.msg_iov = &slots[index];
      headers[index].msg_hdr.msg_iovlen = 1;
      headers[index].msg_hdr.msg_name = &from[index];
      headers[index].msg_hdr.msg_namelen = sizeof from[index];
    }
    return recvmmsg(socket, headers.data(), kBatch, MSG_DONTWAIT, nullptr);
  }
};

}  // namespace

struct UdpSocket::State {
  explicit State(const Executor& executor) : socket(executor) {}

  boost::system::error_code bind(const asio::ip::udp::endpoint& local) {
    boost::system::error_code error;
    socket.open(local.protocol(), error);
    if (!error && local.protocol() == asio::ip::udp::v6()) {
      socket.set_option(asio::ip::v6_only(false), error);
      is_v6 = true;
    }
    if (!error) socket.bind(local, error);
    if (!error) socket.non_blocking(true, error);
    if (error) {
      boost::system::error_code ignored;
      socket.close(ignored);
      is_v6 = false;
      return error;
    }
    boost::system::error_code kernel_says_less;
    socket.set_option(asio::socket_base::receive_buffer_size(kKernelBuffer), kernel_says_less);
    socket.set_option(asio::socket_base::send_buffer_size(kKernelBuffer), kernel_says_less);
    return error;
  }

  asio::ip::udp::socket socket;
  bool is_v6 = false;
  Batch batch;
};

UdpSocket::UdpSocket(std::unique_ptr<State> state) : state_(std::move(state)) {}
UdpSocket::~UdpSocket() = default;

Result<std::unique_ptr<UdpSocket>> UdpSocket::open(const Executor& executor, std::uint16_t port) {
  auto state = std::make_unique<State>(executor);
  auto error = state->bind({asio::ip::udp::v6(), port});
  if (error) error = state->bind({asio::ip::udp::v4(), port});
  if (error) {
    return failure(ErrorCode::unavailable,
                   "UDP port " + std::to_string(port) + ": " + error.message());
  }
  return std::unique_ptr<UdpSocket>(new UdpSocket(std::move(state)));
}

std::uint16_t UdpSocket::port() const {
  boost::system::error_code error;
  return state_->socket.local_endpoint(error).port();
}

Task<> UdpSocket::run(Take take) {
  Batch& batch = state_->batch;
  // Asked before each wait too: a cancellation from inside `take` finds nothing to end.
  while (!co_await is_cancelled()) {
    const auto [error] = co_await state_->socket.async_wait(asio::ip::udp::socket::wait_read,
                                                            asio::as_tuple(asio::use_awaitable));
    if (error) co_return;
    const int count = batch.receive(state_->socket.native_handle());
    for (std::size_t index = 0; std::cmp_less(index, count); ++index) {
      const mmsghdr& header = batch.headers[index];
      if ((header.msg_hdr.msg_flags & MSG_TRUNC) != 0 || header.msg_len == 0) continue;
      take(std::span(batch.buffers[index]).first(header.msg_len), endpoint_of(batch.from[index]));
    }
  }
}

bool UdpSocket::send(std::span<const std::byte> datagram, const UdpEndpoint& to) noexcept {
  const int socket = state_->socket.native_handle();
  ssize_t sent = -1;
  if (state_->is_v6) {
    const sockaddr_in6 address = v6_of(to);
    sent = sendto(socket, datagram.data(), datagram.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                  reinterpret_cast<const sockaddr*>(&address), sizeof address);
  } else if (to.address.is_v4()) {
    const sockaddr_in address = v4_of(to);
    sent = sendto(socket, datagram.data(), datagram.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                  reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  return std::cmp_equal(sent, datagram.size());
}

std::vector<IpAddress> local_addresses(Loopback loopback) {
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return {};
  std::vector<IpAddress> found;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || (entry->ifa_flags & IFF_UP) == 0) continue;
    const int family = entry->ifa_addr->sa_family;
    if (family != AF_INET && family != AF_INET6) continue;
    sockaddr_storage address{};
    std::memcpy(&address, entry->ifa_addr,
                family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6));
    const IpAddress one = endpoint_of(address).address;
    const AddressKind kind = kind_of(one);
    if (kind == AddressKind::link_local) continue;
    if (kind == AddressKind::loopback && loopback == Loopback::left_out) continue;
    found.push_back(one);
  }
  freeifaddrs(list);
  std::ranges::sort(found, {}, [](const IpAddress& one) {
    return std::pair((kind_of(one) == AddressKind::loopback ? 2 : 0) + (one.is_v4() ? 0 : 1), one);
  });
  return found;
}

}  // namespace antiphon
