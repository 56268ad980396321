// What a workspace keeps sealed and names instead of showing: keys of providers, secrets of tools,
// passwords of trunks, signing secrets of webhooks.
#pragma once

#include "core/clock.h"
#include "domain/ids.h"

#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace antiphon {

using SecretId = Id<struct SecretTag>;

enum class SecretKind : std::uint8_t { provider_key, tool_secret, sip_password, webhook_secret };
BOOST_DESCRIBE_ENUM(SecretKind, provider_key, tool_secret, sip_password, webhook_secret)

// Everything about a secret but itself.
struct SecretFacts {
  SecretId id;
  WorkspaceId workspace;
  std::string name;
  SecretKind kind = SecretKind::tool_secret;
  std::optional<std::string> hint;  // its last four characters, where it is long enough
  std::int64_t revision = 1;
  WallTime created_at{};
  WallTime updated_at{};
};

}  // namespace antiphon
