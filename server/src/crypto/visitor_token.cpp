#include "crypto/visitor_token.h"

#include "core/base64.h"
#include "crypto/hash.h"

#include <algorithm>
#include <span>
#include <vector>

namespace antiphon {

namespace {

constexpr std::string_view kPrefix = "v1.";
constexpr std::size_t kUuidSize = 16;
constexpr std::size_t kTimeSize = 8;
constexpr std::size_t kUuidsAt = 1 + kTimeSize;
constexpr std::size_t kOriginAt = kUuidsAt + 3 * kUuidSize;
constexpr std::size_t kClaimsSize = kOriginAt + std::tuple_size_v<Sha256>;
constexpr std::size_t kTextMax = 256;

void append(std::vector<std::byte>& out, std::span<const std::byte> bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

std::uint64_t seconds_of(WallTime time) {
  return static_cast<std::uint64_t>(
      std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
}

std::vector<std::byte> pack(const VisitorClaims& claims) {
  std::vector<std::byte> out;
  out.reserve(kClaimsSize);
  out.push_back(static_cast<std::byte>(claims.purpose));
  const std::uint64_t seconds = seconds_of(claims.expires);
  for (std::size_t index = kTimeSize; index-- > 0;)
    out.push_back(static_cast<std::byte>(seconds >> (8 * index) & 0xFFU));
  for (const Uuid& id : {claims.workspace_id, claims.agent_id, claims.visitor_id})
    append(out, std::as_bytes(std::span(id.bytes())));
  append(out, sha256(claims.origin));
  return out;
}

// A domain of its own, so that a signature made for anything else with this key is worth nothing
// here.
Sha256 sign(const TicketKey& key, std::span<const std::byte> claims) {
  static constexpr std::string_view kDomain = "antiphon visitor 1\n";
  std::vector<std::byte> message;
  append(message, std::as_bytes(std::span(kDomain)));
  append(message, claims);
  return hmac_sha256(key, message);
}

std::unexpected<Error> refuse(std::string_view why) {
  return failure(ErrorCode::unauthenticated,
                 "the visitor's token " + std::string(why) + "; begin a new session");
}

Uuid uuid_at(std::span<const std::byte> bytes, std::size_t index) {
  return Uuid::from_bytes(bytes.subspan(kUuidsAt + index * kUuidSize).first<kUuidSize>());
}

}  // namespace

std::string VisitorSigner::issue(const VisitorClaims& claims) const {
  const std::vector<std::byte> packed = pack(claims);
  return std::string(kPrefix) + base64url_encode(packed) + '.' +
         base64url_encode(sign(key_, packed));
}

Result<VisitorClaims> VisitorSigner::verify(std::string_view text, VisitorPurpose purpose,
                                            std::string_view origin) const {
  if (text.size() > kTextMax || !text.starts_with(kPrefix)) return refuse("is malformed");
  text.remove_prefix(kPrefix.size());
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return refuse("is malformed");
  const auto packed = base64url_decode(text.substr(0, dot));
  const auto signature = base64url_decode(text.substr(dot + 1));
  if (!packed || packed->size() != kClaimsSize || !signature) return refuse("is malformed");
  if (!constant_time_equal(*signature, sign(key_, *packed))) return refuse("has a wrong signature");
  const std::span<const std::byte> bytes(*packed);
  std::uint64_t seconds = 0;
  for (const std::byte byte : bytes.subspan(1, kTimeSize))
    seconds = seconds << 8U | std::to_integer<std::uint64_t>(byte);
  if (static_cast<VisitorPurpose>(bytes.front()) != purpose)
    return refuse("is for another purpose");
  // Only what this server signed comes here, so the time is one that WallTime holds.
  const WallTime expires{std::chrono::seconds(static_cast<std::int64_t>(seconds))};
  if (clock_.wall() >= expires) return refuse("has expired");
  if (!constant_time_equal(bytes.subspan(kOriginAt), sha256(origin)))
    return refuse("was issued to another origin");
  return VisitorClaims{purpose,           uuid_at(bytes, 0),   uuid_at(bytes, 1),
                       uuid_at(bytes, 2), std::string(origin), expires};
}

}  // namespace antiphon
