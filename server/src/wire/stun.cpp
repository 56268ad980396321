#include "wire/stun.h"

#include "core/crc32.h"
#include "wire/network_bytes.h"

#include <algorithm>

namespace antiphon {

namespace {

constexpr std::uint16_t kBindingRequest = 0x0001;
constexpr std::uint16_t kBindingSuccess = 0x0101;
constexpr std::uint32_t kMagicCookie = 0x2112A442;
constexpr std::uint32_t kFingerprintMask = 0x5354554e;
constexpr std::size_t kHeaderBytes = 20;
constexpr std::size_t kAttributeHeaderBytes = 4;
constexpr std::size_t kUsernameMax = 508;

constexpr std::uint16_t kUsername = 0x0006;
constexpr std::uint16_t kMessageIntegrity = 0x0008;
constexpr std::uint16_t kXorMappedAddress = 0x0020;
constexpr std::uint16_t kPriority = 0x0024;
constexpr std::uint16_t kUseCandidate = 0x0025;
constexpr std::uint16_t kFirstOptional = 0x8000;
constexpr std::uint16_t kFingerprint = 0x8028;
constexpr std::uint16_t kIceControlled = 0x8029;

std::uint32_t fingerprint_of(std::span<const std::byte> bytes) {
  return crc32({reinterpret_cast<const char*>(bytes.data()), bytes.size()}) ^ kFingerprintMask;
}

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::unexpected<Error> broken(std::string what) {
  return failure(ErrorCode::protocol_error, "a STUN message " + std::move(what));
}

struct Attribute {
  std::uint16_t type;
  std::size_t at;  // of its header
  std::span<const std::byte> value;
};

// What follows MESSAGE-INTEGRITY is not covered by it: only FINGERPRINT counts there.
Result<> take(StunRequest& request, const Attribute& attribute,
              std::span<const std::byte> datagram) {
  if (attribute.type == kFingerprint) {
    if (attribute.value.size() != 4 ||
        read_u32(attribute.value, 0) != fingerprint_of(datagram.first(attribute.at))) {
      return broken("whose FINGERPRINT is wrong");
    }
    return {};
  }
  if (request.integrity_at != 0) return {};
  switch (attribute.type) {
    case kUsername:
      if (attribute.value.size() > kUsernameMax) return broken("whose USERNAME is too long");
      request.username = text_of(attribute.value);
      return {};
    case kUseCandidate:
      request.use_candidate = true;
      return {};
    case kIceControlled:
      request.is_controlled = true;
      return {};
    case kMessageIntegrity:
      if (attribute.value.size() != kStunIntegrityBytes) return broken("with a short digest");
      request.integrity_at = attribute.at;
      std::ranges::copy(attribute.value, request.integrity.begin());
      return {};
    case kPriority:
      return {};
    default:
      if (attribute.type >= kFirstOptional) return {};
      return failure(ErrorCode::unsupported, "a STUN attribute that must be understood");
  }
}

// The digest covers the header as if the message ended with the digest itself.
std::size_t copy_for_integrity(std::span<const std::byte> datagram, std::size_t integrity_at,
                               std::span<std::byte, kStunBytesMax> into) {
  std::ranges::copy(datagram.first(integrity_at), into.begin());
  const std::size_t ends = integrity_at + kAttributeHeaderBytes + kStunIntegrityBytes;
  write_u16(into, 2, static_cast<unsigned>(ends - kHeaderBytes));
  return integrity_at;
}

class Writer {
 public:
  Writer(std::uint16_t type, const StunTransaction& transaction,
         std::span<std::byte, kStunBytesMax> into)
      : into_(into) {
    write_u16(into_, 0, type);
    write_u32(into_, 4, kMagicCookie);
    std::ranges::copy(transaction, into_.begin() + 8);
  }

  std::span<std::byte> add(std::uint16_t type, std::size_t size) {
    write_u16(into_, size_, type);
    write_u16(into_, size_ + 2, static_cast<unsigned>(size));
    const auto value = into_.subspan(size_ + kAttributeHeaderBytes, (size + 3) & ~std::size_t{3});
    std::ranges::fill(value, std::byte{0});
    size_ += kAttributeHeaderBytes + value.size();
    write_u16(into_, 2, static_cast<unsigned>(size_ - kHeaderBytes));
    return value.first(size);
  }

  std::size_t seal(const StunSigner& sign) {
    const std::size_t covered = size_;
    const auto digest = add(kMessageIntegrity, kStunIntegrityBytes);
    std::ranges::copy(sign(into_.first(covered)), digest.begin());
    const std::size_t checked = size_;
    const auto fingerprint = add(kFingerprint, 4);
    write_u32(fingerprint, 0, fingerprint_of(into_.first(checked)));
    return size_;
  }

 private:
  std::span<std::byte> into_;
  std::size_t size_ = kHeaderBytes;
};

}  // namespace

bool looks_like_stun(std::span<const std::byte> datagram) {
  return !datagram.empty() && read_u8(datagram, 0) <= 3;
}

Result<StunRequest> parse_stun_request(std::span<const std::byte> datagram) {
  if (datagram.size() > kStunBytesMax) {
    return failure(ErrorCode::too_large, "a STUN message over 512 bytes");
  }
  if (datagram.size() < kHeaderBytes || read_u16(datagram, 0) != kBindingRequest ||
      read_u32(datagram, 4) != kMagicCookie) {
    return broken("that is no Binding request");
  }
  if (read_u16(datagram, 2) + kHeaderBytes != datagram.size() || datagram.size() % 4 != 0) {
    return broken("of another length than it says");
  }
  StunRequest request;
  std::ranges::copy(datagram.subspan(8, 12), request.transaction.begin());
  std::size_t count = 0;
  bool has_ended = false;
  for (std::size_t at = kHeaderBytes; at < datagram.size();) {
    const std::uint16_t type = read_u16(datagram, at);
    const std::size_t size = read_u16(datagram, at + 2);
    const std::size_t padded = (size + 3) & ~std::size_t{3};
    if (has_ended || ++count > kStunAttributesMax ||
        padded > datagram.size() - at - kAttributeHeaderBytes) {
      return broken("whose attributes do not fit");
    }
    const auto taken =
        take(request, {type, at, datagram.subspan(at + kAttributeHeaderBytes, size)}, datagram);
    if (!taken) return std::unexpected(taken.error());
    has_ended = type == kFingerprint;
    at += kAttributeHeaderBytes + padded;
  }
  if (request.integrity_at == 0 || request.username.empty()) {
    return broken("that nobody vouches for");
  }
  return request;
}

bool has_valid_integrity(std::span<const std::byte> datagram, const StunRequest& request,
                         const StunSigner& sign) {
  std::array<std::byte, kStunBytesMax> covered{};
  const std::size_t size = copy_for_integrity(datagram, request.integrity_at, covered);
  const StunDigest wanted = sign(std::span(covered).first(size));
  // Every byte is looked at, whatever the first ones are.
  std::byte difference{0};
  for (std::size_t index = 0; index < wanted.size(); ++index)
    difference |= wanted[index] ^ request.integrity[index];
  return difference == std::byte{0};
}

std::size_t write_stun_response(const StunTransaction& transaction, const StunEndpoint& mapped,
                                const StunSigner& sign, std::span<std::byte, kStunBytesMax> into) {
  Writer writer(kBindingSuccess, transaction, into);
  const std::size_t address_bytes = mapped.is_v4 ? 4 : 16;
  const auto value = writer.add(kXorMappedAddress, 4 + address_bytes);
  write_u8(value, 1, mapped.is_v4 ? 1 : 2);
  write_u16(value, 2, mapped.port ^ (kMagicCookie >> 16));
  // The mask is the cookie and the transaction, which is how the header goes on.
  for (std::size_t index = 0; index < address_bytes; ++index)
    value[4 + index] = std::byte{mapped.address[index]} ^ into[4 + index];
  return writer.seal(sign);
}

std::size_t write_stun_request(const StunTransaction& transaction, std::string_view username,
                               bool use_candidate, const StunSigner& sign,
                               std::span<std::byte, kStunBytesMax> into) {
  Writer writer(kBindingRequest, transaction, into);
  const auto name = writer.add(kUsername, std::min<std::size_t>(username.size(), 256));
  std::ranges::copy(std::as_bytes(std::span(username)).first(name.size()), name.begin());
  write_u32(writer.add(kPriority, 4), 0, 0x6e7f1eff);
  if (use_candidate) static_cast<void>(writer.add(kUseCandidate, 0));
  return writer.seal(sign);
}

}  // namespace antiphon
