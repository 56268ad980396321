#include "api/access_table.h"

#include <gtest/gtest.h>

#include <array>

namespace antiphon {
namespace {

constexpr std::array<Role, 5> kRoles{Role::owner, Role::admin, Role::developer, Role::operator_,
                                     Role::analyst};

struct Line {
  std::string_view scope;
  std::array<bool, 5> held;  // in the order of kRoles
};

constexpr Line kTable[] = {
    {"agents:read", {true, true, true, true, true}},
    {"agents:write", {true, true, true, false, false}},
    {"knowledge:read", {true, true, true, true, true}},
    {"knowledge:write", {true, true, true, false, false}},
    {"conversations:read", {true, true, true, true, true}},
    {"conversations:write", {true, true, true, true, false}},
};

TEST(AccessTable, SaysForEachRoleAndScopeWhetherItIsHeld) {
  for (const Line& line : kTable) {
    for (std::size_t index = 0; index < kRoles.size(); ++index) {
      EXPECT_EQ(role_holds(kRoles[index], line.scope), line.held[index])
          << line.scope << " of role " << index;
    }
  }
}

}  // namespace
}  // namespace antiphon
