// An absolute http, https, ws or wss URL, taken apart for a client.
#pragma once

#include "core/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace antiphon {

struct Url {
  std::string scheme;  // lower case
  std::string host;    // without brackets
  std::uint16_t port = 0;
  std::string target;  // path and query, at least "/"

  // Errors: invalid_argument; user names in URLs are refused, for they end up in logs.
  [[nodiscard]] static Result<Url> parse(std::string_view text);
  [[nodiscard]] bool is_tls() const { return scheme == "https" || scheme == "wss"; }
  // For the Host field: the port only where it is not the scheme's own.
  [[nodiscard]] std::string authority() const;
};

}  // namespace antiphon
