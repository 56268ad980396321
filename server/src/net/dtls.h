// DTLS for media: a handshake over somebody else's datagrams, which ends in keys for SRTP.
//
//   auto identity = DtlsIdentity::make(clock.wall());
//   auto session = (*identity)->begin(DtlsRole::server, [&](std::span<const std::byte> datagram) {
//     socket.send(datagram, peer);
//   });
//   session->receive(datagram);          // what came from the peer
//   session->retransmit();               // now and then, until is_connected()
//   if (session->is_connected()) use(session->srtp_keys(), session->peer_fingerprint());
//
// Limits  DTLS 1.2 with ECDHE and AES-GCM or ChaCha20; flights of datagrams of 1,200 bytes; no
//         renegotiation. Application data is read and thrown away.
// Errors  make: internal. srtp_keys: unsupported (no profile was agreed). A handshake that fails
//         makes the session has_failed().
// Thread  an identity: any. A session: one owner.
// Source  RFC 6347, RFC 5764 (use_srtp), RFC 8122 (fingerprints).
#pragma once

#include "core/clock.h"
#include "core/result.h"
#include "net/srtp.h"

#include <functional>
#include <memory>
#include <span>
#include <string>

namespace antiphon {

class DtlsSession {
 public:
  using Send = std::function<void(std::span<const std::byte>)>;

  struct State;
  explicit DtlsSession(std::unique_ptr<State> state);
  DtlsSession(const DtlsSession&) = delete;
  DtlsSession& operator=(const DtlsSession&) = delete;
  ~DtlsSession();

  // A client's first flight.
  void start();
  void receive(std::span<const std::byte> datagram);
  // Sends the last flight again where its time has come. By the machine's own clock, which is
  // OpenSSL's.
  void retransmit();
  // Tells the peer that this is the end.
  void close();

  [[nodiscard]] bool is_connected() const;
  [[nodiscard]] bool has_failed() const;
  // The peer said farewell.
  [[nodiscard]] bool is_closed() const;
  // Of the certificate that the peer proved to hold: SHA-256 as "AB:CD:..."; "" before.
  [[nodiscard]] std::string peer_fingerprint() const;
  [[nodiscard]] Result<SrtpKeys> srtp_keys() const;

 private:
  std::unique_ptr<State> state_;
};

class DtlsIdentity {
 public:
  // A certificate of its own for P-256, which is bound to a call by its fingerprint alone.
  [[nodiscard]] static Result<std::unique_ptr<DtlsIdentity>> make(WallTime now);
  DtlsIdentity(const DtlsIdentity&) = delete;
  DtlsIdentity& operator=(const DtlsIdentity&) = delete;
  ~DtlsIdentity();

  [[nodiscard]] const std::string& fingerprint() const;
  // `send` is called for each datagram, from inside the session's members.
  [[nodiscard]] std::unique_ptr<DtlsSession> begin(DtlsRole role, DtlsSession::Send send) const;

 private:
  struct State;
  explicit DtlsIdentity(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace antiphon
