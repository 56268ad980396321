// People: by access token and by the studio's cookie, in the workspace they name.
#include "core/check.h"
#include "crypto/session_token.h"
#include "service/access_service.h"
#include "service/fake_stores_test.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class FakeTokens final : public TokenVerifier {
 public:
  Task<Result<VerifiedUser>> verify(std::string token) override {
    if (token != "good") co_return failure(ErrorCode::unauthenticated, "the token is malformed");
    VerifiedUser user;
    user.user = test_uuid(7);
    user.email = "ann@example.org";
    co_return user;
  }
};

class FakeMemberships final : public MembershipStore {
 public:
  Task<Result<std::vector<Membership>>> memberships_of(Uuid) override {
    ++look_ups;
    if (away) co_return std::unexpected(*away);
    co_return memberships;
  }
  std::vector<Membership> memberships;
  std::optional<Error> away;
  int look_ups = 0;
};

class FakeSessions final : public StudioSessionStore {
 public:
  Task<Result<StudioSession>> create(StudioSession, std::string) override {
    co_return test_absent();
  }
  Task<Result<StudioSession>> find_by_hash(std::string hash) override {
    ++look_ups;
    if (!session || hash != hash_of_session) co_return test_absent();
    co_return *session;
  }
  Task<Result<std::vector<StudioSession>>> list(Uuid) override { co_return test_absent(); }
  Task<Result<>> end(Uuid, Uuid) override { co_return test_absent(); }
  Task<Result<>> switch_to(Uuid, Uuid, WorkspaceId) override { co_return test_absent(); }

  std::optional<StudioSession> session;
  std::string hash_of_session;
  int look_ups = 0;
};

class AccessOfPeople : public testing::Test {
 protected:
  AccessOfPeople() {
    access_.believe_people(tokens_, memberships_);
    access_.believe_sessions(sessions_);
    memberships_.memberships = {{WorkspaceId(test_uuid(1)), Role::developer}};
    token_ = make_session_token(random_);
    sessions_.hash_of_session.assign(reinterpret_cast<const char*>(token_.hash.data()), 32);
    StudioSession session;
    session.id = test_uuid(50);
    session.user = test_uuid(7);
    sessions_.session = session;
  }
  Result<Principal> ask(Credentials credentials, Standing standing = Standing::member) {
    return run(loop_, access_.authenticate(std::move(credentials), standing));
  }
  ErrorCode refusal(Credentials credentials, Standing standing = Standing::member) {
    const auto principal = ask(std::move(credentials), standing);
    return principal ? ErrorCode::internal : principal.error().code;
  }
  [[nodiscard]] Credentials cookie() const { return {.session = token_.text.reveal()}; }
  static Credentials token(std::string workspace = "") {
    return {.authorization = "Bearer good", .workspace = std::move(workspace)};
  }

  boost::asio::io_context loop_;
  ManualClock clock_;
  SeededRandom random_{Seed{1}};
  FakeApiKeys keys_;
  FakeTokens tokens_;
  FakeMemberships memberships_;
  FakeSessions sessions_;
  NewSessionToken token_;
  AccessService access_{keys_, clock_};
};

TEST_F(AccessOfPeople, GivesTheRoleInTheOnlyWorkspace) {
  const auto principal = ask(token());
  ASSERT_TRUE(principal);
  EXPECT_EQ(principal->kind, PrincipalKind::user);
  EXPECT_EQ(principal->id, test_uuid(7));
  EXPECT_EQ(principal->workspace, WorkspaceId(test_uuid(1)));
  EXPECT_EQ(principal->role, Role::developer);
}

TEST_F(AccessOfPeople, LeavesTheWorkspaceOpenWhereAPersonIsNeeded) {
  memberships_.memberships.clear();
  const auto principal = ask(token(), Standing::person);
  ASSERT_TRUE(principal);
  EXPECT_TRUE(principal->workspace.uuid().is_nil());
  EXPECT_EQ(refusal(token()), ErrorCode::permission_denied);
  EXPECT_EQ(refusal({.authorization = keys_.add(random_, Role::owner)}, Standing::person),
            ErrorCode::permission_denied);
}

TEST_F(AccessOfPeople, PrefersTheHeaderThenTheSessionThenTheOnlyOne) {
  memberships_.memberships.push_back({WorkspaceId(test_uuid(2)), Role::analyst});
  EXPECT_EQ(refusal(token()), ErrorCode::protocol_error);
  EXPECT_EQ(ask(token(test_uuid(2).to_string()))->role, Role::analyst);
  EXPECT_EQ(refusal(token(test_uuid(3).to_string())), ErrorCode::not_found);
  sessions_.session->workspace = WorkspaceId(test_uuid(1));
  EXPECT_EQ(ask(cookie())->role, Role::developer);
  Credentials other = cookie();
  other.workspace = test_uuid(2).to_string();
  EXPECT_EQ(ask(other)->role, Role::analyst);
}

TEST_F(AccessOfPeople, ASessionSwitchedToALostWorkspaceFallsBack) {
  sessions_.session->workspace = WorkspaceId(test_uuid(9));
  EXPECT_EQ(ask(cookie())->workspace, WorkspaceId(test_uuid(1)));
}

TEST_F(AccessOfPeople, ForgetsARoleWithinASecondAndAtOnceWhereItWasChanged) {
  EXPECT_TRUE(ask(token()));
  memberships_.memberships.front().role = Role::analyst;
  clock_.advance(999ms);
  EXPECT_EQ(ask(token())->role, Role::developer);
  clock_.advance(1ms);
  EXPECT_EQ(ask(token())->role, Role::analyst);
  EXPECT_EQ(memberships_.look_ups, 2);
  memberships_.memberships.clear();
  access_.forget_person(test_uuid(7));
  EXPECT_EQ(refusal(token()), ErrorCode::permission_denied);
}

TEST_F(AccessOfPeople, ForgetsEverybodyOfADeletedWorkspace) {
  EXPECT_TRUE(ask(token()));
  memberships_.memberships.clear();
  access_.forget_workspace(WorkspaceId(test_uuid(1)));
  EXPECT_EQ(refusal(token()), ErrorCode::permission_denied);
}

TEST_F(AccessOfPeople, ACookieChangesNothingWithoutItsCsrfToken) {
  Credentials change = cookie();
  EXPECT_TRUE(ask(change));
  change.intent = Intent::change;
  EXPECT_EQ(refusal(change), ErrorCode::permission_denied);
  const std::string right = csrf_token_of(token_.text.reveal());
  for (const std::string& wrong : {std::string("x"), right + "x", std::string(right.size(), 'A'),
                                   csrf_token_of("another session")}) {
    change.csrf = wrong;
    EXPECT_EQ(refusal(change), ErrorCode::permission_denied) << wrong;
  }
  change.csrf = right;
  EXPECT_TRUE(ask(change));
}

TEST_F(AccessOfPeople, ABearerWinsOverTheCookieAndNeedsNoCsrfToken) {
  Credentials both = cookie();
  both.authorization = "Bearer good";
  both.intent = Intent::change;
  EXPECT_TRUE(ask(both));
  EXPECT_EQ(sessions_.look_ups, 0);
  both.authorization = "Bearer wrong";
  EXPECT_EQ(refusal(both), ErrorCode::unauthenticated);
}

TEST_F(AccessOfPeople, AnEndedSessionIsForgottenWithinASecond) {
  EXPECT_TRUE(ask(cookie()));
  sessions_.session.reset();
  clock_.advance(999ms);
  EXPECT_TRUE(ask(cookie()));
  clock_.advance(1ms);
  EXPECT_EQ(refusal(cookie()), ErrorCode::unauthenticated);
}

TEST_F(AccessOfPeople, AnEndedSessionIsForgottenAtOnceWhereItWasEnded) {
  EXPECT_TRUE(ask(cookie()));
  sessions_.session.reset();
  access_.forget_session(test_uuid(50));
  EXPECT_EQ(refusal(cookie()), ErrorCode::unauthenticated);
}

TEST_F(AccessOfPeople, WhatIsNoSessionIsRefusedWithoutAskingTheStore) {
  for (const std::string wrong : {"x", "", "AAAA", "a b", "\xff\xfe"})
    EXPECT_EQ(refusal({.session = wrong}), ErrorCode::unauthenticated);
  EXPECT_EQ(refusal({.session = std::string(100'000, 'A')}), ErrorCode::unauthenticated);
  EXPECT_EQ(sessions_.look_ups, 0);
}

TEST_F(AccessOfPeople, SaysThatTheStoreIsAway) {
  memberships_.away = Error{ErrorCode::unavailable, "the database is away"};
  EXPECT_EQ(refusal(token()), ErrorCode::unavailable);
}

TEST_F(AccessOfPeople, AKeyStaysInItsWorkspace) {
  Credentials key{.authorization = keys_.add(random_, Role::owner, 4)};
  EXPECT_TRUE(ask(key));
  key.workspace = test_uuid(4).to_string();
  EXPECT_TRUE(ask(key));
  for (const std::string& other : {test_uuid(5).to_string(), std::string("nonsense")}) {
    key.workspace = other;
    EXPECT_EQ(refusal(key), ErrorCode::not_found);
  }
}

TEST_F(AccessOfPeople, TheMemoryCountsFromTheQuestionAndNotFromTheAnswer) {
  // A store that takes its time: what it says is as old as the question.
  class Slow final : public ApiKeyStore {
   public:
    Slow(FakeApiKeys& keys, ManualClock& clock) : keys_(keys), clock_(clock) {}
    Task<Result<ApiKey>> find_by_hash(std::string hash) override {
      auto found = co_await keys_.find_by_hash(std::move(hash));
      clock_.advance(600ms);
      co_return found;
    }
    Task<Result<ApiKey>> ensure(WorkspaceId, std::string, Role, std::string, std::string) override {
      co_return test_absent();
    }

   private:
    FakeApiKeys& keys_;
    ManualClock& clock_;
  } slow(keys_, clock_);
  AccessService access(slow, clock_);
  const std::string key = keys_.add(random_, Role::owner);
  EXPECT_TRUE(run(loop_, access.authenticate(key)));
  keys_.keys.clear();
  clock_.advance(400ms);
  EXPECT_FALSE(run(loop_, access.authenticate(key)));
}

}  // namespace
}  // namespace antiphon
