#include "net/udp_socket.h"

#include "core/system_clock.h"
#include "testing/run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace antiphon {
namespace {

TEST(UdpSocket, CarriesDatagramsBetweenTwoPorts) {
  boost::asio::io_context loop;
  auto one = UdpSocket::open(loop.get_executor(), 0);
  auto other = UdpSocket::open(loop.get_executor(), 0);
  ASSERT_TRUE(one && other);
  TaskGroup group(loop.get_executor());
  std::string received;
  UdpEndpoint seen;
  group.spawn((*other)->run([&](std::span<std::byte> datagram, const UdpEndpoint& from) {
    received.assign(reinterpret_cast<const char*>(datagram.data()), datagram.size());
    seen = from;
    group.cancel();
  }));

  EXPECT_TRUE((*one)->send(std::as_bytes(std::span("hello", 5)),
                           {IpAddress(IpAddress::V4{127, 0, 0, 1}), (*other)->port()}));
  run(loop, group.join());

  EXPECT_EQ(received, "hello");
  EXPECT_EQ(seen.address.to_string(), "127.0.0.1");
  EXPECT_EQ(seen.port, (*one)->port());
}

TEST(UdpSocket, SaysThatAPortIsTaken) {
  boost::asio::io_context loop;
  auto one = UdpSocket::open(loop.get_executor(), 0);
  ASSERT_TRUE(one.has_value());
  EXPECT_EQ(UdpSocket::open(loop.get_executor(), (*one)->port()).error().code,
            ErrorCode::unavailable);
}

TEST(UdpSocket, KnowsTheLoopbackAddressWhereItIsAskedFor) {
  const IpAddress loopback(IpAddress::V4{127, 0, 0, 1});
  EXPECT_EQ(std::ranges::count(local_addresses(Loopback::included), loopback), 1);
  EXPECT_EQ(std::ranges::count(local_addresses(Loopback::left_out), loopback), 0);
}

}  // namespace
}  // namespace antiphon
