// Every operation of the contract, asked by every role, by nobody, by keys that lack its scope, and
// from another workspace.
#include "api/access_table.h"
#include "app/accounts_fixture_test.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <map>
#include <vector>

namespace antiphon {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

constexpr std::array kRoles{Role::owner, Role::admin, Role::developer, Role::operator_,
                            Role::analyst};

// What each operation with an id in its path needs to get as far as looking for it.
const std::map<std::string_view, std::string_view> kBodies{
    {"agents.replace", R"({"name":"Mine now"})"},
    {"agents.patch", R"({"name":"Mine now"})"},
    {"documents.create", R"({"title":"A","text":"B"})"},
    {"documents.replace", R"({"title":"A","text":"B"})"},
    {"knowledge.ask", R"({"question":"When?"})"},
    {"conversations.type", R"({"text":"hello"})"},
    {"members.patch", R"({"role":"analyst"})"},
    {"keys.patch", R"({"name":"Mine now"})"},
};

class AccessWalk : public AccountsTest {
 protected:
  [[nodiscard]] static std::string body_of(const json::Operation& operation) {
    if (operation.request.shape == nullptr) return "";
    const auto body = kBodies.find(operation.id);
    return body == kBodies.end() ? "{}" : std::string(body->second);
  }

  // The path with `ids` for its placeholders, by name; a new id for those that are not there.
  std::string path_of(const json::Operation& operation,
                      const std::map<std::string, std::string>& ids = {}) {
    std::string path(operation.path);
    for (std::size_t open = path.find('{'); open != std::string::npos; open = path.find('{')) {
      const std::size_t close = path.find('}', open);
      const auto known = ids.find(path.substr(open + 1, close - open - 1));
      path.replace(open, close - open + 1,
                   known == ids.end() ? new_id().to_string() : known->second);
    }
    return path;
  }

  Answer try_it(const json::Operation& operation, const Asker& asker) {
    return ask(operation.method, path_of(operation), asker, body_of(operation));
  }

  static bool is_passed(const Answer& answer) {
    return answer.status != 401 && answer.status != 403 && answer.status != 0;
  }
};

TEST_F(AccessWalk, EveryOperationHasALineAndEveryLineAnOperation) {
  std::vector<std::string_view> operations;
  for (const json::Operation& operation : router_.operations())
    operations.push_back(operation.id);
  for (const std::string_view operation : operations)
    EXPECT_TRUE(access_of(operation)) << operation;
  EXPECT_GE(operations.size(), 50u);
}

TEST_F(AccessWalk, EachRoleMayDoWhatItsScopesSayAndNothingElse) {
  for (const Role role : kRoles) {
    Uuid user = new_id();
    WorkspaceId workspace = add_workspace(new_id());
    add_member(workspace, user, role);
    for (const json::Operation& operation : router_.operations()) {
      const Answer answer = try_it(operation, person(user, workspace));
      const bool everybodys = operation.scope.empty() || operation.scope == kAccountScope;
      if (everybodys || role_holds(role, operation.scope)) {
        // Signing in checks a token of its own, and says 401 to a wrong one.
        EXPECT_TRUE(is_passed(answer)) << name_of(role) << " " << operation.id << answer.body;
      } else {
        EXPECT_EQ(answer.status, 403) << name_of(role) << " " << operation.id;
        EXPECT_THAT(answer.body, HasSubstr(std::string(operation.scope)));
      }
      if (operation.id == "workspace.remove" || operation.id == "members.leave") {
        user = new_id();
        workspace = add_workspace(new_id());
        add_member(workspace, user, role);
      }
    }
  }
}

TEST_F(AccessWalk, WithoutCredentialsNothingOpens) {
  for (const Asker& nobody :
       {Asker{}, Asker{.authorization = "Bearer antiphon_wrong"},
        Asker{.authorization = "Bearer not.a.token"}, Asker{.cookie = "antiphon_session=x"}}) {
    for (const json::Operation& operation : router_.operations()) {
      if (operation.scope.empty()) continue;
      EXPECT_EQ(try_it(operation, nobody).status, 401) << operation.id;
    }
  }
}

TEST_F(AccessWalk, AKeyDoesWhatItsScopesNameAndNothingElse) {
  const Uuid owner = new_id();
  for (const ScopeLine& line : kScopes) {
    std::string others = "{";
    for (const ScopeLine& other : kScopes) {
      if (other.scope != line.scope) others += std::string(other.scope) + ",";
    }
    others.back() = '}';
    WorkspaceId workspace = add_workspace(owner);
    const Asker lacking{.authorization = add_key(workspace, Role::owner, others)};
    Asker holding{.authorization =
                      add_key(workspace, Role::owner, "{" + std::string(line.scope) + "}")};
    for (const json::Operation& operation : router_.operations()) {
      if (operation.scope == kAccountScope) {
        EXPECT_EQ(try_it(operation, holding).status, 403) << operation.id;
      }
      if (operation.scope != line.scope) continue;
      const Answer refused = try_it(operation, lacking);
      EXPECT_EQ(refused.status, 403) << operation.id;
      EXPECT_THAT(refused.body, HasSubstr(std::string(line.scope)));
      const Answer answer = try_it(operation, holding);
      // What only persons do, whatever a key holds.
      if (operation.id == "members.leave" || operation.id == "workspace.remove") {
        EXPECT_EQ(answer.status, 403) << operation.id;
      } else {
        EXPECT_TRUE(is_passed(answer)) << operation.id << answer.body;
      }
    }
  }
}

TEST_F(AccessWalk, WhatBelongsToAnotherWorkspaceIsNotThere) {
  const Uuid mine = new_id();
  const Uuid theirs = new_id();
  const WorkspaceId workspace = add_workspace(mine);
  const WorkspaceId other = add_workspace(theirs);
  const Asker them = person(theirs, other);
  const std::string session =
      ask("POST", "/api/session", {}, R"({"access_token":"person )" + theirs.to_string() + "\"}")
          .body;
  ASSERT_NE(session, "");
  std::map<std::string, std::string> ids{{"user", theirs.to_string()},
                                         {"workspace", other.to_string()}};
  ids["agent"] = text_at(ask("POST", "/api/agents", them, R"({"name":"Theirs"})").body, "id");
  ids["key"] =
      text_at(ask("POST", "/api/keys", them, R"({"name":"k","role":"analyst"})").body, "id");
  ids["invitation"] = text_at(
      ask("POST", "/api/invitations", them, R"({"email":"x@example.org","role":"analyst"})").body,
      "id");
  ids["session"] = text_at(ask("GET", "/api/account/sessions", them).body, "id");
  for (const auto& [name, id] : ids)
    EXPECT_TRUE(Uuid::parse(id)) << name;
  const Asker me = person(mine, workspace);
  int asked = 0;
  for (const json::Operation& operation : router_.operations()) {
    if (operation.scope.empty()) continue;
    if (operation.path.contains('{')) {
      const Answer answer = ask(operation.method, path_of(operation, ids), me, body_of(operation));
      EXPECT_EQ(answer.status, 404) << operation.id << answer.body;
      EXPECT_THAT(answer.body, HasSubstr(R"("code":"not_found")"));
      ++asked;
    }
    if (operation.scope != kAccountScope) {
      EXPECT_EQ(try_it(operation, person(mine, other)).status, 404) << operation.id;
    }
  }
  EXPECT_GE(asked, 20);
  EXPECT_EQ(ask("GET", "/api/agents/" + ids["agent"], them).status, 200);
  EXPECT_EQ(ask("GET", "/api/keys/" + ids["key"], them).status, 200);
}

TEST_F(AccessWalk, APersonOfSeveralWorkspacesNamesOne) {
  const Uuid user = new_id();
  EXPECT_EQ(ask("GET", "/api/agents", person(user)).status, 403);
  const WorkspaceId first = add_workspace(user);
  clock_.advance(AccessService::kMemory);
  EXPECT_EQ(ask("GET", "/api/agents", person(user)).status, 200);
  add_workspace(user);
  clock_.advance(AccessService::kMemory);
  const Answer several = ask("GET", "/api/agents", person(user));
  EXPECT_EQ(several.status, 400);
  EXPECT_THAT(several.body, HasSubstr("Antiphon-Workspace"));
  EXPECT_EQ(ask("GET", "/api/agents", person(user, first)).status, 200);
  for (const std::string wrong : {"x", "00000000-0000-0000-0000-000000000000"}) {
    Asker asker = person(user);
    asker.workspace = wrong;
    EXPECT_EQ(ask("GET", "/api/agents", asker).status, 404) << wrong;
  }
}

}  // namespace
}  // namespace antiphon
