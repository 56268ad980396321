// Who may send to a call: the ICE-lite agent of all calls on one port, without sockets.
//
//   table.add(peer, {ours, password}, "theirs");
//   if (auto checked = table.check(datagram, from, answer)) send(answer.first(checked->size));
//   if (const auto peer = table.find(from)) ...        // an address that has shown the password
//
// An address counts once a Binding request from it showed the call's password. Everything else from
// elsewhere is dropped, so a stranger can neither speak into a call nor draw its audio to himself.
// Limits  kAddressesMax addresses a call, the oldest goes; kCredentialsMax credentials: an ICE
//         restart adds some, the old ones still count. An answer is never longer than its request.
// Errors  check: nothing, and nothing is to be answered.
// Thread  one owner.
// Source  RFC 8445 section 7.3 (lite), RFC 7675 (consent), RFC 8489.
#pragma once

#include "net/udp_socket.h"
#include "wire/sdp.h"
#include "wire/stun.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace antiphon {

using PeerNumber = std::uint64_t;

class PeerTable {
 public:
  static constexpr std::size_t kAddressesMax = 8;
  static constexpr std::size_t kCredentialsMax = 4;

  struct Checked {
    PeerNumber peer;
    std::size_t size;  // of the answer
  };

  // `theirs`: the peer's ice-ufrag. Called again for the same peer it is an ICE restart.
  void add(PeerNumber peer, const IceCredentials& ours, const std::string& theirs);
  void remove(PeerNumber peer);
  [[nodiscard]] std::optional<Checked> check(std::span<const std::byte> datagram,
                                             const UdpEndpoint& from,
                                             std::span<std::byte, kStunBytesMax> answer);
  [[nodiscard]] std::optional<PeerNumber> find(const UdpEndpoint& from) const;
  [[nodiscard]] std::size_t size() const { return peers_.size(); }

 private:
  struct Credentials {
    std::string password;
    std::string theirs;
    PeerNumber peer;
  };
  struct Peer {
    std::vector<std::string> fragments;  // the keys of its credentials, oldest first
    std::vector<UdpEndpoint> addresses;  // oldest first
  };

  void validate(PeerNumber peer, const UdpEndpoint& from);

  std::map<std::string, Credentials, std::less<>> credentials_;  // by our ice-ufrag
  std::map<PeerNumber, Peer> peers_;
  std::map<UdpEndpoint, PeerNumber> by_address_;
};

}  // namespace antiphon
