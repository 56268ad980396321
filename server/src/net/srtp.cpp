#include "net/srtp.h"

#include "core/check.h"

#include <srtp2/srtp.h>

#include <algorithm>
#include <array>
#include <mutex>
#include <utility>

namespace antiphon {

namespace {

constexpr unsigned long kReplayWindow = 256;
constexpr std::size_t kMasterBytesMax = 30;  // key and salt

void start_library() {
  static std::once_flag once;
  std::call_once(once, [] { CHECK(srtp_init() == srtp_err_status_ok, "libsrtp starts"); });
}

srtp_t make_context(const SrtpKeys& keys, DtlsRole side, srtp_ssrc_type_t direction) {
  const std::size_t key_bytes = srtp_key_bytes(keys.profile);
  const std::size_t salt_bytes = srtp_salt_bytes(keys.profile);
  const std::size_t which = side == DtlsRole::client ? 0 : 1;
  const auto key = std::span(keys.material).subspan(which * key_bytes, key_bytes);
  const auto salt =
      std::span(keys.material).subspan(2 * key_bytes + which * salt_bytes, salt_bytes);
  std::array<std::byte, kMasterBytesMax> master{};
  std::ranges::copy(salt, std::ranges::copy(key, master.begin()).out);
  srtp_policy_t policy{};
  if (keys.profile == SrtpProfile::aead_aes_128_gcm) {
    srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
    srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
  } else {
    srtp_crypto_policy_set_rtp_default(&policy.rtp);
    srtp_crypto_policy_set_rtcp_default(&policy.rtcp);
  }
  policy.ssrc.type = direction;
  policy.key = reinterpret_cast<unsigned char*>(master.data());
  policy.window_size = kReplayWindow;
  srtp_t context = nullptr;
  const auto made = srtp_create(&context, &policy);
  master.fill(std::byte{0});
  return made == srtp_err_status_ok ? context : nullptr;
}

using Apply = srtp_err_status_t (*)(srtp_t, void*, int*);

Result<std::size_t> apply(Apply what, srtp_t context, std::span<std::byte> packet, std::size_t size,
                          ErrorCode code) {
  int length = static_cast<int>(size);
  if (what(context, packet.data(), &length) != srtp_err_status_ok) {
    return failure(code, "a packet that SRTP refuses");
  }
  return static_cast<std::size_t>(length);
}

}  // namespace

std::size_t srtp_key_bytes(SrtpProfile) { return 16; }

std::size_t srtp_salt_bytes(SrtpProfile profile) {
  return profile == SrtpProfile::aead_aes_128_gcm ? 12 : 14;
}

struct Srtp::State {
  srtp_t incoming = nullptr;
  srtp_t outgoing = nullptr;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (incoming != nullptr) srtp_dealloc(incoming);
    if (outgoing != nullptr) srtp_dealloc(outgoing);
  }
};

Srtp::Srtp(std::unique_ptr<State> state) : state_(std::move(state)) {}
Srtp::Srtp(Srtp&&) noexcept = default;
Srtp& Srtp::operator=(Srtp&&) noexcept = default;
Srtp::~Srtp() = default;

Result<Srtp> Srtp::make(const SrtpKeys& keys, DtlsRole ours) {
  start_library();
  const std::size_t wanted = 2 * (srtp_key_bytes(keys.profile) + srtp_salt_bytes(keys.profile));
  if (keys.material.size() != wanted) {
    return failure(ErrorCode::unsupported, "SRTP keys of another length than their profile has");
  }
  const DtlsRole theirs = ours == DtlsRole::server ? DtlsRole::client : DtlsRole::server;
  auto state = std::make_unique<State>();
  state->incoming = make_context(keys, theirs, ssrc_any_inbound);
  state->outgoing = make_context(keys, ours, ssrc_any_outbound);
  if (state->incoming == nullptr || state->outgoing == nullptr) {
    return failure(ErrorCode::unsupported, "libsrtp does not know this profile");
  }
  return Srtp(std::move(state));
}

Result<std::size_t> Srtp::protect_rtp(std::span<std::byte> buffer, std::size_t size) {
  CHECK(size + kSrtpTrailerMax <= buffer.size(), "SRTP writes behind the packet");
  return apply(&srtp_protect, state_->outgoing, buffer, size, ErrorCode::internal);
}

Result<std::size_t> Srtp::protect_rtcp(std::span<std::byte> buffer, std::size_t size) {
  CHECK(size + kSrtpTrailerMax <= buffer.size(), "SRTCP writes behind the packet");
  return apply(&srtp_protect_rtcp, state_->outgoing, buffer, size, ErrorCode::internal);
}

Result<std::size_t> Srtp::open_rtp(std::span<std::byte> packet) {
  return apply(&srtp_unprotect, state_->incoming, packet, packet.size(), ErrorCode::protocol_error);
}

Result<std::size_t> Srtp::open_rtcp(std::span<std::byte> packet) {
  return apply(&srtp_unprotect_rtcp, state_->incoming, packet, packet.size(),
               ErrorCode::protocol_error);
}

}  // namespace antiphon
