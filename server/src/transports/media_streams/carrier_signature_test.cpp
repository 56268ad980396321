// The signatures below were made by the carriers' own helpers: twilio 9.13.0, plivo 4.63.0, and
// PyNaCl 1.6.2 by the recipe of telnyx 4.189.0.
#include "transports/media_streams/carrier_signature.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

const WallTime kNow{std::chrono::seconds(1'800'000'000)};
constexpr std::string_view kForm =
    "CallSid=CA123&From=%2B15550100&To=%2B15550199&Called+City=A+%26+B%2F%C3%BC";

Request request(std::string_view carrier, std::string_view more = "") {
  Request made;
  made.method = Method::post;
  made.is_secure = true;
  made.target = "/carriers/" + std::string(carrier) + "/answer?agent=front-desk&key=antiphon_good";
  made.query = {{"agent", "front-desk"}, {"key", "antiphon_good"}};
  made.target += more;
  made.headers.set("Host", "voice.example.com");
  return made;
}

ErrorCode verdict(StreamDialect carrier, const Request& asked, std::string_view secret = "12345") {
  const auto form = parse_form(asked.body);
  if (!form) return form.error().code;
  const auto checked = check_signature(carrier, asked, *form, secret, kNow);
  return checked ? ErrorCode::closed : checked.error().code;  // closed: here it means "fits"
}

Request twilio_post() {
  Request asked = request("twilio");
  asked.body = kForm;
  asked.headers.set("X-Twilio-Signature", "5sFSjy/698bQ3b/LR1lp2Kze+1Y=");
  return asked;
}

TEST(CarrierSignature, BelievesTwilioOverFormAndQuery) {
  EXPECT_EQ(verdict(StreamDialect::twilio, twilio_post()), ErrorCode::closed);
  Request get = request("twilio", "&CallSid=CA123");
  get.method = Method::get;
  get.query.emplace_back("CallSid", "CA123");
  get.headers.set("X-Twilio-Signature", "5PLDP3DHUigvcWXPA0OolOKjY7U=");
  EXPECT_EQ(verdict(StreamDialect::twilio, get), ErrorCode::closed);
}

TEST(CarrierSignature, BelievesTwilioWithAndWithoutThePort) {
  Request asked = twilio_post();
  asked.headers.set("X-Twilio-Signature", "mVmZ5BTljbCC5jkrckRRDueMp0o=");
  EXPECT_EQ(verdict(StreamDialect::twilio, asked), ErrorCode::closed);
  asked = twilio_post();
  asked.headers.set("Host", "voice.example.com:443");
  EXPECT_EQ(verdict(StreamDialect::twilio, asked), ErrorCode::closed);
}

TEST(CarrierSignature, RefusesTwilioWhenAnythingDiffers) {
  Request asked = twilio_post();
  EXPECT_EQ(verdict(StreamDialect::twilio, asked, "12346"), ErrorCode::unauthenticated);
  asked.body += "&More=1";
  EXPECT_EQ(verdict(StreamDialect::twilio, asked), ErrorCode::unauthenticated);
  asked = twilio_post();
  asked.is_secure = false;
  EXPECT_EQ(verdict(StreamDialect::twilio, asked), ErrorCode::unauthenticated);
  asked = twilio_post();
  asked.target += "&x=1";
  EXPECT_EQ(verdict(StreamDialect::twilio, asked), ErrorCode::unauthenticated);
  asked = twilio_post();
  asked.headers.set("Host", "other.example.com");
  EXPECT_EQ(verdict(StreamDialect::twilio, asked), ErrorCode::unauthenticated);
  asked = twilio_post();
  asked.headers.erase("X-Twilio-Signature");
  EXPECT_EQ(verdict(StreamDialect::twilio, asked), ErrorCode::unauthenticated);
}

Request plivo_post() {
  Request asked = request("plivo");
  asked.body = kForm;
  asked.headers.set("X-Plivo-Signature-V3-Nonce", "n1");
  asked.headers.set("X-Plivo-Signature-V3", "0zqGxYZAsnztD3nPzoHf/JBZ6vkA1RKfU30HpKDR0fw=");
  return asked;
}

TEST(CarrierSignature, BelievesPlivoOverFormAndQuery) {
  EXPECT_EQ(verdict(StreamDialect::plivo, plivo_post()), ErrorCode::closed);
  Request get = request("plivo", "&CallUUID=ab-1&B=2");
  get.method = Method::get;
  get.query.emplace_back("CallUUID", "ab-1");
  get.query.emplace_back("B", "2");
  get.headers.set("X-Plivo-Signature-V3-Nonce", "n1");
  get.headers.set("X-Plivo-Signature-V3", "SSiD7XljDFiGS8f29HXQBAtNnN2x4JRlzURRIHhweqw=");
  EXPECT_EQ(verdict(StreamDialect::plivo, get), ErrorCode::closed);
  Request bare = plivo_post();
  bare.target = "/x";
  bare.query.clear();
  bare.headers.set("X-Plivo-Signature-V3", "O+midYiePFFFZ1g6eHlCpYdUphczIUpkt1pvvZJHra8=");
  EXPECT_EQ(verdict(StreamDialect::plivo, bare), ErrorCode::closed);
}

TEST(CarrierSignature, BelievesOneOfSeveralOfPlivo) {
  Request asked = plivo_post();
  asked.headers.set("X-Plivo-Signature-V3", "AAAA,0zqGxYZAsnztD3nPzoHf/JBZ6vkA1RKfU30HpKDR0fw=");
  EXPECT_EQ(verdict(StreamDialect::plivo, asked), ErrorCode::closed);
  asked.headers.set("X-Plivo-Signature-V3", "AAAA,,");
  EXPECT_EQ(verdict(StreamDialect::plivo, asked), ErrorCode::unauthenticated);
}

TEST(CarrierSignature, RefusesPlivoWithAnotherNonce) {
  Request asked = plivo_post();
  asked.headers.set("X-Plivo-Signature-V3-Nonce", "n2");
  EXPECT_EQ(verdict(StreamDialect::plivo, asked), ErrorCode::unauthenticated);
  asked.headers.erase("X-Plivo-Signature-V3-Nonce");
  EXPECT_EQ(verdict(StreamDialect::plivo, asked), ErrorCode::unauthenticated);
}

constexpr std::string_view kTelnyxKey = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=";

Request telnyx_post() {
  Request asked = request("telnyx");
  asked.body = "CallSid=v3%3Aabc&To=%2B15550199";
  asked.headers.set("Telnyx-Timestamp", "1800000000");
  asked.headers.set("Telnyx-Signature-Ed25519",
                    "tRswsLsyswje5ihJKR+6Fbzg8iRVQ9Lx7mgwaXp0BvAuGov4hm54q38bt/"
                    "fufCIPp9e4ERaCO/wQlr4ruCsaAQ==");
  return asked;
}

TEST(CarrierSignature, BelievesTelnyx) {
  EXPECT_EQ(verdict(StreamDialect::telnyx, telnyx_post(), kTelnyxKey), ErrorCode::closed);
}

TEST(CarrierSignature, RefusesTelnyxWhenItIsForgedOrOld) {
  Request asked = telnyx_post();
  asked.body += "&More=1";
  EXPECT_EQ(verdict(StreamDialect::telnyx, asked, kTelnyxKey), ErrorCode::unauthenticated);
  for (const char* stamp : {"1800000001", "1799999000", "1800000301", "", "18e8", "-1"}) {
    asked = telnyx_post();
    asked.headers.set("Telnyx-Timestamp", stamp);
    EXPECT_EQ(verdict(StreamDialect::telnyx, asked, kTelnyxKey), ErrorCode::unauthenticated);
  }
  const auto form = parse_form(telnyx_post().body);
  for (const std::chrono::seconds late : {std::chrono::seconds(301), std::chrono::seconds(-600)}) {
    EXPECT_FALSE(
        check_signature(StreamDialect::telnyx, telnyx_post(), *form, kTelnyxKey, kNow + late));
  }
  EXPECT_EQ(verdict(StreamDialect::telnyx, telnyx_post(), "no key"), ErrorCode::corrupt);
}

TEST(CarrierForm, ReadsWhatBrowsersWrite) {
  const auto form = parse_form("a=1&&b=%41+c&d&=e");
  ASSERT_TRUE(form);
  EXPECT_EQ(*form, (FormFields{{"a", "1"}, {"b", "A c"}, {"d", ""}, {"", "e"}}));
  for (const char* bad : {"a=%", "a=%4", "a=%zz", "a=%+1", "a=%-1"})
    EXPECT_FALSE(parse_form(bad)) << bad;
  std::string many;
  for (int i = 0; i < 201; ++i)
    many += "a=1&";
  EXPECT_EQ(parse_form(many).error().code, ErrorCode::too_large);
}

}  // namespace
}  // namespace antiphon
