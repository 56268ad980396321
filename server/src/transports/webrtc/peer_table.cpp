#include "transports/webrtc/peer_table.h"

#include "crypto/hmac_sha1.h"

#include <algorithm>

namespace antiphon {

void PeerTable::add(PeerNumber peer, const IceCredentials& ours, const std::string& theirs) {
  Peer& entry = peers_[peer];
  if (entry.fragments.size() == kCredentialsMax) {
    credentials_.erase(entry.fragments.front());
    entry.fragments.erase(entry.fragments.begin());
  }
  entry.fragments.push_back(ours.fragment);
  credentials_.insert_or_assign(ours.fragment, Credentials{ours.password, theirs, peer});
}

void PeerTable::remove(PeerNumber peer) {
  const auto found = peers_.find(peer);
  if (found == peers_.end()) return;
  for (const std::string& fragment : found->second.fragments)
    credentials_.erase(fragment);
  for (const UdpEndpoint& address : found->second.addresses)
    by_address_.erase(address);
  peers_.erase(found);
}

std::optional<PeerTable::Checked> PeerTable::check(std::span<const std::byte> datagram,
                                                   const UdpEndpoint& from,
                                                   std::span<std::byte, kStunBytesMax> answer) {
  const auto request = parse_stun_request(datagram);
  if (!request) return std::nullopt;
  const auto colon = request->username.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto known = credentials_.find(request->username.substr(0, colon));
  if (known == credentials_.end() || known->second.theirs != request->username.substr(colon + 1)) {
    return std::nullopt;
  }
  const std::string& password = known->second.password;
  const auto sign = [&](std::span<const std::byte> bytes) {
    return hmac_sha1(std::as_bytes(std::span(password)), bytes);
  };
  if (!has_valid_integrity(datagram, *request, sign)) return std::nullopt;
  const StunEndpoint mapped{from.address.bytes(), from.address.is_v4(), from.port};
  const std::size_t size = write_stun_response(request->transaction, mapped, sign, answer);
  // Somebody who repeats a request from a forged address must gain nothing.
  if (size > datagram.size()) return std::nullopt;
  validate(known->second.peer, from);
  return Checked{known->second.peer, size};
}

void PeerTable::validate(PeerNumber peer, const UdpEndpoint& from) {
  const auto [at, is_new] = by_address_.try_emplace(from, peer);
  if (!is_new && at->second == peer) return;
  if (!is_new) {
    // Whoever had the address has gone, and a router gave it to another.
    std::erase(peers_.at(at->second).addresses, from);
    at->second = peer;
  }
  auto& addresses = peers_.at(peer).addresses;
  addresses.push_back(from);
  if (addresses.size() <= kAddressesMax) return;
  by_address_.erase(addresses.front());
  addresses.erase(addresses.begin());
}

std::optional<PeerNumber> PeerTable::find(const UdpEndpoint& from) const {
  const auto found = by_address_.find(from);
  if (found == by_address_.end()) return std::nullopt;
  return found->second;
}

}  // namespace antiphon
