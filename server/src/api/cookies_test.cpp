#include "api/cookies.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

std::string found(const std::string& header) {
  return cookie_of(Headers{{"Cookie", header}}, "antiphon_session");
}

TEST(Cookies, FindsOneAmongOthers) {
  EXPECT_EQ(found("antiphon_session=abc"), "abc");
  EXPECT_EQ(found("a=1; antiphon_session=abc; b=2"), "abc");
  EXPECT_EQ(found("a=1;antiphon_session=abc"), "abc");
  EXPECT_EQ(
      cookie_of(Headers{{"cookie", "a=1"}, {"COOKIE", "antiphon_session=abc"}}, "antiphon_session"),
      "abc");
}

TEST(Cookies, TakesNothingThatOnlyLooksLikeIt) {
  for (const std::string wrong :
       {"", ";", "antiphon_session", "xantiphon_session=abc", "antiphon_sessionx=abc",
        "ANTIPHON_SESSION=abc", "a=antiphon_session=abc", "__Host-antiphon_session=abc"})
    EXPECT_EQ(found(wrong), "") << wrong;
}

TEST(Cookies, BelievesNeitherOfTwo) {
  EXPECT_EQ(found("antiphon_session=abc; antiphon_session=def"), "");
  EXPECT_EQ(cookie_of(Headers{{"Cookie", "antiphon_session=a"}, {"Cookie", "antiphon_session=b"}},
                      "antiphon_session"),
            "");
}

TEST(Cookies, NamesTheSessionSoThatBrowsersGuardItBehindTls) {
  EXPECT_EQ(session_cookie_name(true), "__Host-antiphon_session");
  EXPECT_EQ(session_cookie_name(false), "antiphon_session");
}

}  // namespace
}  // namespace antiphon
