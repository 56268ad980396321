#include "net/address_range.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace antiphon {

namespace {

using Bytes = std::array<std::uint8_t, 16>;
constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool is_mapped(const Bytes& bytes) {
  return std::equal(kMapped.begin(), kMapped.end(), bytes.begin());
}

std::optional<Bytes> bytes_of(std::string_view address) {
  const std::string text(address);
  Bytes bytes{};
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return bytes;
  std::copy(kMapped.begin(), kMapped.end(), bytes.begin());
  if (inet_pton(AF_INET, text.c_str(), bytes.data() + kMapped.size()) == 1) return bytes;
  return std::nullopt;
}

std::string text_of(const Bytes& bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool is_v4 = is_mapped(bytes);
  inet_ntop(is_v4 ? AF_INET : AF_INET6, bytes.data() + (is_v4 ? kMapped.size() : 0), text.data(),
            static_cast<socklen_t>(text.size()));
  return text.data();
}

Bytes masked(const Bytes& bytes, unsigned prefix) {
  Bytes out{};
  for (unsigned index = 0; index < out.size(); ++index) {
    const unsigned bits = std::clamp<unsigned>(prefix > index * 8 ? prefix - index * 8 : 0, 0, 8);
    out[index] = static_cast<std::uint8_t>(bytes[index] & (0xffu << (8 - bits)));
  }
  return out;
}

}  // namespace

Result<AddressRange> AddressRange::parse(std::string_view text) {
  const auto refused = [text] {
    return failure(ErrorCode::invalid_argument,
                   '`' + std::string(text) + "` is no address range; write 10.0.0.0/8 or ::1");
  };
  const auto slash = text.find('/');
  const auto bytes = bytes_of(text.substr(0, slash));
  if (!bytes) return refused();
  AddressRange range;
  if (slash != std::string_view::npos) {
    const bool is_v4 = !text.substr(0, slash).contains(':');
    const auto digits = text.substr(slash + 1);
    const unsigned most = is_v4 ? 32 : 128;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), range.prefix_);
    if (error != std::errc{} || end != digits.data() + digits.size() || range.prefix_ > most) {
      return refused();
    }
    if (is_v4) range.prefix_ += 96;
  }
  range.bytes_ = masked(*bytes, range.prefix_);
  if (range.bytes_ != *bytes) return refused();
  return range;
}

Result<std::vector<AddressRange>> AddressRange::parse_list(std::string_view text) {
  constexpr std::string_view kBetween = ", \t";
  std::vector<AddressRange> ranges;
  for (auto first = text.find_first_not_of(kBetween); first != std::string_view::npos;
       first = text.find_first_not_of(kBetween)) {
    text.remove_prefix(first);
    const auto end = std::min(text.find_first_of(kBetween), text.size());
    auto range = parse(text.substr(0, end));
    if (!range) return std::unexpected(std::move(range.error()));
    ranges.push_back(*range);
    text.remove_prefix(end);
  }
  return ranges;
}

bool AddressRange::contains(std::string_view address) const {
  const auto bytes = bytes_of(address);
  return bytes && masked(*bytes, prefix_) == bytes_;
}

bool any_contains(const std::vector<AddressRange>& ranges, std::string_view address) {
  return std::ranges::any_of(ranges, [&](const auto& range) { return range.contains(address); });
}

std::optional<std::string> canonical_address(std::string_view text) {
  const auto bytes = bytes_of(text);
  if (!bytes) return std::nullopt;
  return text_of(*bytes);
}

std::string network_of(std::string_view address) {
  const auto bytes = bytes_of(address);
  if (!bytes) return std::string(address);
  return text_of(is_mapped(*bytes) ? *bytes : masked(*bytes, 64));
}

}  // namespace antiphon
