// Workspaces, members, invitations, keys, sessions and the audit log through the API, on a real
// PostgreSQL.
#include "app/accounts_fixture_test.h"

#include <gmock/gmock.h>

#include <vector>

namespace antiphon {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class Accounts : public AccountsTest {
 protected:
  // A new person's workspace, made through the API.
  WorkspaceId make_workspace(const Asker& asker, const std::string& name = "Dental") {
    const Answer made = ask("POST", "/api/workspaces", asker, R"({"name":")" + name + "\"}");
    EXPECT_EQ(made.status, 201) << made.body;
    return WorkspaceId(Uuid::parse(text_at(made.body, "id")).value_or(Uuid{}));
  }
  std::string invite(const Asker& asker, Uuid user, const std::string& role) {
    const Answer made = ask("POST", "/api/invitations", asker,
                            R"({"email":")" + email_of(user) + R"(","role":")" + role + "\"}");
    EXPECT_EQ(made.status, 201) << made.body;
    return text_at(made.body, "token");
  }
  Answer accept(const Asker& asker, const std::string& token) {
    return ask("POST", "/api/invitations/accept", asker, R"({"token":")" + token + "\"}");
  }
};

TEST_F(Accounts, InviteWorkBeRefusedMakeAKeyUseItRevokeIt) {
  const Uuid owner = new_id();
  const Uuid guest = new_id();
  const WorkspaceId workspace = make_workspace(person(owner));
  const Asker boss = person(owner, workspace);
  const Asker invited = person(guest, workspace);
  EXPECT_EQ(ask("GET", "/api/agents", invited).status, 404);
  EXPECT_EQ(accept(person(guest), invite(boss, guest, "operator")).status, 200);
  EXPECT_EQ(ask("GET", "/api/agents", invited).status, 200);
  const Answer refused = ask("POST", "/api/agents", invited, R"({"name":"No"})");
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("this role does not hold the scope agents:write"));
  const Answer made = ask("POST", "/api/keys", boss,
                          R"({"name":"ci","role":"developer","scopes":["agents:read"]})");
  ASSERT_EQ(made.status, 201) << made.body;
  const Asker program{.authorization = "Bearer " + text_at(made.body, "key")};
  EXPECT_EQ(ask("GET", "/api/agents", program).status, 200);
  EXPECT_EQ(ask("POST", "/api/agents", program, R"({"name":"No"})").status, 403);
  EXPECT_EQ(ask("DELETE", "/api/keys/" + text_at(made.body, "id"), boss).status, 204);
  EXPECT_EQ(ask("GET", "/api/agents", program).status, 401);
  EXPECT_THAT(ask("GET", "/api/keys", boss).body, Not(HasSubstr(text_at(made.body, "key"))));
}

TEST_F(Accounts, AnInvitationIsUsedOnceByItsAddress) {
  const Uuid owner = new_id();
  const Uuid guest = new_id();
  const Asker boss = person(owner, make_workspace(person(owner)));
  const std::string token = invite(boss, guest, "analyst");
  EXPECT_EQ(accept(person(new_id()), token).status, 403);
  EXPECT_EQ(accept(person(guest), token).status, 200);
  const Answer again = accept(person(guest), token);
  EXPECT_EQ(again.status, 409);
  EXPECT_THAT(again.body, HasSubstr("the invitation is used, withdrawn or expired"));
  EXPECT_EQ(accept(person(guest), "nonsense").status, 404);
}

TEST_F(Accounts, AnInvitationCanBeWithdrawnAndIsOpenOnceForAnAddress) {
  const Uuid owner = new_id();
  const Uuid guest = new_id();
  const Asker boss = person(owner, make_workspace(person(owner)));
  const std::string token = invite(boss, guest, "analyst");
  const Answer second = ask("POST", "/api/invitations", boss,
                            R"({"email":")" + email_of(guest) + R"(","role":"analyst"})");
  EXPECT_EQ(second.status, 409);
  const std::string id = text_at(ask("GET", "/api/invitations", boss).body, "id");
  EXPECT_EQ(ask("DELETE", "/api/invitations/" + id, boss).status, 204);
  EXPECT_EQ(ask("DELETE", "/api/invitations/" + id, boss).status, 404);
  EXPECT_EQ(accept(person(guest), token).status, 409);
  EXPECT_THAT(ask("GET", "/api/invitations", boss).body, Not(HasSubstr(token)));
}

TEST_F(Accounts, ARoleActsAtOnceWhereItWasChangedAndTheLastOwnerStays) {
  const Uuid owner = new_id();
  const Uuid member = new_id();
  const WorkspaceId workspace = add_workspace(owner);
  add_member(workspace, member, Role::developer);
  const Asker boss = person(owner, workspace);
  const Asker them = person(member, workspace);
  const std::string path = "/api/members/" + member.to_string();
  EXPECT_EQ(ask("POST", "/api/agents", them, R"({"name":"One"})").status, 201);
  EXPECT_EQ(ask("PATCH", path, boss, R"({"role":"analyst"})").status, 200);
  EXPECT_EQ(ask("POST", "/api/agents", them, R"({"name":"Two"})").status, 403);
  const Answer last =
      ask("PATCH", "/api/members/" + owner.to_string(), boss, R"({"role":"admin"})");
  EXPECT_EQ(last.status, 409);
  EXPECT_THAT(last.body, HasSubstr("a workspace keeps an owner"));
  EXPECT_EQ(ask("POST", "/api/members/leave", boss).status, 409);
  EXPECT_EQ(ask("PATCH", path, boss, R"({"role":"owner"})").status, 200);
  EXPECT_EQ(ask("POST", "/api/members/leave", boss).status, 204);
  EXPECT_EQ(ask("GET", "/api/agents", boss).status, 404);
  EXPECT_EQ(ask("GET", "/api/agents", them).status, 200);
}

TEST_F(Accounts, ARoleTakenAwayElsewhereStopsTheRequestInTheDatabase) {
  const Uuid owner = new_id();
  const Uuid member = new_id();
  const WorkspaceId workspace = add_workspace(owner);
  add_member(workspace, member, Role::developer);
  const Asker them = person(member, workspace);
  EXPECT_EQ(ask("GET", "/api/agents", them).status, 200);
  sql("update public.workspace_members set role = 'analyst' where user_id = '" +
      member.to_string() + "'");
  // This process still believes the developer for up to a second; the database no longer does.
  EXPECT_EQ(ask("POST", "/api/agents", them, R"({"name":"No"})").status, 403);
  clock_.advance(AccessService::kMemory);
  EXPECT_EQ(ask("GET", "/api/agents", them).status, 200);
}

TEST_F(Accounts, ADeletedWorkspaceIsGoneAtOnceAndComesBack) {
  const Uuid owner = new_id();
  const WorkspaceId workspace = make_workspace(person(owner), "Gone Soon");
  const Asker boss = person(owner, workspace);
  const Asker program{.authorization = add_key(workspace, Role::owner)};
  EXPECT_EQ(ask("POST", "/api/agents", program, R"({"name":"Kept"})").status, 201);
  EXPECT_EQ(ask("DELETE", "/api/workspace", program).status, 403);
  EXPECT_EQ(ask("DELETE", "/api/workspace", boss).status, 204);
  EXPECT_EQ(ask("GET", "/api/agents", boss).status, 404);
  EXPECT_EQ(ask("GET", "/api/agents", program).status, 401);
  EXPECT_THAT(ask("GET", "/api/workspaces", boss).body, HasSubstr("deleted_at"));
  const std::string restore = "/api/workspaces/" + workspace.to_string() + "/restore";
  EXPECT_EQ(ask("POST", restore, person(new_id())).status, 404);
  EXPECT_EQ(ask("POST", restore, boss).status, 200);
  EXPECT_THAT(ask("GET", "/api/agents", program).body, HasSubstr("Kept"));
}

TEST_F(Accounts, AWorkspaceIsRenamedAgainstWhatWasRead) {
  const Uuid owner = new_id();
  const Asker boss = person(owner, make_workspace(person(owner), "First Name"));
  const Answer read = ask("GET", "/api/workspace", boss);
  EXPECT_THAT(read.body, HasSubstr(R"("slug":"first-name)"));
  EXPECT_THAT(read.body, HasSubstr(R"("role":"owner")"));
  const Answer renamed = ask("PATCH", "/api/workspace", boss, R"({"name":"Second"})");
  EXPECT_EQ(renamed.status, 200);
  EXPECT_THAT(renamed.body, HasSubstr(R"("slug":"first-name)"));
  const Uuid other = new_id();
  make_workspace(person(other), "Other");
  const Answer taken = ask("PATCH", "/api/workspace", boss, R"({"slug":"other"})");
  EXPECT_EQ(taken.status, 409) << taken.body;
  EXPECT_THAT(taken.body, HasSubstr("/slug"));
  EXPECT_EQ(ask("PATCH", "/api/workspace", boss, R"({"slug":"Not A Slug"})").status, 422);
}

TEST_F(Accounts, AKeyMakesNoneThatHoldsMore) {
  const WorkspaceId workspace = add_workspace(new_id());
  const Asker narrow{.authorization =
                         add_key(workspace, Role::admin, "{keys:write,keys:read,agents:read}")};
  const auto create = [&](const std::string& rest) {
    return ask("POST", "/api/keys", narrow, R"({"name":"k",)" + rest + "}");
  };
  EXPECT_EQ(create(R"("role":"owner")").status, 403);
  EXPECT_EQ(create(R"("role":"developer","scopes":["agents:write"])").status, 403);
  EXPECT_EQ(create(R"("role":"analyst","scopes":["agents:write"])").status, 422);
  EXPECT_EQ(create(R"("role":"analyst","scopes":["nothing"])").status, 422);
  EXPECT_EQ(create(R"("role":"analyst","expires_at":"2001-01-01T00:00:00Z")").status, 422);
  const Answer made = create(R"("role":"developer")");
  EXPECT_EQ(made.status, 201);
  EXPECT_THAT(made.body, HasSubstr(R"("scopes":["agents:read","keys:read"])"));
  const std::string path = "/api/keys/" + text_at(made.body, "id");
  EXPECT_EQ(ask("PATCH", path, narrow, R"({"scopes":["agents:write"]})").status, 403);
  EXPECT_EQ(ask("PATCH", path, narrow, R"({"scopes":["agents:read"],"name":"n"})").status, 200);
  sql("update public.api_keys set expires_at = now() + interval '1 hour' where workspace_id = '" +
      workspace.to_string() + "'");
  clock_.advance(AccessService::kMemory);
  EXPECT_EQ(create(R"("role":"analyst","expires_at":"2200-01-01T00:00:00Z")").status, 403);
  EXPECT_THAT(create(R"("role":"analyst")").body, HasSubstr("expires_at"));
}

TEST_F(Accounts, NoneOfAThousandRevokedKeysOpensAnythingAfterASecond) {
  constexpr int kKeys = 1'000;
  const WorkspaceId workspace = add_workspace(new_id());
  const Principal owner =
      *antiphon::run(loop_, access_.authenticate(add_key(workspace, Role::owner)));
  AccessService elsewhere(stores_.api_keys(), clock_);  // another process: nobody tells it
  std::vector<std::pair<ApiKeyId, std::string>> keys;
  for (int count = 0; count < kKeys; ++count) {
    auto made = antiphon::run(loop_, accounts_.keys.create(owner, {"k", Role::analyst, {}, {}}));
    ASSERT_TRUE(made);
    keys.emplace_back(made->record.id, "Bearer " + made->text.reveal());
  }
  const auto opened = [&](AccessService& access) {
    int open = 0;
    for (const auto& [id, header] : keys)
      open += antiphon::run(loop_, access.authenticate(header)).has_value() ? 1 : 0;
    return open;
  };
  EXPECT_EQ(opened(access_), kKeys);
  EXPECT_EQ(opened(elsewhere), kKeys);
  for (const auto& [id, header] : keys)
    ASSERT_TRUE(antiphon::run(loop_, accounts_.keys.revoke(owner, id)));
  EXPECT_EQ(opened(access_), 0);
  clock_.advance(1s);
  EXPECT_EQ(opened(elsewhere), 0);
}

TEST_F(Accounts, TheCookieOpensWhatABearerOpensAndNeedsItsTokenToChange) {
  const Uuid user = new_id();
  add_workspace(user);
  const Answer begun =
      ask("POST", "/api/session", {}, R"({"access_token":"person )" + user.to_string() + "\"}");
  ASSERT_EQ(begun.status, 201) << begun.body;
  const std::string set(begun.headers.find("Set-Cookie").value_or(""));
  EXPECT_THAT(set, HasSubstr("; HttpOnly; SameSite=Lax; Max-Age=604800"));
  Asker studio{.cookie = set.substr(0, set.find(';'))};
  EXPECT_EQ(ask("GET", "/api/agents", studio).status, 200);
  EXPECT_EQ(ask("POST", "/api/agents", studio, R"({"name":"No"})").status, 403);
  studio.csrf = text_at(begun.body, "csrf_token");
  EXPECT_EQ(text_at(ask("GET", "/api/session", studio).body, "csrf_token"), studio.csrf);
  EXPECT_EQ(ask("POST", "/api/agents", studio, R"({"name":"Yes"})").status, 201);
  const Answer ended = ask("DELETE", "/api/session", studio);
  EXPECT_EQ(ended.status, 204);
  EXPECT_THAT(std::string(ended.headers.find("Set-Cookie").value_or("")), HasSubstr("Max-Age=0"));
  EXPECT_EQ(ask("GET", "/api/agents", studio).status, 401);
}

TEST_F(Accounts, ASessionIsSwitchedListedAndEndedFromAnother) {
  const Uuid user = new_id();
  const WorkspaceId first = add_workspace(user);
  const WorkspaceId second = add_workspace(user);
  const std::string token = R"({"access_token":"person )" + user.to_string() + "\"}";
  const auto sign_in = [&] {
    const Answer begun = ask("POST", "/api/session", {}, token);
    const std::string set(begun.headers.find("Set-Cookie").value_or(""));
    return Asker{.cookie = set.substr(0, set.find(';')), .csrf = text_at(begun.body, "csrf_token")};
  };
  const Asker here = sign_in();
  const Asker there = sign_in();
  EXPECT_EQ(ask("GET", "/api/workspace", here).status, 400);
  for (const WorkspaceId workspace : {first, second}) {
    EXPECT_EQ(ask("PUT", "/api/session/workspace", here,
                  R"({"workspace":")" + workspace.to_string() + "\"}")
                  .status,
              204);
    EXPECT_THAT(ask("GET", "/api/workspace", here).body, HasSubstr(workspace.to_string()));
  }
  EXPECT_EQ(ask("PUT", "/api/session/workspace", here,
                R"({"workspace":")" + add_workspace(new_id()).to_string() + "\"}")
                .status,
            404);
  const std::string newest = text_at(ask("GET", "/api/account/sessions", here).body, "id");
  EXPECT_EQ(ask("DELETE", "/api/account/sessions/" + newest, here).status, 204);
  EXPECT_EQ(ask("GET", "/api/session", there).status, 401);
  EXPECT_EQ(ask("GET", "/api/session", here).status, 200);
}

TEST_F(Accounts, TheAuditLogSaysWhoDidWhatFromWhereAndShowsAnEdit) {
  const Uuid owner = new_id();
  const WorkspaceId workspace = make_workspace(person(owner));
  const Asker boss = person(owner, workspace);
  ask("POST", "/api/agents", boss, R"({"name":"One"})");
  ask("POST", "/api/keys", boss, R"({"name":"k","role":"analyst"})");
  const Answer agents = ask("GET", "/api/audit?object_kind=agents", boss);
  EXPECT_THAT(agents.body, HasSubstr(R"("action":"insert")"));
  EXPECT_THAT(agents.body, HasSubstr(R"("address":"192.0.2.7")"));
  EXPECT_THAT(agents.body, HasSubstr(owner.to_string()));
  EXPECT_THAT(ask("GET", "/api/audit?object_kind=api_keys", boss).body, HasSubstr("[masked]"));
  const Answer page = ask("GET", "/api/audit?limit=1", boss);
  EXPECT_THAT(page.body, HasSubstr("next_before"));
  const Answer all = ask("GET", "/api/audit/export", boss);
  EXPECT_EQ(all.headers.find("Content-Type"), "application/x-ndjson");
  EXPECT_EQ(std::count(all.body.begin(), all.body.end(), '\n'), 4);
  EXPECT_THAT(ask("GET", "/api/audit/verdict", boss).body, HasSubstr(R"("sound":true)"));
  sql("set session_replication_role = replica; update public.audit_log set object_id = 'x'"
      " where sequence = 2 and workspace_id = '" +
      workspace.to_string() + "'");
  EXPECT_THAT(ask("GET", "/api/audit/verdict", boss).body, HasSubstr(R"("broken_at":2)"));
}

}  // namespace
}  // namespace antiphon
