// The server's certificate and key, and the TLS of one connection. Inside net/ for TlsSession.
//
//   auto identity = TlsIdentity::load("tls/certificate.pem", "tls/key.pem");
//   server.use_tls(**identity, handshakes.executor());
//   if ((*identity)->has_changed()) (*identity)->reload();
//
// Limits  TLS 1.2 and 1.3; of 1.2 only ECDHE with AES-GCM or ChaCha20. No renegotiation, no
//         compression, ALPN answers http/1.1. Sessions are resumed by tickets.
// Errors  load, reload: invalid_argument (not PEM, key and certificate do not belong together, the
//         certificate has expired, the key is weaker than 2048 bits of RSA), unavailable (cannot be
//         read). A reload that fails changes nothing.
// Thread  one executor; connections that run keep the certificate they began with.
#pragma once

#include "core/clock.h"
#include "core/result.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

struct ssl_st;

namespace antiphon {

// TLS without a socket: bytes in, bytes out. Each call on one thread at a time, any thread.
class TlsSession {
 public:
  enum class Step : std::uint8_t { done, wants_input, ended };

  explicit TlsSession(ssl_st* state);
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;
  ~TlsSession();

  // What the socket received; after it handshake() or read().
  void feed(std::string_view received);
  // The server's half. CPU: a signature, up to 1 ms with RSA.
  [[nodiscard]] Step handshake();
  // Appends one record's plain text (16 kB) to `into`.
  [[nodiscard]] Step read(std::string& into);
  // Encrypts all of `plain` into output(). False: the session is dead.
  [[nodiscard]] bool write(std::string_view plain);
  // Bids farewell into output().
  void close();
  // What the socket is to send; take_sent() says how much of it went.
  [[nodiscard]] std::string_view output();
  void take_sent(std::size_t count);
  // For who goes on with another library; output() must be empty and read() have said wants_input.
  [[nodiscard]] ssl_st* release();

 private:
  void collect();

  ssl_st* state_;
  std::string output_;
  std::size_t sent_ = 0;
};

class TlsIdentity {
 public:
  [[nodiscard]] static Result<std::unique_ptr<TlsIdentity>> load(std::filesystem::path certificate,
                                                                 std::filesystem::path key,
                                                                 const Clock& clock);
  ~TlsIdentity();

  [[nodiscard]] Result<> reload();
  // The files are not those of the last load or reload, be it that it failed.
  [[nodiscard]] bool has_changed() const;
  // SHA-256 of the certificate as browsers show it: "AB:CD:...".
  [[nodiscard]] const std::string& fingerprint() const;
  [[nodiscard]] WallTime expires() const;
  // Null when OpenSSL has no memory.
  [[nodiscard]] std::unique_ptr<TlsSession> accept() const;

 private:
  struct Loaded;
  TlsIdentity(std::filesystem::path certificate, std::filesystem::path key, const Clock& clock);
  [[nodiscard]] std::string stamp() const;

  std::filesystem::path certificate_;
  std::filesystem::path key_;
  const Clock& clock_;
  std::string seen_;
  std::unique_ptr<Loaded> loaded_;
};

}  // namespace antiphon
