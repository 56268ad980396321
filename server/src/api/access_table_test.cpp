#include "api/access_table.h"

#include <gtest/gtest.h>

#include <array>

namespace antiphon {
namespace {

constexpr std::array<Role, 5> kRoles{Role::owner, Role::admin, Role::developer, Role::operator_,
                                     Role::analyst};

// Written out a second time on purpose: whoever changes who may do what says it twice.
struct Line {
  std::string_view scope;
  std::string_view held;  // by owner, admin, developer, operator, analyst
};

constexpr Line kExpected[] = {
    {"agents:read", "yyyyy"},     {"agents:write", "yyy--"},       {"knowledge:read", "yyyyy"},
    {"knowledge:write", "yyy--"}, {"conversations:read", "yyyyy"}, {"conversations:write", "yyyy-"},
    {"workspace:read", "yyyyy"},  {"workspace:write", "yy---"},    {"workspace:delete", "y----"},
    {"members:read", "yyyyy"},    {"members:write", "yy---"},      {"keys:read", "yyy--"},
    {"keys:write", "yy---"},      {"secrets:read", "yyy--"},       {"secrets:write", "yyy--"},
    {"usage:read", "yyyyy"},      {"jobs:read", "yyyy-"},          {"jobs:write", "yyy--"},
    {"audit:read", "yy---"},      {"quotas:write", "y----"},       {"tools:read", "yyyyy"},
    {"tools:write", "yyy--"},
};

Principal key_with(Role role, std::vector<std::string> scopes) {
  Principal principal;
  principal.role = role;
  principal.scopes = std::move(scopes);
  return principal;
}

TEST(AccessTable, SaysForEachRoleAndScopeWhetherItIsHeld) {
  for (const Line& line : kExpected) {
    for (std::size_t index = 0; index < kRoles.size(); ++index) {
      EXPECT_EQ(role_holds(kRoles[index], line.scope), line.held[index] == 'y')
          << line.scope << " of role " << index;
    }
  }
  EXPECT_EQ(std::size(kExpected), kScopes.size());
}

TEST(AccessTable, GivesNobodyWhatIsNoScope) {
  for (const std::string_view scope : {"", "account", "agents", "agents:", "AGENTS:READ", "*"})
    EXPECT_FALSE(role_holds(Role::owner, scope)) << scope;
}

TEST(AccessTable, LetsScopesOfAKeyNarrowItsRoleAndNeverWidenIt) {
  EXPECT_TRUE(holds(key_with(Role::analyst, {}), "agents:read"));
  EXPECT_FALSE(holds(key_with(Role::analyst, {}), "agents:write"));
  EXPECT_FALSE(holds(key_with(Role::analyst, {"agents:write"}), "agents:write"));
  EXPECT_FALSE(holds(key_with(Role::owner, {"agents:read"}), "agents:write"));
  EXPECT_TRUE(holds(key_with(Role::owner, {"agents:read"}), "agents:read"));
  EXPECT_EQ(scopes_of(key_with(Role::operator_, {"agents:write", "jobs:read", "nothing:read"})),
            std::vector<std::string>{"jobs:read"});
}

TEST(AccessTable, OrdersTheRolesSoThatEachHoldsWhatThoseAfterItHold) {
  for (const ScopeLine& line : kScopes) {
    for (std::size_t index = 1; index < kRoles.size(); ++index)
      EXPECT_LE(line.held[index], line.held[index - 1]) << line.scope;
  }
  EXPECT_TRUE(covers(Role::owner, Role::owner));
  EXPECT_TRUE(covers(Role::admin, Role::analyst));
  EXPECT_FALSE(covers(Role::admin, Role::owner));
}

TEST(AccessTable, KnowsNoOperationByAnotherSpelling) {
  ASSERT_TRUE(access_of("agents.list"));
  EXPECT_EQ(access_of("agents.list")->scope, "agents:read");
  EXPECT_FALSE(access_of("agents.List"));
  EXPECT_FALSE(access_of(""));
}

}  // namespace
}  // namespace antiphon
