// What /api/session and /api/sessions read and write.
#pragma once

#include "core/bounded.h"
#include "core/clock.h"
#include "domain/ids.h"

#include <boost/describe/class.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

struct SessionInput {
  Text<1, 8'192> access_token;
  static constexpr FieldNote kNotes[] = {{"access_token", "As /auth/v1/token gives it."}};
};
BOOST_DESCRIBE_STRUCT(SessionInput, (), (access_token))

struct SessionOutput {
  UserId user;
  std::string email;
  std::optional<std::string> csrf_token;
  std::optional<WallTime> expires_at;
  static constexpr FieldNote kNotes[] = {
      {"csrf_token",
       "Send it as Antiphon-Csrf with everything that changes something. Absent "
       "when an access token asks."},
      {"expires_at", "The session ends then, or after 12 hours without use."}};
};
BOOST_DESCRIBE_STRUCT(SessionOutput, (), (user, email, csrf_token, expires_at))

struct SessionWorkspaceInput {
  WorkspaceId workspace;
};
BOOST_DESCRIBE_STRUCT(SessionWorkspaceInput, (), (workspace))

struct SessionListItem {
  Uuid id;
  bool current = false;
  std::string address;
  std::string agent;
  WallTime created_at{};
  WallTime last_seen_at{};
  WallTime expires_at{};
  static constexpr FieldNote kNotes[] = {{"current", "The one that asks."},
                                         {"address", "From where it was begun."},
                                         {"agent", "What the browser called itself."},
                                         {"last_seen_at", "To the minute."}};
};
BOOST_DESCRIBE_STRUCT(SessionListItem, (),
                      (id, current, address, agent, created_at, last_seen_at, expires_at))

struct SessionList {
  std::vector<SessionListItem> items;
};
BOOST_DESCRIBE_STRUCT(SessionList, (), (items))

}  // namespace antiphon
