// Who asks, and what protects each answer.
#include "net/edge.h"

#include "net/server_fixture_test.h"

#include <gmock/gmock.h>

namespace antiphon {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kGet = "GET /x HTTP/1.1\r\nHost: h\r\n";

std::vector<AddressRange> ranges(std::string_view text) {
  auto parsed = AddressRange::parse_list(text);
  CHECK(parsed, "the test writes valid ranges");
  return std::move(*parsed);
}

TEST(AddressRange, ContainsItsAddressesAndNoOthers) {
  const auto range = ranges("10.0.0.0/8").front();
  EXPECT_TRUE(range.contains("10.255.0.1"));
  EXPECT_TRUE(range.contains("::ffff:10.1.2.3"));
  EXPECT_FALSE(range.contains("11.0.0.0"));
  EXPECT_FALSE(range.contains("::"));
  EXPECT_TRUE(ranges("2001:db8::/33").front().contains("2001:db8:7fff::1"));
  EXPECT_FALSE(ranges("2001:db8::/33").front().contains("2001:db8:8000::1"));
  EXPECT_TRUE(ranges("0.0.0.0/0").front().contains("203.0.113.9"));
  EXPECT_FALSE(ranges("0.0.0.0/0").front().contains("2001:db8::1"));
}

TEST(AddressRange, RefusesWhatIsNoRange) {
  for (const std::string_view text : {"10.1.0.0/8", "10.0.0.0/33", "10.0.0/8", "::1/129", "host",
                                      "10.0.0.0/", "10.0.0.0/8x", "010.0.0.0/8", "127.1"}) {
    EXPECT_FALSE(AddressRange::parse(text)) << text;
  }
}

TEST(AddressRange, CountsAnIpv6CustomerOnce) {
  EXPECT_EQ(network_of("2001:db8::1"), network_of("2001:db8::ffff:1"));
  EXPECT_NE(network_of("2001:db8::1"), network_of("2001:db8:0:1::1"));
  EXPECT_EQ(network_of("192.0.2.1"), "192.0.2.1");
}

class ProxyTest : public testing::Test {
 protected:
  RequestHead seen(std::string peer, Headers headers,
                   ProxyFields fields = ProxyFields::x_forwarded) {
    Edge edge({.trusted_proxies = ranges("10.0.0.0/8 2001:db8::/32"), .proxy_fields = fields});
    RequestHead head;
    head.headers = std::move(headers);
    static_cast<void>(edge.identify(head, peer, false));
    return head;
  }
};

TEST_F(ProxyTest, IgnoresWhatAStrangerWrites) {
  const auto head = seen("203.0.113.5", {{"X-Forwarded-For", "10.9.9.9"},
                                         {"X-Forwarded-Proto", "https"},
                                         {"Forwarded", "for=10.9.9.9;proto=https"},
                                         {"X-Request-Id", "forged-request-id"}});
  EXPECT_EQ(head.remote_address, "203.0.113.5");
  EXPECT_FALSE(head.is_secure);
  EXPECT_NE(head.request_id, "forged-request-id");
  EXPECT_EQ(head.request_id.size(), 16u);
}

TEST_F(ProxyTest, ReadsFromTheRightPastTrustedProxies) {
  const auto head = seen("10.0.0.1", {{"X-Forwarded-For", "1.1.1.1, 198.51.100.7, 10.0.0.2"},
                                      {"X-Forwarded-Proto", "https"},
                                      {"X-Request-Id", "of-the-proxy.1"}});
  EXPECT_EQ(head.remote_address, "198.51.100.7");
  EXPECT_TRUE(head.is_secure);
  EXPECT_EQ(head.request_id, "of-the-proxy.1");
}

TEST_F(ProxyTest, TakesRepeatedFieldsAsOneList) {
  const auto head =
      seen("10.0.0.1", {{"X-Forwarded-For", "1.1.1.1"}, {"x-forwarded-for", "[2001:db9::7]:443"}});
  EXPECT_EQ(head.remote_address, "2001:db9::7");
}

TEST_F(ProxyTest, StopsAtWhatIsNoAddress) {
  const auto head = seen("10.0.0.1", {{"X-Forwarded-For", "1.1.1.1, unknown, 10.0.0.2"}});
  EXPECT_EQ(head.remote_address, "10.0.0.2");
}

TEST_F(ProxyTest, ReadsOnlyTheFieldsThatTheProxySets) {
  const Headers both{{"X-Forwarded-For", "192.0.2.66"},
                     {"Forwarded", "for=1.1.1.1, for=\"[2001:db9::8]:1\";proto=https;by=x"}};
  EXPECT_EQ(seen("10.0.0.1", both).remote_address, "192.0.2.66");
  const auto forwarded = seen("10.0.0.1", both, ProxyFields::forwarded);
  EXPECT_EQ(forwarded.remote_address, "2001:db9::8");
  EXPECT_TRUE(forwarded.is_secure);
}

TEST_F(ProxyTest, RefusesARequestIdThatCouldBeMistakenForSomethingElse) {
  for (const std::string_view id : {"short", "with space 1", "quote\"12345", "<script>12"}) {
    EXPECT_EQ(seen("10.0.0.1", {{"X-Request-Id", std::string(id)}}).request_id.size(), 16u) << id;
  }
}

class EdgeTest : public HttpServerTest {};

TEST_F(EdgeTest, ProtectsEveryAnswerAlsoRefusals) {
  serve(echo());
  for (const std::string_view request :
       {"GET /x HTTP/1.1\r\nHost: h\r\n\r\n", "nonsense\r\n\r\n"}) {
    EXPECT_THAT(
        ask_once(request),
        AllOf(HasSubstr("X-Content-Type-Options: nosniff\r\n"),
              HasSubstr("Referrer-Policy: no-referrer\r\n"), HasSubstr("X-Frame-Options: DENY\r\n"),
              HasSubstr("X-Request-Id: "),
              HasSubstr("Content-Security-Policy: default-src 'none'; base-uri 'none'; "
                        "form-action 'none'; frame-ancestors 'none'\r\n"),
              Not(HasSubstr("Strict-Transport-Security")), Not(HasSubstr("Access-Control-"))));
  }
}

TEST_F(EdgeTest, GivesPagesTheirOwnFieldsAndLeavesTheirPolicyAlone) {
  serve(respond_with([](Request) -> Task<Response> {
    co_return Response{
        .status = 200,
        .headers = {{"Content-Type", "text/html; charset=utf-8"},
                    {"Content-Security-Policy", "frame-ancestors https://shop.example"}},
        .body = "<p>"};
  }));
  EXPECT_THAT(ask_once("GET / HTTP/1.1\r\nHost: h\r\n\r\n"),
              AllOf(HasSubstr("Cross-Origin-Opener-Policy: same-origin\r\n"),
                    HasSubstr("Permissions-Policy: microphone=(self), camera=()"),
                    Not(HasSubstr("default-src 'none'")), Not(HasSubstr("X-Frame-Options"))));
}

TEST_F(EdgeTest, NamesTheRequestInItsProblem) {
  auto& server = serve(echo());
  server.use_edge({.trusted_proxies = ranges("127.0.0.1")});
  EXPECT_THAT(
      ask_once("GET /%zz HTTP/1.1\r\nHost: h\r\nX-Request-Id: from-proxy-1\r\n\r\n"),
      AllOf(HasSubstr("X-Request-Id: from-proxy-1\r\n"), HasSubstr(R"("code":"target_invalid")"),
            HasSubstr(R"("issues":[],"request_id":"from-proxy-1"})")));
}

TEST_F(EdgeTest, TellsBrowsersToStayOnTlsOnlyWhenTheyAreOnIt) {
  auto& server = serve(echo());
  server.use_edge({.trusted_proxies = ranges("127.0.0.1")});
  const std::string get(kGet);
  EXPECT_THAT(ask_once(get + "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\n\r\n"),
              HasSubstr("Strict-Transport-Security: max-age=31536000\r\n"));
  EXPECT_THAT(ask_once(get + "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: http\r\n\r\n"),
              Not(HasSubstr("Strict-Transport-Security")));
}

TEST_F(EdgeTest, AllowsTheOriginsItWasToldAndNoOthers) {
  auto& server = serve(echo());
  server.use_edge({.allowed_origins = {"https://studio.example"}});
  const std::string get(kGet);
  EXPECT_THAT(ask_once(get + "Origin: https://studio.example\r\n\r\n"),
              AllOf(HasSubstr("Access-Control-Allow-Origin: https://studio.example\r\n"),
                    HasSubstr("Vary: Origin\r\n"), Not(HasSubstr("Allow-Credentials"))));
  for (const std::string_view origin :
       {"https://studio.example.evil.example", "https://studio.example:444", "null",
        "http://studio.example", "https://Studio.example"}) {
    EXPECT_THAT(ask_once(get + "Origin: " + std::string(origin) + "\r\n\r\n"),
                AllOf(HasSubstr("HTTP/1.1 200"), HasSubstr("Vary: Origin\r\n"),
                      Not(HasSubstr("Access-Control-Allow-Origin"))))
        << origin;
  }
}

TEST_F(EdgeTest, AnswersPreflightsItself) {
  auto& server = serve(echo());
  server.use_edge({.allowed_origins = {"https://studio.example"}});
  const std::string ask =
      "OPTIONS /api/agents HTTP/1.1\r\nHost: h\r\nAccess-Control-Request-Method: PATCH\r\n";
  EXPECT_THAT(ask_once(ask + "Origin: https://studio.example\r\n\r\n"),
              AllOf(HasSubstr("HTTP/1.1 204"),
                    HasSubstr("Access-Control-Allow-Origin: https://studio.example\r\n"),
                    HasSubstr("Access-Control-Allow-Methods: GET, HEAD, POST, PUT, PATCH, DELETE"),
                    HasSubstr("Access-Control-Allow-Headers: Authorization, Content-Type"),
                    HasSubstr("Access-Control-Max-Age: 600\r\n")));
  EXPECT_THAT(ask_once(ask + "Origin: https://evil.example\r\n\r\n"),
              AllOf(HasSubstr("HTTP/1.1 403"), Not(HasSubstr("Access-Control-"))));
}

TEST_F(EdgeTest, LimitsConnectionsByAddressButNotThoseOfProxies) {
  auto& server = serve(echo(), {.connections_per_address_max = 1});
  auto first = connect();
  settle();
  EXPECT_THAT(ask_once("GET / HTTP/1.1\r\nHost: h\r\n\r\n"),
              AllOf(HasSubstr("HTTP/1.1 503"), HasSubstr("Retry-After: 1\r\n"),
                    HasSubstr("address_too_many")));
  server.use_edge({.trusted_proxies = ranges("127.0.0.0/8")});
  EXPECT_THAT(ask_once("GET / HTTP/1.1\r\nHost: h\r\n\r\n"), HasSubstr("HTTP/1.1 200"));
}

TEST(Origin, IsWhatABrowserSends) {
  for (const std::string_view good :
       {"https://studio.example", "http://localhost:5173", "https://[::1]:8443", "*"}) {
    EXPECT_TRUE(parse_origin(good)) << good;
  }
  for (const std::string_view bad :
       {"studio.example", "https://studio.example/", "https://*.example", "https://Studio.example",
        "ftp://x", "https://", "null", "https://a b", "https://x:"}) {
    EXPECT_FALSE(parse_origin(bad)) << bad;
  }
}

}  // namespace
}  // namespace antiphon
