#include "store/redis/connection.h"

#include <charconv>

namespace antiphon::store {

namespace {

std::unexpected<Error> refused() {
  return failure(
      ErrorCode::invalid_argument,
      "REDIS_URL is neither unix:///path nor redis://[user[:password]@]host[:port][/db]");
}

template <class Number>
bool read_number(std::string_view text, Number& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

// Cuts `text` at the first `mark`; the rest is empty when there is none.
std::pair<std::string_view, std::string_view> cut(std::string_view text, char mark) {
  const std::size_t place = text.find(mark);
  if (place == std::string_view::npos) return {text, {}};
  return {text.substr(0, place), text.substr(place + 1)};
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t index = 0; index < text.size(); ++index) {
    unsigned value = 0;
    const bool escaped = text[index] == '%' && index + 2 < text.size();
    if (escaped) {
      const char* begin = text.data() + index + 1;
      if (std::from_chars(begin, begin + 2, value, 16).ptr == begin + 2) {
        out.push_back(static_cast<char>(value));
        index += 2;
        continue;
      }
    }
    out.push_back(text[index]);
  }
  return out;
}

}  // namespace

Result<RedisAddress> parse_redis_url(std::string_view url) {
  RedisAddress address;
  if (url.starts_with("unix://")) {
    const auto [path, query] = cut(url.substr(7), '?');
    address.path = std::string(path);
    if (path.empty() || path.front() != '/') return refused();
    if (query.starts_with("db=") && !read_number(query.substr(3), address.database)) {
      return refused();
    }
    return address;
  }
  if (!url.starts_with("redis://")) return refused();
  auto [authority, database] = cut(url.substr(8), '/');
  if (!database.empty() && !read_number(database, address.database)) return refused();
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    const auto [user, password] = cut(authority.substr(0, at), ':');
    address.user = percent_decoded(user);
    address.password = percent_decoded(password);
    authority.remove_prefix(at + 1);
  }
  const std::size_t colon = authority.rfind(':');
  const bool bracketed = authority.starts_with('[');
  if (colon != std::string_view::npos && (!bracketed || authority.find(']') < colon)) {
    if (!read_number(authority.substr(colon + 1), address.port)) return refused();
    authority = authority.substr(0, colon);
  }
  if (bracketed && authority.ends_with(']')) authority = authority.substr(1, authority.size() - 2);
  if (authority.empty()) return refused();
  address.host = std::string(authority);
  return address;
}

}  // namespace antiphon::store
