#include "net/outbound_url.h"

#include "core/utf8.h"

#include <algorithm>
#include <charconv>

namespace antiphon {

namespace {

constexpr std::size_t kUrlBytesMax = 4096;
constexpr std::size_t kHostBytesMax = 253;
constexpr std::size_t kLabelBytesMax = 63;

std::unexpected<Error> refused_url(std::string message) {
  return failure(ErrorCode::invalid_argument, std::move(message));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_character(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
}

// "1", "0x7f", "017": what lenient readers take as a part of an IPv4 address.
bool is_number(std::string_view label) {
  if (label.empty()) return false;
  if (std::ranges::all_of(label, is_digit)) return true;
  if (!label.starts_with("0x")) return false;
  return std::ranges::all_of(label.substr(2),
                             [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

Result<> check_name(std::string_view host) {
  if (host.size() > kHostBytesMax) return refused_url("the URL's host is over 253 characters");
  std::string_view rest = host;
  while (true) {
    const std::size_t dot = rest.find('.');
    const std::string_view label = rest.substr(0, dot);
    if (label.empty()) return refused_url("the URL's host has an empty part between two dots");
    if (label.size() > kLabelBytesMax) {
      return refused_url("a part of the URL's host is over 63 characters");
    }
    if (!std::ranges::all_of(label, is_name_character)) {
      return refused_url(
          "the URL's host holds a character that is not a letter, digit, hyphen or underscore; "
          "write an international name in its xn-- form");
    }
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  if (is_number(rest)) {
    return refused_url(
        "the URL's host is a number; write an IPv4 address as four decimal parts, like 192.0.2.1");
  }
  return {};
}

Result<> set_host(OutboundUrl& url, std::string_view text) {
  if (text.starts_with('[')) {
    if (!text.ends_with(']')) return refused_url("the URL's IPv6 address lacks its bracket");
    const std::string inside = to_lower_ascii(text.substr(1, text.size() - 2));
    const auto address = IpAddress::parse(inside);
    if (!address || address->is_v4()) {
      return refused_url("the URL's host in brackets is not an IPv6 address");
    }
    url.address = address;
    url.host = address->to_string();
    return {};
  }
  url.host = to_lower_ascii(text);
  if (url.host.ends_with('.')) url.host.pop_back();
  if (url.host.empty()) return refused_url("the URL has no host");
  // A trailing dot makes a name absolute; an address has none.
  if (url.host.size() == text.size()) url.address = IpAddress::parse(url.host);
  if (url.address && !url.address->is_v4()) {
    return refused_url("an IPv6 address in a URL needs brackets");
  }
  if (url.address) return {};
  return check_name(url.host);
}

Result<std::uint16_t> parse_port(std::string_view digits) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  const bool is_whole = error == std::errc{} && end == digits.data() + digits.size();
  if (!is_whole || port == 0 || digits.starts_with('0')) {
    return refused_url("the URL's port is not a number from 1 to 65535");
  }
  return port;
}

// HOST, HOST:PORT; `text` has no user name.
Result<> set_authority(OutboundUrl& url, std::string_view text) {
  const std::size_t bracket = text.rfind(']');
  const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon == std::string_view::npos) return set_host(url, text);
  if (auto host = set_host(url, text.substr(0, colon)); !host) return host;
  auto port = parse_port(text.substr(colon + 1));
  if (!port) return std::unexpected(port.error());
  url.port = *port;
  return {};
}

Result<> check_characters(std::string_view text) {
  if (text.size() > kUrlBytesMax) return refused_url("the URL is over 4,096 bytes");
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) {
      return refused_url(
          "the URL holds a character outside ASCII; write the host in its xn-- form, the rest "
          "percent-encoded");
    }
    if (byte <= 0x20 || byte == 0x7f) {
      return refused_url("the URL holds white space or a control character");
    }
    if (c == '\\') return refused_url("the URL holds a backslash");
  }
  return {};
}

}  // namespace

Result<OutboundUrl> OutboundUrl::parse(std::string_view text) {
  if (auto checked = check_characters(text); !checked) return std::unexpected(checked.error());
  const std::size_t separator = text.find("://");
  const std::string scheme =
      separator == std::string_view::npos ? "" : to_lower_ascii(text.substr(0, separator));
  if (scheme != "https" && scheme != "http") {
    return refused_url("the URL does not begin with https://");
  }
  OutboundUrl url;
  url.is_https = scheme == "https";
  url.port = url.is_https ? 443 : 80;
  std::string_view rest = text.substr(separator + 3);
  rest = rest.substr(0, rest.find('#'));
  const std::size_t path = rest.find_first_of("/?");
  const std::string_view authority = rest.substr(0, path);
  if (authority.contains('@')) {
    return refused_url("the URL holds a user name; send a header instead");
  }
  if (auto set = set_authority(url, authority); !set) return std::unexpected(set.error());
  if (path != std::string_view::npos) url.target = std::string(rest.substr(path));
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  return url;
}

std::string resolve_location(const OutboundUrl& base, std::string_view location) {
  const std::size_t colon = location.find(':');
  if (colon != std::string_view::npos && location.find_first_of("/?#") > colon) {
    return std::string(location);
  }
  const std::string scheme = base.is_https ? "https:" : "http:";
  if (location.starts_with("//")) return scheme + std::string(location);
  const std::string origin = scheme + "//" + base.authority();
  if (location.starts_with('/')) return origin + std::string(location);
  const std::string path = base.target.substr(0, base.target.find('?'));
  if (location.starts_with('?')) return origin + path + std::string(location);
  return origin + path.substr(0, path.rfind('/') + 1) + std::string(location);
}

std::string OutboundUrl::authority() const {
  const std::string name = address && !address->is_v4() ? "[" + host + "]" : host;
  const bool is_usual = port == (is_https ? 443 : 80);
  return is_usual ? name : name + ":" + std::to_string(port);
}

std::string OutboundUrl::to_string() const {
  return (is_https ? "https://" : "http://") + authority() + target;
}

bool OutboundUrl::is_same_origin(const OutboundUrl& other) const {
  return is_https == other.is_https && host == other.host && port == other.port;
}

}  // namespace antiphon
