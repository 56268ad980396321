#include "net/dtls.h"

#include "core/check.h"
#include "crypto/self_signed.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace antiphon {

namespace {

constexpr int kDatagramBytes = 1'200;
constexpr int kUdpOverhead = 28;
constexpr std::string_view kExporter = "EXTRACTOR-dtls_srtp";
constexpr auto kCiphers =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:"
    "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384";
constexpr auto kProfiles = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80";

using ContextHandle = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;
using CertificateHandle = std::unique_ptr<X509, decltype(&X509_free)>;
using KeyHandle = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using BioHandle = std::unique_ptr<BIO, decltype(&BIO_free)>;

std::string fingerprint_of(const X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (certificate == nullptr || X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) {
    return {};
  }
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string text;
  for (unsigned index = 0; index < size; ++index) {
    if (index > 0) text += ':';
    text += kDigits[digest[index] >> 4];
    text += kDigits[digest[index] & 0x0f];
  }
  return text;
}

// One datagram in and datagrams out: OpenSSL's memory BIO would glue records together.
struct Wire {
  DtlsSession::Send send;
  std::span<const std::byte> incoming;
};

int wire_write(BIO* bio, const char* data, int size) {
  auto* const wire = static_cast<Wire*>(BIO_get_data(bio));
  wire->send(std::as_bytes(std::span(data, static_cast<std::size_t>(size))));
  return size;
}

int wire_read(BIO* bio, char* into, int size) {
  auto* const wire = static_cast<Wire*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  if (wire->incoming.empty()) {
    BIO_set_retry_read(bio);
    return -1;
  }
  const auto taken = std::min<std::size_t>(static_cast<std::size_t>(size), wire->incoming.size());
  std::ranges::copy(wire->incoming.first(taken), reinterpret_cast<std::byte*>(into));
  wire->incoming = {};
  return static_cast<int>(taken);
}

long wire_control(BIO*, int command, long, void*) {
  switch (command) {
    case BIO_CTRL_FLUSH:
      return 1;
    case BIO_CTRL_DGRAM_QUERY_MTU:
    case BIO_CTRL_DGRAM_GET_FALLBACK_MTU:
      return kDatagramBytes;
    case BIO_CTRL_DGRAM_GET_MTU_OVERHEAD:
      return kUdpOverhead;
    default:
      return 0;
  }
}

BIO_METHOD* wire_method() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* const made = BIO_meth_new(BIO_TYPE_SOURCE_SINK | BIO_get_new_index(), "datagrams");
    CHECK(made != nullptr, "OpenSSL has memory");
    BIO_meth_set_write(made, wire_write);
    BIO_meth_set_read(made, wire_read);
    BIO_meth_set_ctrl(made, wire_control);
    return made;
  }();
  return method;
}

// The fingerprint in the offer vouches for the certificate, not an authority.
int accept_any(int, X509_STORE_CTX*) { return 1; }

Result<SrtpProfile> profile_of(const SRTP_PROTECTION_PROFILE* agreed) {
  if (agreed != nullptr && agreed->id == SRTP_AEAD_AES_128_GCM) {
    return SrtpProfile::aead_aes_128_gcm;
  }
  if (agreed != nullptr && agreed->id == SRTP_AES128_CM_SHA1_80) {
    return SrtpProfile::aes128_cm_sha1_80;
  }
  return failure(ErrorCode::unsupported, "the peer knows none of our SRTP profiles");
}

}  // namespace

struct DtlsSession::State {
  Wire wire;
  SSL* ssl = nullptr;
  bool connected = false;
  bool failed = false;
  bool closed = false;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { SSL_free(ssl); }

  void drive();
  void read();
};

void DtlsSession::State::drive() {
  if (failed || closed) return;
  ERR_clear_error();
  if (connected) return read();
  const int result = SSL_do_handshake(ssl);
  if (result == 1) {
    connected = true;
    return;
  }
  const int error = SSL_get_error(ssl, result);
  failed = error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE;
}

// Nobody sends us data; what may come is the farewell, or a flight of the handshake again.
void DtlsSession::State::read() {
  std::array<char, 2'048> thrown_away{};
  const int result = SSL_read(ssl, thrown_away.data(), static_cast<int>(thrown_away.size()));
  if (result > 0) return;
  const int error = SSL_get_error(ssl, result);
  closed = error == SSL_ERROR_ZERO_RETURN;
  failed = error == SSL_ERROR_SSL || error == SSL_ERROR_SYSCALL;
}

DtlsSession::DtlsSession(std::unique_ptr<State> state) : state_(std::move(state)) {}
DtlsSession::~DtlsSession() = default;

void DtlsSession::start() { state_->drive(); }

void DtlsSession::receive(std::span<const std::byte> datagram) {
  state_->wire.incoming = datagram;
  state_->drive();
  state_->wire.incoming = {};
}

void DtlsSession::retransmit() {
  if (state_->connected || state_->failed) return;
  ERR_clear_error();
  if (DTLSv1_handle_timeout(state_->ssl) < 0) state_->failed = true;
}

void DtlsSession::close() {
  if (!state_->connected || state_->failed) return;
  ERR_clear_error();
  SSL_shutdown(state_->ssl);
}

bool DtlsSession::is_connected() const { return state_->connected && !state_->failed; }
bool DtlsSession::has_failed() const { return state_->failed; }
bool DtlsSession::is_closed() const { return state_->closed; }

std::string DtlsSession::peer_fingerprint() const {
  if (!state_->connected) return {};
  const CertificateHandle certificate(SSL_get1_peer_certificate(state_->ssl), &X509_free);
  return fingerprint_of(certificate.get());
}

Result<SrtpKeys> DtlsSession::srtp_keys() const {
  const auto profile = profile_of(SSL_get_selected_srtp_profile(state_->ssl));
  if (!profile) return std::unexpected(profile.error());
  SrtpKeys keys{.profile = *profile, .material = {}};
  keys.material.resize(2 * (srtp_key_bytes(*profile) + srtp_salt_bytes(*profile)));
  if (SSL_export_keying_material(
          state_->ssl, reinterpret_cast<unsigned char*>(keys.material.data()), keys.material.size(),
          kExporter.data(), kExporter.size(), nullptr, 0, 0) != 1) {
    return failure(ErrorCode::unsupported, "the handshake gives no keys for SRTP");
  }
  return keys;
}

struct DtlsIdentity::State {
  ContextHandle context{nullptr, &SSL_CTX_free};
  std::string fingerprint;
};

DtlsIdentity::DtlsIdentity(std::unique_ptr<State> state) : state_(std::move(state)) {}
DtlsIdentity::~DtlsIdentity() = default;

const std::string& DtlsIdentity::fingerprint() const { return state_->fingerprint; }

Result<std::unique_ptr<DtlsIdentity>> DtlsIdentity::make(WallTime now) {
  auto pair = make_self_signed({"antiphon.invalid"}, now);
  if (!pair) return std::unexpected(pair.error());
  const auto bio_of = [](const std::string& text) {
    return BioHandle(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), &BIO_free);
  };
  const CertificateHandle certificate(
      PEM_read_bio_X509(bio_of(pair->certificate).get(), nullptr, nullptr, nullptr), &X509_free);
  const KeyHandle key(PEM_read_bio_PrivateKey(bio_of(pair->key).get(), nullptr, nullptr, nullptr),
                      &EVP_PKEY_free);
  auto state = std::make_unique<State>();
  state->context.reset(SSL_CTX_new(DTLS_method()));
  SSL_CTX* const context = state->context.get();
  if (context == nullptr || SSL_CTX_use_certificate(context, certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, key.get()) != 1 ||
      SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) != 1 ||
      SSL_CTX_set_cipher_list(context, kCiphers) != 1 ||
      SSL_CTX_set_tlsext_use_srtp(context, kProfiles) != 0) {
    return failure(ErrorCode::internal, "OpenSSL cannot speak DTLS with our certificate");
  }
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, accept_any);
  SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_read_ahead(context, 1);
  state->fingerprint = fingerprint_of(certificate.get());
  return std::unique_ptr<DtlsIdentity>(new DtlsIdentity(std::move(state)));
}

std::unique_ptr<DtlsSession> DtlsIdentity::begin(DtlsRole role, DtlsSession::Send send) const {
  auto state = std::make_unique<DtlsSession::State>();
  state->wire.send = std::move(send);
  state->ssl = SSL_new(state_->context.get());
  BIO* const bio = BIO_new(wire_method());
  CHECK(state->ssl != nullptr && bio != nullptr, "OpenSSL has memory");
  BIO_set_data(bio, &state->wire);
  BIO_set_init(bio, 1);
  SSL_set_bio(state->ssl, bio, bio);
  SSL_set_mtu(state->ssl, kDatagramBytes);
  if (role == DtlsRole::server) {
    SSL_set_accept_state(state->ssl);
  } else {
    SSL_set_connect_state(state->ssl);
  }
  return std::make_unique<DtlsSession>(std::move(state));
}

}  // namespace antiphon
