#include "net/outbound_url.h"

#include <gtest/gtest.h>

#include <string>

namespace antiphon {
namespace {

constexpr const char* kNumberHost =
    "the URL's host is a number; write an IPv4 address as four decimal parts, like 192.0.2.1";
constexpr const char* kBadName =
    "the URL's host holds a character that is not a letter, digit, hyphen or underscore; "
    "write an international name in its xn-- form";
constexpr const char* kNotAscii =
    "the URL holds a character outside ASCII; write the host in its xn-- form, the rest "
    "percent-encoded";
constexpr const char* kSpace = "the URL holds white space or a control character";
constexpr const char* kUser = "the URL holds a user name; send a header instead";
constexpr const char* kEmptyPart = "the URL's host has an empty part between two dots";
constexpr const char* kNoSixInBrackets = "the URL's host in brackets is not an IPv6 address";
constexpr const char* kPort = "the URL's port is not a number from 1 to 65535";
constexpr const char* kScheme = "the URL does not begin with https://";

std::string refusal_of(std::string_view text) {
  const auto url = OutboundUrl::parse(text);
  if (url) return "accepted as " + url->to_string();
  EXPECT_EQ(url.error().code, ErrorCode::invalid_argument) << text;
  return url.error().message;
}

TEST(OutboundUrl, TakesAnOrdinaryUrlApart) {
  const auto url = OutboundUrl::parse("HTTPS://API.Example.org:8443/v1/a%20b?c=d&e#fragment");
  ASSERT_TRUE(url) << url.error().message;
  EXPECT_TRUE(url->is_https);
  EXPECT_EQ(url->host, "api.example.org");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->target, "/v1/a%20b?c=d&e");
  EXPECT_FALSE(url->address);
  EXPECT_EQ(url->to_string(), "https://api.example.org:8443/v1/a%20b?c=d&e");
  EXPECT_EQ(OutboundUrl::parse("http://example.org")->to_string(), "http://example.org/");
  EXPECT_EQ(OutboundUrl::parse("https://example.org?q")->to_string(), "https://example.org/?q");
  EXPECT_EQ(OutboundUrl::parse("https://example.org:443")->to_string(), "https://example.org/");
  EXPECT_EQ(OutboundUrl::parse("https://xn--bcher-kva.example/")->host, "xn--bcher-kva.example");
  EXPECT_EQ(OutboundUrl::parse("https://example.org./")->host, "example.org");
}

TEST(OutboundUrl, ReadsAddressesInTheirOneForm) {
  EXPECT_EQ(OutboundUrl::parse("https://192.0.2.1:1/")->address, IpAddress::parse("192.0.2.1"));
  const auto six = OutboundUrl::parse("https://[2001:DB8:0::1]:8443/");
  EXPECT_EQ(six->address, IpAddress::parse("2001:db8::1"));
  EXPECT_EQ(six->to_string(), "https://[2001:db8::1]:8443/");
  EXPECT_EQ(OutboundUrl::parse("https://[::FFFF:127.0.0.1]/")->host, "::ffff:127.0.0.1");
}

TEST(OutboundUrl, RefusesEveryOtherSpellingOfAnAddress) {
  for (const char* text :
       {"https://2130706433/", "https://017700000001/", "https://0x7f000001/", "https://0x7f.1/",
        "https://127.1/", "https://127.0.1/", "https://0177.0.0.1/", "https://127.0.0.01/",
        "https://0x7f.0x0.0x0.0x1/", "https://127.0.0.1./", "https://127.0.0.256/",
        "https://0.0.0.0.0/", "https://example.1/", "https://example.0x/", "https://0/"}) {
    EXPECT_EQ(refusal_of(text), kNumberHost) << text;
  }
  EXPECT_EQ(refusal_of("https://[127.0.0.1]/"), kNoSixInBrackets);
  EXPECT_EQ(refusal_of("https://[::1%25lo]/"), kNoSixInBrackets);
  EXPECT_EQ(refusal_of("https://[::1%lo]/"), kNoSixInBrackets);
  EXPECT_EQ(refusal_of("https://[]/"), kNoSixInBrackets);
  EXPECT_EQ(refusal_of("https://[::ffff:0177.0.0.1]/"), kNoSixInBrackets);
  EXPECT_EQ(refusal_of("https://[v1.fe]/"), kNoSixInBrackets);
  EXPECT_EQ(refusal_of("https://[::1/"), "the URL's IPv6 address lacks its bracket");
  EXPECT_EQ(refusal_of("https://[::1]x/"), "the URL's IPv6 address lacks its bracket");
  EXPECT_EQ(refusal_of("https://::1/"), "the URL has no host");
}

TEST(OutboundUrl, RefusesWhatTwoReadersMayReadDifferently) {
  EXPECT_EQ(refusal_of("https://user@example.org/"), kUser);
  EXPECT_EQ(refusal_of("https://example.org:443@127.0.0.1/"), kUser);
  EXPECT_EQ(refusal_of("https://@example.org/"), kUser);
  EXPECT_EQ(refusal_of("https://example.org\\@127.0.0.1/"), "the URL holds a backslash");
  EXPECT_EQ(refusal_of("https:\\\\example.org/"), "the URL holds a backslash");
  EXPECT_EQ(refusal_of("https://exam ple.org/"), kSpace);
  EXPECT_EQ(refusal_of(" https://example.org/"), kSpace);
  EXPECT_EQ(refusal_of("https://example.org/\r\nHost: x"), kSpace);
  EXPECT_EQ(refusal_of("https://exa\tmple.org/"), kSpace);
  EXPECT_EQ(refusal_of(std::string_view("https://example.org\0.evil/", 26)), kSpace);
  EXPECT_EQ(refusal_of("https://example.org/\x7f"), kSpace);
  EXPECT_EQ(refusal_of("https://127%2e0%2e0%2e1/"), kBadName);
  EXPECT_EQ(refusal_of("https://%31%32%37.0.0.1/"), kBadName);
  EXPECT_EQ(refusal_of("https://exa$mple.org/"), kBadName);
  EXPECT_EQ(refusal_of("https://b\xc3\xbc"
                       "cher.example/"),
            kNotAscii);
  EXPECT_EQ(refusal_of("https://127\xe3\x80\x82"
                       "0.0.1/"),
            kNotAscii);
  EXPECT_EQ(refusal_of("https://\xe2\x91\xa0\xe2\x91\xa1.0.0.1/"), kNotAscii);
  EXPECT_EQ(refusal_of("https://example.org/\xc3\xbc"), kNotAscii);
  EXPECT_EQ(refusal_of("https://example..org/"), kEmptyPart);
  EXPECT_EQ(refusal_of("https://.example.org/"), kEmptyPart);
  EXPECT_EQ(refusal_of("https://example.org../"), kEmptyPart);
}

TEST(OutboundUrl, RefusesWhatIsNoHttpUrl) {
  EXPECT_EQ(refusal_of(""), kScheme);
  EXPECT_EQ(refusal_of("example.org/"), kScheme);
  EXPECT_EQ(refusal_of("//example.org/"), kScheme);
  EXPECT_EQ(refusal_of("ftp://example.org/"), kScheme);
  EXPECT_EQ(refusal_of("file:///etc/passwd"), kScheme);
  EXPECT_EQ(refusal_of("gopher://127.0.0.1:6379/_INFO"), kScheme);
  EXPECT_EQ(refusal_of("https:example.org"), kScheme);
  EXPECT_EQ(refusal_of("javascript:alert(1)"), kScheme);
  EXPECT_EQ(refusal_of("https://"), "the URL has no host");
  EXPECT_EQ(refusal_of("https:///path"), "the URL has no host");
  EXPECT_EQ(refusal_of("https://./"), "the URL has no host");
  EXPECT_EQ(refusal_of("https://:443/"), "the URL has no host");
  for (const char* text :
       {"https://example.org:/", "https://example.org:0/", "https://example.org:65536/",
        "https://example.org:0443/", "https://example.org:+443/", "https://example.org:443x/",
        "https://[::1]:/", "https://example.org:443:80/"}) {
    EXPECT_EQ(refusal_of(text), kPort) << text;
  }
  EXPECT_EQ(refusal_of("https://example.org/" + std::string(4096, 'a')),
            "the URL is over 4,096 bytes");
  EXPECT_EQ(refusal_of("https://" + std::string(64, 'a') + ".org/"),
            "a part of the URL's host is over 63 characters");
  std::string long_host;
  for (int i = 0; i < 64; ++i)
    long_host += "abc.";
  EXPECT_EQ(refusal_of("https://" + long_host + "org/"), "the URL's host is over 253 characters");
}

TEST(OutboundUrl, ResolvesARedirectAgainstItsRequest) {
  const auto base = *OutboundUrl::parse("https://example.org:8443/a/b?c");
  EXPECT_EQ(resolve_location(base, "https://x.org/y"), "https://x.org/y");
  EXPECT_EQ(resolve_location(base, "//x.org/y"), "https://x.org/y");
  EXPECT_EQ(resolve_location(base, "/y?z"), "https://example.org:8443/y?z");
  EXPECT_EQ(resolve_location(base, "y"), "https://example.org:8443/a/y");
  EXPECT_EQ(resolve_location(base, "../y"), "https://example.org:8443/a/../y");
  EXPECT_EQ(resolve_location(base, "?y"), "https://example.org:8443/a/b?y");
  EXPECT_EQ(resolve_location(base, "y:z"), "y:z");
  EXPECT_EQ(resolve_location(base, "./y:z"), "https://example.org:8443/a/./y:z");
}

}  // namespace
}  // namespace antiphon
