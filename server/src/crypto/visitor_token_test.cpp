#include "crypto/visitor_token.h"

#include "testing/manual_clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::string_view kShop = "https://shop.example";

class VisitorTokenTest : public testing::Test {
 protected:
  VisitorClaims claims() const {
    VisitorClaims made;
    made.visitor_id = Uuid::parse("00000000-0000-4000-8000-0000000000aa").value_or(Uuid{});
    made.origin = kShop;
    made.expires = std::chrono::floor<std::chrono::seconds>(clock_.wall()) + 10min;
    return made;
  }
  std::string why_not(std::string_view token, VisitorPurpose purpose = VisitorPurpose::session,
                      std::string_view origin = kShop) const {
    const auto verified = signer_.verify(token, purpose, origin);
    return verified ? "" : verified.error().message;
  }

  ManualClock clock_;
  VisitorSigner signer_{TicketKey{std::byte{7}}, clock_};
};

TEST_F(VisitorTokenTest, GivesBackWhatWasSigned) {
  const auto verified = signer_.verify(signer_.issue(claims()), VisitorPurpose::session, kShop);
  ASSERT_TRUE(verified);
  EXPECT_EQ(*verified, claims());
}

TEST_F(VisitorTokenTest, RefusesAnotherOriginAnotherPurposeAndAnotherKey) {
  const std::string token = signer_.issue(claims());
  EXPECT_THAT(why_not(token, VisitorPurpose::session, "https://shop.example.evil"),
              HasSubstr("another origin"));
  EXPECT_THAT(why_not(token, VisitorPurpose::resume), HasSubstr("another purpose"));
  const VisitorSigner other(TicketKey{std::byte{8}}, clock_);
  EXPECT_THAT(why_not(other.issue(claims())), HasSubstr("wrong signature"));
}

TEST_F(VisitorTokenTest, RefusesAnExpiredOne) {
  const std::string token = signer_.issue(claims());
  EXPECT_EQ(why_not(token), "");
  clock_.advance(10min);
  EXPECT_THAT(why_not(token), HasSubstr("expired"));
}

TEST_F(VisitorTokenTest, RefusesEveryTokenWithOneCharacterChanged) {
  const std::string token = signer_.issue(claims());
  // The last character holds two bits that mean nothing.
  for (std::size_t at = 0; at + 1 < token.size(); ++at) {
    std::string changed = token;
    changed[at] = changed[at] == 'A' ? 'B' : 'A';
    EXPECT_NE(why_not(changed), "") << at;
  }
  for (const char* wrong : {"", "v1.", "v1..", "a1.AA.AA", "v1.AAAA.AAAA"})
    EXPECT_THAT(why_not(wrong), HasSubstr("malformed")) << wrong;
}

}  // namespace
}  // namespace antiphon
