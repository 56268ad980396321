// What /api/session and /api/account/sessions read and write.
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
  std::optional<Text<1, 8'192>> access_token;
  std::optional<Text<1, 200>> refresh_token;
  std::optional<Text<3, 254>> email;
  std::optional<Text<1, 72>> password;
  std::optional<Text<6, 10>> code;
  static constexpr FieldNote kNotes[] = {
      {"access_token",
       "As /auth/v1/token gives it. One of access_token, refresh_token, or email "
       "with password."},
      {"refresh_token", "Its session becomes the studio's."},
      {"code",
       "What the authenticator app shows, where the account has a second factor and the "
       "session has not shown it."}};
};
BOOST_DESCRIBE_STRUCT(SessionInput, (), (access_token, refresh_token, email, password, code))

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
  bool studio = false;
  std::string address;
  std::string agent;
  WallTime created_at{};
  WallTime last_used_at{};
  std::optional<WallTime> expires_at;
  static constexpr FieldNote kNotes[] = {
      {"current", "The one that asks."},
      {"studio", "A cookie of the studio stands for it."},
      {"address", "From where it was begun or last refreshed."},
      {"agent", "What the browser or program called itself."},
      {"last_used_at", "To the minute in the studio; elsewhere when its token was refreshed."},
      {"expires_at", "Of a cookie: when it ends at the latest."}};
};
BOOST_DESCRIBE_STRUCT(SessionListItem, (),
                      (id, current, studio, address, agent, created_at, last_used_at, expires_at))

struct SessionList {
  std::vector<SessionListItem> items;
};
BOOST_DESCRIBE_STRUCT(SessionList, (), (items))

}  // namespace antiphon
