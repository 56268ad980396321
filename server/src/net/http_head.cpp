#include "net/http_head.h"

#include "core/utf8.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace antiphon {

namespace {

constexpr std::size_t kParametersMax = 100;
constexpr std::size_t kSegmentsMax = 64;

bool is_token_character(char letter) {
  constexpr std::string_view kPunctuation = "!#$%&'*+-.^_`|~";
  return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
         (letter >= 'A' && letter <= 'Z') || kPunctuation.contains(letter);
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_token_character);
}

// Where lines end was decided before: any control character left is a bare CR, a bare LF, NUL or
// worse.
bool has_control(std::string_view line) {
  return std::ranges::any_of(line, [](char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return (byte < 0x20 && byte != '\t') || byte == 0x7f;
  });
}

bool is_visible_ascii(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char letter) { return letter > 0x20 && letter < 0x7f; });
}

// uri-host [":" port] (RFC 9110 section 7.2): what could be mistaken for a list or a path is
// refused.
bool is_host(std::string_view text) {
  constexpr std::string_view kForbidden = ",/\\@?#\"<>{}|^` \t";
  return text.find_first_of(kForbidden) == std::string_view::npos;
}

std::string_view take_line(std::string_view& rest) {
  const auto end = rest.find("\r\n");
  const auto line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 2);
  return line;
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<Refusal> check_request_line(std::string_view line, HeadFacts& facts) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (has_control(line) || first == std::string_view::npos || last == first) {
    return Refusal::request_malformed;
  }
  const auto version = line.substr(last + 1);
  if (!is_token(line.substr(0, first)) || first > 32 ||
      !is_visible_ascii(line.substr(first + 1, last - first - 1)) || version.size() != 8 ||
      !version.starts_with("HTTP/")) {
    return Refusal::request_malformed;
  }
  facts.is_version_1_0 = version == "HTTP/1.0";
  if (!facts.is_version_1_0 && version != "HTTP/1.1") return Refusal::version_unsupported;
  return std::nullopt;
}

// A proxy that checks the first of two and a server that believes the last would not mean the same
// request.
constexpr std::array<std::string_view, 4> kSingleFields{
    "authorization", "content-type", "sec-websocket-key", "sec-websocket-version"};

struct Framing {
  std::array<bool, kSingleFields.size()> seen{};
  int hosts = 0;
  int lengths = 0;
  int encodings = 0;
};

std::optional<Refusal> check_field(std::string_view line, HeadFacts& facts, Framing& framing) {
  const auto colon = line.find(':');
  if (has_control(line) || colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
    return Refusal::request_malformed;  // a folded line starts with a space: no token
  }
  const std::string name = to_lower_ascii(line.substr(0, colon));
  const auto value = trim(line.substr(colon + 1));
  if (name == "host") {
    ++framing.hosts;
    if (!is_host(value)) return Refusal::host_invalid;
  } else if (name == "content-length") {
    ++framing.lengths;
    std::uint64_t length = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
    // 18 digits: no sum of lengths can overflow.
    if (error != std::errc{} || end != value.data() + value.size() || value.size() > 18) {
      return Refusal::length_ambiguous;
    }
    facts.content_length = length;
  } else if (name == "transfer-encoding") {
    ++framing.encodings;
    if (to_lower_ascii(value) != "chunked") return Refusal::encoding_unsupported;
    facts.is_chunked = true;
  } else if (const auto* single = std::ranges::find(kSingleFields, name);
             single != kSingleFields.end()) {
    bool& seen = framing.seen[static_cast<std::size_t>(single - kSingleFields.begin())];
    if (std::exchange(seen, true)) return Refusal::field_repeated;
  }
  return std::nullopt;
}

std::optional<Refusal> split_query(std::string_view text, RequestHead& head) {
  while (!text.empty()) {
    const auto end = text.find('&');
    const auto pair = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (pair.empty()) continue;
    const auto equals = pair.find('=');
    auto name = percent_decode(pair.substr(0, equals), Plus::is_space);
    auto value = equals == std::string_view::npos
                     ? std::optional<std::string>(std::string{})
                     : percent_decode(pair.substr(equals + 1), Plus::is_space);
    if (!name || !value || head.query.size() == kParametersMax) return Refusal::target_invalid;
    head.query.emplace_back(std::move(*name), std::move(*value));
  }
  return std::nullopt;
}

int hex_digit(char letter) {
  if (letter >= '0' && letter <= '9') return letter - '0';
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  if (letter >= 'A' && letter <= 'F') return letter - 'A' + 10;
  return -1;
}

}  // namespace

std::expected<HeadFacts, Refusal> check_head(std::string_view head, std::size_t fields_max) {
  HeadFacts facts;
  Framing framing;
  std::size_t fields = 0;
  if (const auto refusal = check_request_line(take_line(head), facts)) {
    return std::unexpected(*refusal);
  }
  for (auto line = take_line(head); !line.empty(); line = take_line(head)) {
    if (++fields > fields_max) return std::unexpected(Refusal::fields_too_many);
    if (const auto refusal = check_field(line, facts, framing)) return std::unexpected(*refusal);
  }
  if (framing.hosts > 1 || (framing.hosts == 0 && !facts.is_version_1_0)) {
    return std::unexpected(Refusal::host_invalid);
  }
  if (framing.lengths > 1 || framing.encodings > 1 || (framing.lengths > 0 && facts.is_chunked) ||
      (facts.is_chunked && facts.is_version_1_0)) {
    return std::unexpected(Refusal::length_ambiguous);
  }
  return facts;
}

bool is_incomplete_last_chunk(std::string_view bytes) {
  if (!bytes.starts_with('0')) return false;
  const auto end = bytes.find_first_not_of('0');
  if (end == std::string_view::npos) return true;
  const bool is_zero = bytes[end] == '\r' || bytes[end] == ';';
  return is_zero && !bytes.contains("\r\n\r\n");
}

std::optional<std::string> percent_decode(std::string_view text, Plus plus) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus == Plus::is_space) {
      decoded += ' ';
    } else if (text[i] != '%') {
      decoded += text[i];
    } else {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  if (decoded.contains('\0') || !is_valid_utf8(decoded)) return std::nullopt;
  return decoded;
}

std::optional<Refusal> split_target(RequestHead& head) {
  std::string_view target = head.target;
  if (target == "*") {
    return head.method == Method::options ? std::nullopt : std::optional(Refusal::target_invalid);
  }
  if (!target.starts_with('/')) {
    const auto scheme = target.find("://");
    if (scheme == std::string_view::npos) return Refusal::target_invalid;
    const auto path = target.find_first_of("/?", scheme + 3);
    head.target = path == std::string_view::npos ? "/" : std::string(target.substr(path));
    if (head.target.starts_with('?')) head.target.insert(0, "/");
    target = head.target;
  }
  if (target.contains('#')) return Refusal::target_invalid;
  const auto question = target.find('?');
  std::string_view path =
      target.substr(1, question == std::string_view::npos ? question : question - 1);
  while (true) {
    const auto slash = path.find('/');
    auto segment = percent_decode(path.substr(0, slash), Plus::is_plus);
    if (!segment || *segment == "." || *segment == ".." || head.segments.size() == kSegmentsMax) {
      return Refusal::target_invalid;
    }
    head.segments.push_back(std::move(*segment));
    if (slash == std::string_view::npos) break;
    path = path.substr(slash + 1);
  }
  if (head.segments.size() == 1 && head.segments[0].empty()) head.segments.clear();
  if (question == std::string_view::npos) return std::nullopt;
  return split_query(target.substr(question + 1), head);
}

}  // namespace antiphon
