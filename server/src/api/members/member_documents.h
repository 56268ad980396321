// What /api/members reads and writes.
#pragma once

#include "core/bounded.h"
#include "core/clock.h"
#include "domain/account.h"
#include "domain/role_description.h"

#include <boost/describe/class.hpp>

#include <string>
#include <vector>

namespace antiphon {

struct MemberInput {
  Role role = Role::analyst;
};
BOOST_DESCRIBE_STRUCT(MemberInput, (), (role))

struct MemberOutput {
  UserId user;
  std::string email;
  Role role = Role::analyst;
  WallTime created_at{};
  static constexpr FieldNote kNotes[] = {{"created_at", "Since when they belong here."}};
};
BOOST_DESCRIBE_STRUCT(MemberOutput, (), (user, email, role, created_at))

struct MemberList {
  std::vector<MemberOutput> items;
};
BOOST_DESCRIBE_STRUCT(MemberList, (), (items))

}  // namespace antiphon
