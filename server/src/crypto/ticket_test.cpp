#include "crypto/ticket.h"

#include "core/base64.h"
#include "crypto/hash.h"
#include "testing/manual_clock.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

using namespace std::chrono_literals;

TicketKey key_of(std::uint64_t seed) {
  TicketKey key{};
  SeededRandom(Seed{seed}).fill(key);
  return key;
}

TicketClaims claims_at(WallTime expires) {
  SeededRandom random(Seed{5});
  return {TicketPurpose::audio,      Uuid::make_random(random), Uuid::make_random(random),
          Uuid::make_random(random), Uuid::make_random(random), expires};
}

std::string message_of(const Result<TicketClaims>& result) {
  return result ? "accepted" : result.error().message;
}

TEST(Ticket, CarriesItsClaimsUntilItExpires) {
  ManualClock clock;
  const TicketSigner signer(key_of(1), clock);
  const TicketClaims claims = claims_at(clock.wall() + 60s);
  const std::string text = signer.issue(claims);
  EXPECT_EQ(text.size(), 145U);
  EXPECT_EQ(
      text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."),
      std::string::npos);
  clock.advance(59s);
  const auto accepted = signer.verify(text, TicketPurpose::audio);
  ASSERT_TRUE(accepted.has_value()) << accepted.error().message;
  EXPECT_EQ(*accepted, claims);
  clock.advance(1s);
  EXPECT_EQ(message_of(signer.verify(text, TicketPurpose::audio)),
            "the ticket has expired; ask for a new one");
}

TEST(Ticket, OfAnotherPurposeIsRefused) {
  const ManualClock clock;
  const TicketSigner signer(key_of(1), clock);
  const auto result =
      signer.verify(signer.issue(claims_at(clock.wall() + 60s)), TicketPurpose::live_events);
  EXPECT_EQ(message_of(result), "the ticket is for another purpose; ask for a new one");
  EXPECT_EQ(result.error().code, ErrorCode::unauthenticated);
}

TEST(Ticket, SignedWithAnotherKeyIsRefused) {
  const ManualClock clock;
  const std::string text = TicketSigner(key_of(2), clock).issue(claims_at(clock.wall() + 60s));
  EXPECT_EQ(message_of(TicketSigner(key_of(1), clock).verify(text, TicketPurpose::audio)),
            "the ticket has a wrong signature; ask for a new one");
}

TEST(Ticket, IsRefusedWhenAnySingleCharacterIsChanged) {
  const ManualClock clock;
  const TicketSigner signer(key_of(1), clock);
  const std::string text = signer.issue(claims_at(clock.wall() + 60s));
  for (std::size_t index = 0; index < text.size(); ++index) {
    std::string changed = text;
    changed[index] = changed[index] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(signer.verify(changed, TicketPurpose::audio).has_value()) << index;
  }
}

TEST(Ticket, IsRefusedWhenCutLengthenedOrNotATicket) {
  const ManualClock clock;
  const TicketSigner signer(key_of(1), clock);
  const std::string text = signer.issue(claims_at(clock.wall() + 60s));
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_FALSE(signer.verify(text.substr(0, length), TicketPurpose::audio).has_value());
  }
  for (const std::string& bad :
       {text + "A", text + ".", text + "." + text, "a2." + text.substr(3), std::string("a1.."),
        std::string("a1."), std::string(100'000, 'a'), std::string("a1.AA.AA")}) {
    EXPECT_EQ(message_of(signer.verify(bad, TicketPurpose::audio)).substr(0, 10), "the ticket");
  }
}

// The same key signs other things (for example cookies): the bare HMAC of the claims is not a
// ticket.
TEST(Ticket, ASignatureWithoutTheDomainIsRefused) {
  const ManualClock clock;
  const TicketSigner signer(key_of(1), clock);
  const std::string text = signer.issue(claims_at(clock.wall() + 60s));
  const std::string claims = text.substr(3, 98);
  const auto bytes = base64url_decode(claims);
  ASSERT_TRUE(bytes.has_value());
  const std::string forged =
      "a1." + claims + "." + base64url_encode(hmac_sha256(key_of(1), *bytes));
  EXPECT_EQ(message_of(signer.verify(forged, TicketPurpose::audio)),
            "the ticket has a wrong signature; ask for a new one");
}

TEST(Ticket, StaysTheSameTextForTheSameClaims) {
  const ManualClock clock;
  const TicketSigner signer(TicketKey{}, clock);
  TicketClaims claims;
  claims.expires = WallTime(1'767'603'600s);
  EXPECT_EQ(signer.issue(claims).substr(0, 20), "a1.AQAAAABpW32QAAAAA");
}

}  // namespace
}  // namespace antiphon
