#include "service/access_service.h"

#include "service/fake_stores_test.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

class AccessServiceTest : public testing::Test {
 protected:
  Result<Principal> authenticate(std::string authorization) {
    return run(loop_, access_.authenticate(std::move(authorization)));
  }
  ErrorCode refusal(std::string authorization) {
    const auto principal = authenticate(std::move(authorization));
    return principal ? ErrorCode::internal : principal.error().code;
  }

  boost::asio::io_context loop_;
  ManualClock clock_;
  SeededRandom random_{Seed{1}};
  FakeApiKeys keys_;
  AccessService access_{keys_, clock_};
};

TEST_F(AccessServiceTest, GivesTheKeysWorkspaceAndRole) {
  const auto principal = authenticate(keys_.add(random_, Role::developer, 4));
  ASSERT_TRUE(principal);
  EXPECT_EQ(principal->kind, PrincipalKind::api_key);
  EXPECT_EQ(principal->workspace, WorkspaceId(test_uuid(4)));
  EXPECT_EQ(principal->role, Role::developer);
  EXPECT_EQ(principal->id, test_uuid(99));
}

TEST_F(AccessServiceTest, TakesTheSchemeInAnyCase) {
  std::string header = keys_.add(random_, Role::owner);
  header.replace(0, 6, "bEARER");
  EXPECT_TRUE(authenticate(header));
}

TEST_F(AccessServiceTest, RefusesWhatIsNoKeyWithoutAskingTheStore) {
  const std::string key = keys_.add(random_, Role::owner).substr(7);
  for (const std::string& header :
       {std::string(), std::string("Bearer"), std::string("Bearer "), key, "Basic " + key,
        "Bearer  " + key, "Bearer " + key + "x", std::string("Bearer antiphon_"),
        "Bearer " + std::string(100'000, 'a'), std::string("Bearer antiphon_\0\xff", 18)}) {
    EXPECT_EQ(refusal(header), ErrorCode::unauthenticated) << header.substr(0, 80);
  }
  EXPECT_EQ(keys_.look_ups, 0);
}

TEST_F(AccessServiceTest, RefusesAKeyThatTheStoreDoesNotKnow) {
  const std::string header = keys_.add(random_, Role::owner);
  keys_.keys.clear();
  EXPECT_EQ(refusal(header), ErrorCode::unauthenticated);
  EXPECT_EQ(keys_.look_ups, 1);
}

TEST_F(AccessServiceTest, AsksTheStoreOnceASecond) {
  const std::string header = keys_.add(random_, Role::owner);
  EXPECT_TRUE(authenticate(header));
  clock_.advance(999ms);
  EXPECT_TRUE(authenticate(header));
  EXPECT_EQ(keys_.look_ups, 1);
  clock_.advance(1ms);
  EXPECT_TRUE(authenticate(header));
  EXPECT_EQ(keys_.look_ups, 2);
}

TEST_F(AccessServiceTest, StopsBelievingARevokedKeyWithinASecond) {
  const std::string header = keys_.add(random_, Role::owner);
  EXPECT_TRUE(authenticate(header));
  keys_.keys.clear();
  clock_.advance(1s);
  EXPECT_EQ(refusal(header), ErrorCode::unauthenticated);
}

TEST_F(AccessServiceTest, KeepsAnsweringWithinTheSecondWhileTheStoreIsAway) {
  const std::string header = keys_.add(random_, Role::owner);
  EXPECT_TRUE(authenticate(header));
  keys_.away = Error{ErrorCode::unavailable, "the database is away"};
  clock_.advance(500ms);
  EXPECT_TRUE(authenticate(header));
  clock_.advance(500ms);
  EXPECT_EQ(refusal(header), ErrorCode::unavailable);
}

TEST_F(AccessServiceTest, BelievesANewKeyAtOnceAfterARefusal) {
  const std::string header = keys_.add(random_, Role::analyst);
  auto kept = std::exchange(keys_.keys, {});
  EXPECT_EQ(refusal(header), ErrorCode::unauthenticated);
  keys_.keys = std::move(kept);
  EXPECT_TRUE(authenticate(header));
}

}  // namespace
}  // namespace antiphon
