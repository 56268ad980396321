#include "net/socket_address.h"
#include "net/url.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

TEST(SocketAddress, ReadsWhatPeopleWrite) {
  EXPECT_EQ(SocketAddress::parse("127.0.0.1:8080"), (SocketAddress{"127.0.0.1", 8080}));
  EXPECT_EQ(SocketAddress::parse("[::1]:0"), (SocketAddress{"::1", 0}));
  EXPECT_EQ(SocketAddress::parse(":443"), (SocketAddress{"", 443}));
  EXPECT_EQ(SocketAddress::parse("my-host.example:65535"),
            (SocketAddress{"my-host.example", 65535}));
  EXPECT_EQ((SocketAddress{"::1", 80}).to_string(), "[::1]:80");
  EXPECT_EQ((SocketAddress{"localhost", 80}).to_string(), "localhost:80");
}

TEST(SocketAddress, RefusesTheRest) {
  for (const std::string_view text :
       {"", "localhost", "localhost:", "localhost:65536", "localhost:-1", "localhost:8080x",
        "::1:80", "[::1]", "[localhost]:80", "a b:80", "http://x:80"}) {
    EXPECT_FALSE(SocketAddress::parse(text)) << text;
  }
}

TEST(Url, IsTakenApart) {
  const auto url = Url::parse("WSS://Example.org/audio/pcm?token=a%20b#part");
  ASSERT_TRUE(url) << url.error().message;
  EXPECT_EQ(url->scheme, "wss");
  EXPECT_EQ(url->port, 443);
  EXPECT_EQ(url->target, "/audio/pcm?token=a%20b");
  EXPECT_TRUE(url->is_tls());
  const auto bare = Url::parse("http://[::1]:8080");
  ASSERT_TRUE(bare) << bare.error().message;
  EXPECT_EQ(bare->host, "::1");
  EXPECT_EQ(bare->target, "/");
  EXPECT_EQ(bare->authority(), "[::1]:8080");
}

TEST(Url, RefusesWhatAClientCannotUse) {
  for (const std::string_view text : {"", "/path", "ftp://x/", "http://", "http://me:secret@x/",
                                      "http://x:0/", "http://x:99999/", "http://x/a b"}) {
    EXPECT_FALSE(Url::parse(text)) << text;
  }
}

}  // namespace
}  // namespace antiphon
