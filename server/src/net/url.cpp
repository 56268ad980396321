#include "net/url.h"

#include "core/utf8.h"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <charconv>

namespace antiphon {

namespace {

std::uint16_t default_port(std::string_view scheme) {
  return scheme == "https" || scheme == "wss" ? 443 : 80;
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  const auto parsed = boost::urls::parse_uri(boost::urls::string_view(text.data(), text.size()));
  if (!parsed) {
    return failure(ErrorCode::invalid_argument, "not a URL; expected http://HOST[:PORT]/PATH");
  }
  Url url;
  url.scheme = to_lower_ascii(std::string_view(parsed->scheme().data(), parsed->scheme().size()));
  if (url.scheme != "http" && url.scheme != "https" && url.scheme != "ws" && url.scheme != "wss") {
    return failure(ErrorCode::invalid_argument, "the URL's scheme is not http, https, ws or wss");
  }
  if (parsed->has_userinfo()) {
    return failure(ErrorCode::invalid_argument, "the URL holds a user name; send a header instead");
  }
  url.host = parsed->host_address();
  url.port = default_port(url.scheme);
  if (parsed->has_port()) {
    const std::string_view digits(parsed->port().data(), parsed->port().size());
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), url.port);
    if (error != std::errc{} || end != digits.data() + digits.size()) url.port = 0;
  }
  if (url.host.empty() || url.port == 0) {
    return failure(ErrorCode::invalid_argument,
                   "the URL has no host, or a port that is not 1 to 65535");
  }
  const auto target = parsed->encoded_target();
  url.target = std::string(target.data(), target.size());
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  return url;
}

std::string Url::authority() const {
  const std::string name = host.contains(':') ? "[" + host + "]" : host;
  return port == default_port(scheme) ? name : name + ":" + std::to_string(port);
}

}  // namespace antiphon
