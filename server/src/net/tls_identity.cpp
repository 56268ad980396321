#include "net/tls_identity.h"

#include "core/check.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

namespace antiphon {

namespace {

constexpr std::size_t kRecordBytes = 16 * 1024;
// What a peer that makes us answer without reading (key updates) may pile up.
constexpr std::size_t kUnreadOutputMax = 256 * 1024;

using ContextHandle = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_length,
                    const unsigned char* offered, unsigned int offered_length, void*) {
  constexpr std::string_view kOurs = "http/1.1";
  for (unsigned at = 0; at < offered_length; at += 1u + offered[at]) {
    const std::string_view name(reinterpret_cast<const char*>(offered) + at + 1,
                                std::min<unsigned>(offered[at], offered_length - at - 1));
    if (name != kOurs) continue;
    *chosen = offered + at + 1;
    *chosen_length = offered[at];
    return SSL_TLSEXT_ERR_OK;
  }
  return SSL_TLSEXT_ERR_NOACK;
}

std::string last_problem() {
  std::array<char, 256> text{};
  const auto code = ERR_peek_last_error();
  if (code == 0) return "unknown";
  ERR_error_string_n(code, text.data(), text.size());
  ERR_clear_error();
  return text.data();
}

std::unexpected<Error> unfit(std::string_view what, const std::filesystem::path& file) {
  return failure(ErrorCode::invalid_argument,
                 fmt::format("{} ({}): {}", what, file.string(), last_problem()));
}

WallTime time_of(const ASN1_TIME* when) {
  std::tm parts{};
  ASN1_TIME_to_tm(when, &parts);
  return std::chrono::system_clock::from_time_t(timegm(&parts));
}

std::string fingerprint_of(const X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  X509_digest(certificate, EVP_sha256(), digest.data(), &length);
  std::string text;
  for (unsigned index = 0; index < length; ++index)
    text += fmt::format("{}{:02X}", index == 0 ? "" : ":", digest[index]);
  return text;
}

std::string stamp_of(const std::filesystem::path& file) {
  struct stat facts{};
  if (stat(file.c_str(), &facts) != 0) return "absent";
  return fmt::format("{}.{}.{}.{}", facts.st_ino, facts.st_size, facts.st_mtim.tv_sec,
                     facts.st_mtim.tv_nsec);
}

ContextHandle make_context() {
  ContextHandle context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  CHECK(context, "there is memory for a TLS context");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                         SSL_OP_CIPHER_SERVER_PREFERENCE |
                                         SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);  // idle connections hold 34 kB less
  SSL_CTX_set_cipher_list(context.get(), "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL");
  SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
  // Tickets resume sessions; a table of them in memory would be one more thing to bound.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  // OpenSSL's level 2: 2048 bits of RSA or 224 of a curve, and no SHA-1.
  SSL_CTX_set_security_level(context.get(), 2);
  return context;
}

}  // namespace

TlsSession::TlsSession(ssl_st* state) : state_(state) {
  SSL_set_bio(state_, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  SSL_set_accept_state(state_);
}

TlsSession::~TlsSession() { SSL_free(state_); }

void TlsSession::feed(std::string_view received) {
  const int taken =
      BIO_write(SSL_get_rbio(state_), received.data(), static_cast<int>(received.size()));
  CHECK(taken == static_cast<int>(received.size()), "a buffer in memory takes everything");
}

TlsSession::Step TlsSession::handshake() {
  ERR_clear_error();
  const int outcome = SSL_do_handshake(state_);
  const int error = SSL_get_error(state_, outcome);
  collect();
  if (outcome == 1) return Step::done;
  return error == SSL_ERROR_WANT_READ ? Step::wants_input : Step::ended;
}

TlsSession::Step TlsSession::read(std::string& into) {
  ERR_clear_error();
  const auto before = into.size();
  into.resize(before + kRecordBytes);
  const int count = SSL_read(state_, into.data() + before, kRecordBytes);
  into.resize(before + static_cast<std::size_t>(std::max(count, 0)));
  const int error = SSL_get_error(state_, count);
  collect();
  if (count > 0) return Step::done;
  if (output_.size() > kUnreadOutputMax) return Step::ended;
  return error == SSL_ERROR_WANT_READ ? Step::wants_input : Step::ended;
}

bool TlsSession::write(std::string_view plain) {
  while (!plain.empty()) {
    ERR_clear_error();
    const int count =
        SSL_write(state_, plain.data(), static_cast<int>(std::min(plain.size(), kRecordBytes)));
    if (count <= 0) return false;
    plain.remove_prefix(static_cast<std::size_t>(count));
  }
  collect();
  return true;
}

void TlsSession::close() {
  if (SSL_is_init_finished(state_) == 0) return;
  ERR_clear_error();
  static_cast<void>(SSL_shutdown(state_));
  collect();
}

void TlsSession::collect() {
  BIO* const out = SSL_get_wbio(state_);
  const auto waiting = static_cast<std::size_t>(BIO_pending(out));
  if (waiting == 0) return;
  const auto before = output_.size();
  output_.resize(before + waiting);
  BIO_read(out, output_.data() + before, static_cast<int>(waiting));
}

std::string_view TlsSession::output() { return std::string_view(output_).substr(sent_); }

void TlsSession::take_sent(std::size_t count) {
  sent_ += count;
  if (sent_ < output_.size()) return;
  output_.clear();
  sent_ = 0;
}

ssl_st* TlsSession::release() { return std::exchange(state_, nullptr); }

struct TlsIdentity::Loaded {
  ContextHandle context;
  std::string fingerprint;
  WallTime expires;
};

TlsIdentity::TlsIdentity(std::filesystem::path certificate, std::filesystem::path key,
                         const Clock& clock)
    : certificate_(std::move(certificate)), key_(std::move(key)), clock_(clock) {}

TlsIdentity::~TlsIdentity() = default;

Result<std::unique_ptr<TlsIdentity>> TlsIdentity::load(std::filesystem::path certificate,
                                                       std::filesystem::path key,
                                                       const Clock& clock) {
  std::unique_ptr<TlsIdentity> identity(
      new TlsIdentity(std::move(certificate), std::move(key), clock));
  auto loaded = identity->reload();
  if (!loaded) return std::unexpected(std::move(loaded.error()));
  return identity;
}

Result<> TlsIdentity::reload() {
  seen_ = stamp();
  auto context = make_context();
  ERR_clear_error();
  for (const auto& file : {certificate_, key_}) {
    if (access(file.c_str(), R_OK) == 0) continue;
    return failure(ErrorCode::unavailable, "cannot read " + file.string());
  }
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_.c_str()) != 1) {
    return unfit("no usable certificate in PEM", certificate_);
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), key_.c_str(), SSL_FILETYPE_PEM) != 1) {
    return unfit("no usable private key in PEM for this certificate", key_);
  }
  if (SSL_CTX_check_private_key(context.get()) != 1) {
    return unfit("the private key is another certificate's", key_);
  }
  const X509* const leaf = SSL_CTX_get0_certificate(context.get());
  const WallTime expires = time_of(X509_get0_notAfter(leaf));
  if (expires <= clock_.wall()) {
    return failure(ErrorCode::invalid_argument,
                   "the certificate has expired (" + certificate_.string() + ")");
  }
  loaded_ = std::make_unique<Loaded>(std::move(context), fingerprint_of(leaf), expires);
  return {};
}

std::string TlsIdentity::stamp() const { return stamp_of(certificate_) + ' ' + stamp_of(key_); }

bool TlsIdentity::has_changed() const { return stamp() != seen_; }

const std::string& TlsIdentity::fingerprint() const { return loaded_->fingerprint; }

WallTime TlsIdentity::expires() const { return loaded_->expires; }

std::unique_ptr<TlsSession> TlsIdentity::accept() const {
  SSL* const state = SSL_new(loaded_->context.get());
  return state == nullptr ? nullptr : std::make_unique<TlsSession>(state);
}

}  // namespace antiphon
