// Any datagram is read without harm, and what is written is read back.
#include "wire/stun.h"

#include <cstdlib>

namespace {

antiphon::StunDigest sum(std::span<const std::byte> bytes) {
  antiphon::StunDigest digest{};
  for (std::size_t index = 0; index < bytes.size(); ++index)
    digest[index % digest.size()] ^= bytes[index];
  return digest;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  if (const auto request = antiphon::parse_stun_request(bytes)) {
    static_cast<void>(antiphon::has_valid_integrity(bytes, *request, sum));
    if (request->username.empty() || request->integrity_at >= size) std::abort();
  }
  if (size == 0) return 0;
  std::array<std::byte, antiphon::kStunBytesMax> into{};
  const std::string_view name(reinterpret_cast<const char*>(data),
                              std::min<std::size_t>(size, 256));
  const auto written = antiphon::write_stun_request({}, name, size % 2 == 0, sum, into);
  const auto back = antiphon::parse_stun_request(std::span(into).first(written));
  if (!back || back->username != name) std::abort();
  if (!antiphon::has_valid_integrity(std::span(into).first(written), *back, sum)) std::abort();
  return 0;
}
