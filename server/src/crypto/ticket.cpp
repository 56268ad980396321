#include "crypto/ticket.h"

#include "core/base64.h"
#include "crypto/hash.h"

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

namespace antiphon {

namespace {

constexpr std::string_view kPrefix = "a1.";
constexpr std::size_t kUuidSize = 16;
constexpr std::size_t kTimeSize = 8;
constexpr std::size_t kClaimsSize = 1 + kTimeSize + 4 * kUuidSize;
constexpr std::size_t kTextMax = 256;

void append_uuid(std::vector<std::byte>& out, const Uuid& uuid) {
  const auto bytes = std::as_bytes(std::span(uuid.bytes()));
  out.insert(out.end(), bytes.begin(), bytes.end());
}

std::vector<std::byte> pack(const TicketClaims& claims) {
  std::vector<std::byte> out;
  out.reserve(kClaimsSize);
  out.push_back(static_cast<std::byte>(claims.purpose));
  const auto seconds = static_cast<std::uint64_t>(
      std::chrono::floor<std::chrono::seconds>(claims.expires).time_since_epoch().count());
  for (std::size_t index = kTimeSize; index-- > 0;) {
    out.push_back(static_cast<std::byte>(seconds >> (8 * index) & 0xFFU));
  }
  append_uuid(out, claims.workspace_id);
  append_uuid(out, claims.agent_id);
  append_uuid(out, claims.conversation_id);
  append_uuid(out, claims.subject_id);
  return out;
}

Uuid uuid_at(std::span<const std::byte> bytes, std::size_t index) {
  return Uuid::from_bytes(bytes.subspan(1 + kTimeSize + index * kUuidSize).first<kUuidSize>());
}

// nullopt when the time is beyond what WallTime holds: only a forger makes one, before the
// signature is checked.
std::optional<WallTime> time_at(std::span<const std::byte> bytes) {
  std::uint64_t seconds = 0;
  for (const std::byte byte : bytes.first(kTimeSize)) {
    seconds = seconds << 8U | std::to_integer<std::uint64_t>(byte);
  }
  constexpr auto kLatest =
      std::chrono::duration_cast<std::chrono::seconds>(WallTime::duration::max()).count();
  if (seconds > static_cast<std::uint64_t>(kLatest)) return std::nullopt;
  return WallTime(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
}

// A domain of its own, so that a signature made for anything else with this key never opens a
// socket.
Sha256 sign(const TicketKey& key, std::span<const std::byte> claims) {
  static constexpr std::string_view kDomain = "antiphon ticket 1\n";
  std::vector<std::byte> message(kDomain.size() + claims.size());
  std::ranges::copy(std::as_bytes(std::span(kDomain)), message.begin());
  std::ranges::copy(claims, message.begin() + static_cast<std::ptrdiff_t>(kDomain.size()));
  return hmac_sha256(key, message);
}

std::unexpected<Error> refuse(std::string_view why) {
  return failure(ErrorCode::unauthenticated,
                 "the ticket " + std::string(why) + "; ask for a new one");
}

}  // namespace

std::string TicketSigner::issue(const TicketClaims& claims) const {
  const std::vector<std::byte> packed = pack(claims);
  std::string text(kPrefix);
  text += base64url_encode(packed);
  text += '.';
  text += base64url_encode(sign(key_, packed));
  return text;
}

Result<TicketClaims> TicketSigner::verify(std::string_view text, TicketPurpose purpose) const {
  if (text.size() > kTextMax || !text.starts_with(kPrefix)) return refuse("is malformed");
  text.remove_prefix(kPrefix.size());
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return refuse("is malformed");
  const auto packed = base64url_decode(text.substr(0, dot));
  const auto signature = base64url_decode(text.substr(dot + 1));
  if (!packed || packed->size() != kClaimsSize || !signature) return refuse("is malformed");
  if (!constant_time_equal(*signature, sign(key_, *packed))) return refuse("has a wrong signature");
  const std::span<const std::byte> bytes(*packed);
  const auto expires = time_at(bytes.subspan(1));
  if (!expires) return refuse("is malformed");
  const auto of = static_cast<TicketPurpose>(bytes.front());
  if (of != purpose) return refuse("is for another purpose");
  if (clock_.wall() >= *expires) return refuse("has expired");
  return TicketClaims{
      of, uuid_at(bytes, 0), uuid_at(bytes, 1), uuid_at(bytes, 2), uuid_at(bytes, 3), *expires};
}

}  // namespace antiphon
