#include "api/cookies.h"

#include "core/utf8.h"

#include <algorithm>

namespace antiphon {

std::string cookie_of(const Headers& headers, std::string_view name) {
  std::string found;
  int times = 0;
  for (const auto& [field, value] : headers) {
    if (to_lower_ascii(field) != "cookie") continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(';'), rest.size());
      std::string_view pair = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      while (pair.starts_with(' '))
        pair.remove_prefix(1);
      const std::size_t equals = pair.find('=');
      if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
      found = pair.substr(equals + 1);
      ++times;
    }
  }
  return times == 1 ? found : std::string();
}

std::string_view session_cookie_name(bool secure) {
  return secure ? "__Host-antiphon_session" : "antiphon_session";
}

}  // namespace antiphon
