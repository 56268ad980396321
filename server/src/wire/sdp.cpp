#include "wire/sdp.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace antiphon {

namespace {

constexpr std::size_t kFingerprintSize = 95;  // 32 bytes as "AB:CD:..."

std::unexpected<Error> invalid(std::string what) {
  return failure(ErrorCode::invalid_argument, "the offer " + std::move(what));
}

// What stands in an answer must not begin a line of its own.
bool is_token(std::string_view text) {
  return !text.empty() && text.size() <= 256 &&
         std::ranges::all_of(text, [](char letter) { return letter > ' ' && letter < 0x7f; });
}

std::string_view next_word(std::string_view& rest) {
  const auto begin = std::min(rest.find_first_not_of(' '), rest.size());
  rest.remove_prefix(begin);
  const auto end = std::min(rest.find(' '), rest.size());
  const auto word = rest.substr(0, end);
  rest.remove_prefix(end);
  return word;
}

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string with_case(std::string_view text, char first, char last) {
  std::string changed(text);
  for (char& letter : changed) {
    if (letter >= first && letter <= last) letter = static_cast<char>(letter ^ 0x20);
  }
  return changed;
}

bool take_prefix(std::string_view& line, std::string_view prefix) {
  if (!line.starts_with(prefix)) return false;
  line.remove_prefix(prefix.size());
  return true;
}

// Calls `take` with each line until it refuses one.
template <class Take>
Result<> for_each_line(std::string_view text, Take&& take) {
  if (text.size() > kSdpBytesMax) {
    return failure(ErrorCode::too_large, "the offer is over 64 kB");
  }
  std::size_t lines = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) continue;
    if (++lines > kSdpLinesMax)
      return failure(ErrorCode::too_large, "the offer has too many lines");
    if (auto taken = take(line); !taken) return taken;
  }
  return {};
}

bool has_fit_size(const IceCredentials& ice) {
  return ice.fragment.size() >= 4 && ice.password.size() >= 22;
}

class OfferReader {
 public:
  Result<> take(std::string_view line) {
    if (take_prefix(line, "m=")) return take_medium(line);
    if (!take_prefix(line, "a=")) return {};
    if (take_prefix(line, "group:BUNDLE")) {
      if (offer_.bundle.empty()) take_bundle(line);
      return {};
    }
    SdpMedia& medium = offer_.media.empty() ? common_ : offer_.media.back();
    if (take_transport(line, medium)) return {};
    take_attribute(line, medium);
    return {};
  }

  Result<SdpOffer> finish() {
    if (!has_version_) return invalid("is no session description: it has no line v=0");
    if (offer_.media.empty()) return invalid("offers no media");
    return std::move(offer_);
  }

  void saw_version() { has_version_ = true; }

 private:
  Result<> take_medium(std::string_view line) {
    if (offer_.media.size() == kSdpMediaMax) {
      return failure(ErrorCode::too_large, "the offer has too many media");
    }
    SdpMedia medium = common_;
    medium.kind = next_word(line);
    const auto port = number_of<std::uint16_t>(next_word(line));
    medium.protocol = next_word(line);
    if (!is_token(medium.kind) || !port || !is_token(medium.protocol)) {
      return invalid("has an m-line that cannot be read");
    }
    medium.is_refused = *port == 0;
    while (true) {
      const auto format = next_word(line);
      if (format.empty()) break;
      if (!is_token(format)) return invalid("has an m-line that cannot be read");
      medium.formats += ' ' + std::string(format);
      if (medium.codecs.size() == kSdpCodecsMax) continue;
      if (const auto type = number_of<std::uint8_t>(format); type && *type < 128) {
        medium.codecs.push_back({.payload_type = *type, .name = {}, .rate = 0});
      }
    }
    if (medium.formats.empty()) return invalid("has an m-line without formats");
    offer_.media.push_back(std::move(medium));
    return {};
  }

  void take_bundle(std::string_view mids) {
    while (offer_.bundle.size() < kSdpMediaMax) {
      const auto mid = next_word(mids);
      if (!is_token(mid)) return;
      offer_.bundle.emplace_back(mid);
    }
  }

  // What may stand in front of the first medium, for all of them.
  static bool take_transport(std::string_view line, SdpMedia& medium) {
    if (take_prefix(line, "ice-ufrag:")) {
      if (is_token(line)) medium.ice.fragment = line;
    } else if (take_prefix(line, "ice-pwd:")) {
      if (is_token(line)) medium.ice.password = line;
    } else if (take_prefix(line, "fingerprint:")) {
      const std::string hash = with_case(next_word(line), 'A', 'Z');
      const auto value = next_word(line);
      if (hash == "sha-256" && value.size() == kFingerprintSize) {
        medium.fingerprint = with_case(value, 'a', 'z');
      }
    } else if (take_prefix(line, "setup:")) {
      medium.setup = line.substr(0, 16);
    } else {
      return false;
    }
    return true;
  }

  static void take_attribute(std::string_view line, SdpMedia& medium) {
    if (line == "sendrecv") medium.direction = SdpDirection::sendrecv;
    if (line == "sendonly") medium.direction = SdpDirection::sendonly;
    if (line == "recvonly") medium.direction = SdpDirection::recvonly;
    if (line == "inactive") medium.direction = SdpDirection::inactive;
    if (line == "rtcp-mux") medium.has_rtcp_mux = true;
    if (take_prefix(line, "mid:") && is_token(line)) medium.mid = line;
    if (take_prefix(line, "rtpmap:")) take_codec(line, medium);
  }

  static void take_codec(std::string_view line, SdpMedia& medium) {
    const auto type = number_of<std::uint8_t>(next_word(line));
    std::string_view codec = next_word(line);
    const auto known = std::ranges::find_if(
        medium.codecs, [&](const SdpCodec& one) { return type && one.payload_type == *type; });
    const auto slash = codec.find('/');
    if (known == medium.codecs.end() || slash == std::string_view::npos) return;
    known->name = with_case(codec.substr(0, slash), 'A', 'Z');
    codec.remove_prefix(slash + 1);
    const auto second = std::min(codec.find('/'), codec.size());
    known->rate = number_of<std::uint32_t>(codec.substr(0, second)).value_or(0);
    codec.remove_prefix(std::min(second + 1, codec.size()));
    known->channels = number_of<std::uint32_t>(codec).value_or(1);
  }

  SdpOffer offer_;
  SdpMedia common_;
  bool has_version_ = false;
};

void append_line(std::string& text, std::initializer_list<std::string_view> parts) {
  for (const std::string_view part : parts)
    text += part;
  text += "\r\n";
}

void append_ice(std::string& text, const IceCredentials& ice) {
  append_line(text, {"a=ice-ufrag:", ice.fragment});
  append_line(text, {"a=ice-pwd:", ice.password});
}

// RFC 8445 section 5.1.2.1: type host (126), then our order, component 1.
void append_candidates(std::string& text, const std::vector<SdpCandidate>& candidates) {
  std::uint32_t local_preference = 65'535;
  std::uint32_t foundation = 1;
  for (const SdpCandidate& candidate : candidates) {
    const std::uint32_t priority = (126u << 24) | (local_preference-- << 8) | 255u;
    append_line(text,
                {"a=candidate:", std::to_string(foundation++), " 1 udp ", std::to_string(priority),
                 " ", candidate.address, " ", std::to_string(candidate.port), " typ host"});
  }
  append_line(text, {"a=end-of-candidates"});
}

std::string_view network_of(std::string_view address) {
  return address.contains(':') ? "IN IP6 " : "IN IP4 ";
}

void append_taken(std::string& text, const SdpMedia& offered, const SdpAnswer& answer) {
  const SdpCandidate& first = answer.candidates.front();
  const std::string type = std::to_string(answer.codec.payload_type);
  append_line(text, {"m=", offered.kind, " ", std::to_string(first.port), " ", offered.protocol,
                     " ", type});
  append_line(text, {"c=", network_of(first.address), first.address});
  if (!offered.mid.empty()) append_line(text, {"a=mid:", offered.mid});
  append_line(text, {"a=rtcp-mux"});
  append_line(text, {"a=sendrecv"});
  append_ice(text, answer.ice);
  append_line(text, {"a=fingerprint:sha-256 ", answer.fingerprint});
  append_line(text, {"a=setup:passive"});
  std::string codec = answer.codec.name + '/' + std::to_string(answer.codec.rate);
  if (answer.codec.channels > 1) codec += '/' + std::to_string(answer.codec.channels);
  append_line(text, {"a=rtpmap:", type, " ", codec});
  if (!answer.parameters.empty()) {
    append_line(text, {"a=fmtp:", type, " ", answer.parameters});
  }
  append_line(text, {"a=ptime:20"});
  append_line(text, {"a=msid:agent voice"});
  append_line(text, {"a=ssrc:", std::to_string(answer.ssrc), " cname:agent"});
  append_candidates(text, answer.candidates);
}

void append_refused(std::string& text, const SdpMedia& offered) {
  append_line(text, {"m=", offered.kind, " 0 ", offered.protocol, offered.formats});
  append_line(text, {"c=IN IP4 0.0.0.0"});
  if (!offered.mid.empty()) append_line(text, {"a=mid:", offered.mid});
  append_line(text, {"a=inactive"});
}

}  // namespace

Result<SdpOffer> parse_sdp_offer(std::string_view text) {
  OfferReader reader;
  const auto read = for_each_line(text, [&](std::string_view line) -> Result<> {
    if (line == "v=0") reader.saw_version();
    return reader.take(line);
  });
  if (!read) return std::unexpected(read.error());
  return reader.finish();
}

Result<IceCredentials> parse_ice_credentials(std::string_view text) {
  IceCredentials ice;
  const auto read = for_each_line(text, [&](std::string_view line) -> Result<> {
    const bool begun = !ice.fragment.empty();
    if (take_prefix(line, "a=ice-ufrag:")) {
      if (!begun && is_token(line)) ice.fragment = line;
    } else if (take_prefix(line, "a=ice-pwd:")) {
      if (ice.password.empty() && is_token(line)) ice.password = line;
    }
    return {};
  });
  if (!read) return std::unexpected(read.error());
  if (!has_fit_size(ice)) return invalid("has no ice-ufrag and ice-pwd of a fit length");
  return ice;
}

std::string write_sdp_answer(const SdpOffer& offer, const SdpAnswer& answer) {
  std::string text;
  const SdpMedia& taken = offer.media.at(answer.medium);
  const std::string_view address = answer.candidates.at(0).address;
  append_line(text, {"v=0"});
  append_line(text, {"o=- ", std::to_string(answer.session), " 1 ", network_of(address), address});
  append_line(text, {"s=-"});
  append_line(text, {"t=0 0"});
  append_line(text, {"a=ice-lite"});
  if (std::ranges::find(offer.bundle, taken.mid) != offer.bundle.end()) {
    append_line(text, {"a=group:BUNDLE ", taken.mid});
  }
  append_line(text, {"a=msid-semantic: WMS agent"});
  for (std::size_t index = 0; index < offer.media.size(); ++index) {
    if (index == answer.medium) {
      append_taken(text, taken, answer);
    } else {
      append_refused(text, offer.media[index]);
    }
  }
  return text;
}

std::string write_sdp_fragment(const IceCredentials& ice,
                               const std::vector<SdpCandidate>& candidates) {
  std::string text;
  append_line(text, {"a=ice-lite"});
  append_ice(text, ice);
  append_candidates(text, candidates);
  return text;
}

}  // namespace antiphon
