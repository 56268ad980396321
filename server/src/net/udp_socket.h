// One UDP socket for many peers, read in batches.
//
//   auto socket = UdpSocket::open(executor, 0);
//   group.spawn((*socket)->run([&](std::span<std::byte> datagram, const UdpEndpoint& from) {...}));
//   (*socket)->send(bytes, peer);
//
// Limits  datagrams of kDatagramMax bytes; longer ones are dropped. The kernel's buffers are asked
//         to hold 4 MiB.
// Errors  open: unavailable (the port is taken, or not ours). send: false when the kernel has no
//         room or no route; a datagram is then lost, as datagrams are.
// Thread  run(): the executor, until cancelled. send(): any thread, never waits.
#pragma once

#include "core/result.h"
#include "core/task_group.h"
#include "net/ip_address.h"

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace antiphon {

inline constexpr std::size_t kDatagramMax = 1'600;

struct UdpEndpoint {
  IpAddress address{IpAddress::V4{}};
  std::uint16_t port = 0;

  auto operator<=>(const UdpEndpoint&) const = default;
};

class UdpSocket {
 public:
  using Take = std::function<void(std::span<std::byte>, const UdpEndpoint&)>;

  // Of both families where the machine has IPv6. Port 0 chooses one.
  [[nodiscard]] static Result<std::unique_ptr<UdpSocket>> open(const Executor& executor,
                                                               std::uint16_t port);
  UdpSocket(const UdpSocket&) = delete;
  UdpSocket& operator=(const UdpSocket&) = delete;
  ~UdpSocket();

  [[nodiscard]] std::uint16_t port() const;
  // What `take` is given is its own until it returns.
  Task<> run(Take take);
  bool send(std::span<const std::byte> datagram, const UdpEndpoint& to) noexcept;

 private:
  struct State;
  explicit UdpSocket(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// The machine's own addresses that a peer may reach, IPv4 first; link-local ones are left out, and
// loopback comes last where it is asked for.
enum class Loopback : std::uint8_t { left_out, included };
[[nodiscard]] std::vector<IpAddress> local_addresses(Loopback loopback);

}  // namespace antiphon
