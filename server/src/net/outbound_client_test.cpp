// The outbound client against real local servers, which it reaches only through an allow list.
#include "net/outbound_fixture_test.h"

namespace antiphon {
namespace {

constexpr const char* kLoopback =
    "the target's address is not allowed for outbound requests: loopback";

TEST_F(OutboundClientTest, ReachesAPrivateTargetOnlyThroughTheAllowList) {
  serve(echo());
  const auto answer = get("/path?query");
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->body, "GET /path?query ");
  const std::string https = "https://" + authority() + "/";
  const OutboundPolicy any_port{.plain_http = PlainHttp::allowed, .ports = {server_->port()}};
  expect_refused(send({.url = url("/")}, any_port), ErrorCode::permission_denied, kLoopback);
  expect_refused(send({.url = url("/")}, {}), ErrorCode::permission_denied,
                 "plain http is not allowed for this target; use https");
  expect_refused(
      send({.url = https}, {}), ErrorCode::permission_denied,
      "port " + std::to_string(server_->port()) + " is not allowed for outbound requests");
  const OutboundPolicy other{.allowed = {*OutboundTarget::parse("http://127.0.0.1:1")}};
  EXPECT_EQ(send({.url = url("/")}, other).error().code, ErrorCode::permission_denied);
}

TEST_F(OutboundClientTest, RefusesEveryKindOfAddressThatIsNotPublic) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"127.0.0.1", "loopback"},       {"[::1]", "loopback"},
      {"10.1.2.3", "private"},         {"100.64.0.1", "carrier-grade NAT"},
      {"[fd00::1]", "unique local"},   {"0.0.0.0", "unspecified"},
      {"[::]", "unspecified"},         {"169.254.169.254", "link-local"},
      {"[fe80::1]", "link-local"},     {"168.63.129.16", "metadata"},
      {"224.0.0.1", "multicast"},      {"255.255.255.255", "broadcast"},
      {"192.0.2.1", "documentation"},  {"198.18.0.1", "benchmarking"},
      {"240.0.0.1", "reserved"},       {"[::ffff:8.8.8.8]", "IPv4-mapped"},
      {"[64:ff9b::8.8.8.8]", "NAT64"}, {"[64:ff9b:1::1]", "NAT64"},
      {"[2002:808:808::]", "6to4"},    {"[2001::1]", "Teredo"},
  };
  for (const auto& [host, kind] : cases) {
    expect_refused(
        send({.url = std::string("https://") + host + "/"}, {}), ErrorCode::permission_denied,
        std::string("the target's address is not allowed for outbound requests: ") + kind);
  }
}

TEST_F(OutboundClientTest, AnAllowListNeverOpensMetadataAndItsLike) {
  for (const char* host : {"169.254.169.254", "[fe80::1]", "168.63.129.16", "0.0.0.0", "224.0.0.1",
                           "[::ffff:10.0.0.1]", "[64:ff9b::a00:1]"}) {
    const std::string target = std::string(host) + ":443";
    EXPECT_EQ(
        send({.url = "https://" + target + "/"}, {.allowed = {*OutboundTarget::parse(target)}})
            .error()
            .code,
        ErrorCode::permission_denied)
        << host;
  }
}

TEST_F(OutboundClientTest, RefusesThisMachinesOwnPublicAddresses) {
  resolver_.own = {*IpAddress::parse("8.8.4.4")};
  expect_refused(send({.url = "https://8.8.4.4/"}, {}), ErrorCode::permission_denied,
                 "the target's address is not allowed for outbound requests: this server's own");
}

TEST_F(OutboundClientTest, OneForbiddenAddressAmongSeveralRefusesTheName) {
  resolver_.answer("mixed.example", {"8.8.8.8", "10.0.0.1"});
  expect_refused(send({.url = "https://mixed.example/"}, {}), ErrorCode::permission_denied,
                 "the target's address is not allowed for outbound requests: private");
}

TEST_F(OutboundClientTest, ConnectsToTheAddressThatWasCheckedAndLooksUpOnce) {
  serve(echo());
  // A second look-up would leave the machine: it must not happen.
  resolver_.answer("twice.example", {"127.0.0.1"});
  resolver_.answer("twice.example", {"192.0.2.1"});
  const auto answer = send({.url = url("/", "twice.example")}, listed("twice.example"));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(resolver_.lookups, 1);
  EXPECT_EQ(answer->body, "GET / ");
}

TEST_F(OutboundClientTest, ANameThatTurnsPrivateIsRefusedOnItsNextRequest) {
  serve(echo());
  resolver_.answer("rebind.example", {"127.0.0.1"});
  resolver_.answer("rebind.example", {"169.254.169.254"});
  ASSERT_TRUE(send({.url = url("/", "rebind.example")}, listed("rebind.example")));
  expect_refused(send({.url = url("/", "rebind.example")}, listed("rebind.example")),
                 ErrorCode::permission_denied,
                 "the target's address is not allowed for outbound requests: link-local");
}

TEST_F(OutboundClientTest, AWarmConnectionOfOneWorkspaceIsNoDoorForAnother) {
  serve(echo());
  resolver_.answer("shared.example", {"127.0.0.1"});
  ASSERT_TRUE(send({.url = url("/", "shared.example")}, listed("shared.example")));
  const OutboundPolicy stranger{.plain_http = PlainHttp::allowed, .ports = {server_->port()}};
  expect_refused(send({.url = url("/", "shared.example")}, stranger), ErrorCode::permission_denied,
                 kLoopback);
}

TEST_F(OutboundClientTest, KeepsConnectionsWarm) {
  serve(echo());
  for (int i = 0; i < 5; ++i)
    ASSERT_TRUE(get("/"));
  EXPECT_EQ(metrics_.counter("http_accepted_total", "").value(), 1u);
}

TEST_F(OutboundClientTest, TriesTheNextAddressWhereNobodyListens) {
  serve(echo());
  resolver_.answer("two.example", {"127.0.0.9", "127.0.0.1"});
  const auto answer = send({.url = url("/", "two.example")}, listed("two.example"));
  ASSERT_TRUE(answer) << answer.error().message;
}

TEST_F(OutboundClientTest, FollowsRedirectsOneByOne) {
  serve(redirect_to(302, [] { return "/end"; }));
  const auto answer = send({.method = Method::post,
                            .url = url("/start"),
                            .headers = {{"Content-Type", "text/plain"}},
                            .credentials = {{"X-Key", "secret"}},
                            .body = "body"},
                           listed());
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->body, "GET ");
  EXPECT_EQ(seen_.find("X-Key"), "secret");
  EXPECT_FALSE(seen_.contains("Content-Type"));
}

TEST_F(OutboundClientTest, KeepsMethodAndBodyAcrossA307) {
  serve(redirect_to(307, [] { return "/end"; }));
  const auto answer =
      send({.method = Method::post, .url = url("/start"), .body = "body"}, listed());
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->body, "POST body");
}

TEST_F(OutboundClientTest, StopsAfterFiveRedirects) {
  serve(redirect_to(302, [this] { return "/" + std::to_string(requests_); }));
  expect_refused(get("/"), ErrorCode::protocol_error, "the target redirects too often");
  EXPECT_EQ(requests_, 6);
}

TEST_F(OutboundClientTest, ChecksTheTargetOfEveryRedirect) {
  serve(redirect_to(302, [] { return "http://169.254.169.254/latest/meta-data/"; }));
  OutboundPolicy policy = listed();
  policy.plain_http = PlainHttp::allowed;
  expect_refused(send({.url = url("/")}, policy), ErrorCode::permission_denied,
                 "the target's address is not allowed for outbound requests: link-local");
  EXPECT_EQ(requests_, 1);
}

TEST_F(OutboundClientTest, NeverTakesCredentialsOrABodyToAnotherOrigin) {
  resolver_.answer("a.example", {"127.0.0.1"});
  resolver_.answer("b.example", {"127.0.0.1"});
  int status = 303;
  serve(respond_with([&](Request request) -> Task<Response> {
    Response response;
    if (request.target == "/end") {
      seen_ = request.headers;
    } else {
      response.status = status;
      response.headers.add("Location", url("/end", "b.example"));
    }
    co_return response;
  }));
  OutboundPolicy both = listed("a.example");
  both.allowed.push_back(listed("b.example").allowed.front());
  const OutboundRequest request{
      .method = Method::post,
      .url = url("/", "a.example"),
      .headers = {{"Authorization", "Bearer a"}, {"cookie", "b"}, {"X-Plain", "kept"}},
      .credentials = {{"X-Key", "secret"}},
      .body = "body"};
  ASSERT_TRUE(send(request, both));
  EXPECT_FALSE(seen_.contains("Authorization"));
  EXPECT_FALSE(seen_.contains("Cookie"));
  EXPECT_FALSE(seen_.contains("X-Key"));
  EXPECT_EQ(seen_.find("X-Plain"), "kept");
  status = 307;
  expect_refused(send(request, both), ErrorCode::permission_denied,
                 "a redirect may not take the request's body to another origin");
}

TEST_F(OutboundClientTest, RefusesHeadersThatAreOursOrNoHeaders) {
  serve(echo());
  const auto with = [this](std::string name, std::string value) {
    return send({.url = url("/"), .headers = {{std::move(name), std::move(value)}}}, listed());
  };
  expect_refused(with("Host", "x"), ErrorCode::invalid_argument,
                 "the header host is set by the client itself");
  expect_refused(with("Transfer-Encoding", "chunked"), ErrorCode::invalid_argument,
                 "the header transfer-encoding is set by the client itself");
  constexpr const char* kNoLine = "a header of the request is not a name and one line of text";
  expect_refused(with("X", "a\r\nY: b"), ErrorCode::invalid_argument, kNoLine);
  expect_refused(with("X Y", "a"), ErrorCode::invalid_argument, kNoLine);
  expect_refused(with("", "a"), ErrorCode::invalid_argument, kNoLine);
}

}  // namespace
}  // namespace antiphon
