// What /api/invitations reads and writes.
#pragma once

#include "core/bounded.h"
#include "core/clock.h"
#include "domain/account.h"
#include "domain/role_description.h"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

struct InvitationInput {
  Text<3, 254> email;
  Role role = Role::analyst;
};
BOOST_DESCRIBE_STRUCT(InvitationInput, (), (email, role))

struct InvitationOutput {
  InvitationId id;
  std::string email;
  Role role = Role::analyst;
  WallTime expires_at{};
  std::optional<WallTime> accepted_at;
  std::optional<WallTime> revoked_at;
  std::string created_by;
  WallTime created_at{};
};
BOOST_DESCRIBE_STRUCT(InvitationOutput, (),
                      (id, email, role, expires_at, accepted_at, revoked_at, created_by,
                       created_at))

BOOST_DESCRIBE_ENUM(InvitationMail, queued, limited, unavailable)

struct NewInvitationOutput {
  InvitationOutput invitation;
  std::string token;
  std::string link;
  InvitationMail mail = InvitationMail::unavailable;
  static constexpr FieldNote kNotes[] = {
      {"token", "What accepts the invitation, once. It is shown here and never again."},
      {"link", "The page that accepts it: what the mail holds. Shown here and never again."},
      {"mail",
       "queued: it is on its way. limited: too many were mailed to this address or from this "
       "workspace; unavailable: the mail queue is full. In both cases send the link yourself."}};
};
BOOST_DESCRIBE_STRUCT(NewInvitationOutput, (), (invitation, token, link, mail))

struct InvitationList {
  std::vector<InvitationOutput> items;
  std::optional<std::string> next_cursor;
  static constexpr FieldNote kNotes[] = {{"next_cursor", "Absent on the last page."}};
};
BOOST_DESCRIBE_STRUCT(InvitationList, (), (items, next_cursor))

struct AcceptanceInput {
  Text<1, 200> token;
};
BOOST_DESCRIBE_STRUCT(AcceptanceInput, (), (token))

struct AcceptanceOutput {
  WorkspaceId workspace;
  Role role = Role::analyst;
};
BOOST_DESCRIBE_STRUCT(AcceptanceOutput, (), (workspace, role))

}  // namespace antiphon
