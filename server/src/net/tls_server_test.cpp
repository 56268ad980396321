// The server over TLS, asked by our own client, which checks the certificate.
#include "crypto/self_signed.h"
#include "net/http_client.h"
#include "net/server_fixture_test.h"
#include "net/tls_identity.h"
#include "net/websocket.h"
#include "net/websocket_client.h"

#include <gmock/gmock.h>

#include <fstream>

namespace antiphon {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

class TlsServerTest : public HttpServerTest {
 protected:
  // OpenSSL's client looks at the machine's clock, so the tests' certificate lives long.
  void write_pair(std::string_view file_of_key = "key.pem",
                  std::chrono::days lifetime = std::chrono::days(36'500)) {
    const auto pair = make_self_signed({"127.0.0.1", "localhost"}, clock_.wall(), lifetime);
    CHECK(pair, "the names are good");
    std::ofstream(folder_.path() / "certificate.pem") << pair->certificate;
    std::ofstream(folder_.path() / file_of_key) << pair->key;
  }
  void load() {
    auto identity = TlsIdentity::load(certificate_, folder_.path() / "key.pem", clock_);
    ASSERT_TRUE(identity) << identity.error().message;
    identity_ = std::move(*identity);
  }
  HttpServer& serve_tls(HttpHandler handler, HttpLimits limits = {}, RequestPolicy policy = {}) {
    write_pair();
    load();
    auto& server = serve(std::move(handler), limits, policy);
    server.use_tls(*identity_, loop_.get_executor());
    return server;
  }
  std::string url(std::string_view scheme) {
    return std::string(scheme) + "://127.0.0.1:" + std::to_string(server_->port()) + "/x";
  }
  Result<Response> get(const std::string& authority, std::string body = {}) {
    HttpClient client(loop_.get_executor(), clock_, {.certificate_authorities = authority});
    const Method method = body.empty() ? Method::get : Method::post;
    return run(loop_,
               client.send({.method = method, .url = url("https"), .body = std::move(body)}));
  }

  TemporaryFolder folder_;
  const std::string certificate_ = (folder_.path() / "certificate.pem").string();
  std::unique_ptr<TlsIdentity> identity_;
};

TEST_F(TlsServerTest, AnswersOverTlsAndTellsBrowsersToStay) {
  serve_tls(echo());
  const auto response = get(certificate_);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "GET /x ");
  EXPECT_EQ(response->headers.find("Strict-Transport-Security"), "max-age=31536000");
}

TEST_F(TlsServerTest, CarriesBodiesOfManyRecordsBothWays) {
  serve_tls(echo());
  const std::string body(700'000, 'b');
  const auto response = get(certificate_, body);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "POST /x " + body);
}

TEST_F(TlsServerTest, OpensWebSocketsOverTls) {
  RequestPolicy policy;
  policy.websocket = Upgrade::allowed;
  serve_tls(
      [](Request request, ResponseWriter& writer) -> Task<> {
        auto socket = co_await accept_websocket(request, writer, {});
        if (!socket) co_return;
        while (auto message = co_await socket->receive())
          socket->try_send(std::move(*message));
      },
      {}, policy);
  const auto talk = [](Clock& clock, WebSocketConnect wanted) -> Task<Result<std::string>> {
    auto socket = co_await connect_websocket(clock, std::move(wanted));
    if (!socket) co_return std::unexpected(socket.error());
    socket->try_send_text(std::string(50'000, 'w'));
    auto message = co_await socket->receive();
    if (!message) co_return std::unexpected(message.error());
    co_await socket->close(kCloseNormal, "");
    co_return std::move(message->data);
  };
  const auto echoed =
      run(loop_, talk(clock_, {.url = url("wss"), .certificate_authorities = certificate_}));
  ASSERT_TRUE(echoed) << echoed.error().message;
  EXPECT_EQ(*echoed, std::string(50'000, 'w'));
}

TEST_F(TlsServerTest, TellsPlainHttpWhatIsWrong) {
  serve_tls(echo());
  EXPECT_THAT(ask_once("GET / HTTP/1.1\r\nHost: h\r\n\r\n"),
              testing::AllOf(HasSubstr("HTTP/1.1 400"), HasSubstr("tls_expected")));
  EXPECT_EQ(refused("tls_expected"), 1u);
}

TEST_F(TlsServerTest, EndsAHandshakeThatDoesNotGoOn) {
  serve_tls(echo());
  auto silent = connect();
  auto half = connect();
  half.send("\x16\x03\x01\x02");
  settle();
  advance(11s);
  EXPECT_EQ(silent.receive(), "");
  EXPECT_TRUE(silent.is_closed());
  half.receive();
  EXPECT_TRUE(half.is_closed());
  EXPECT_EQ(server_->connection_count(), 0u);
}

TEST_F(TlsServerTest, EndsAConnectionThatSpeaksNonsense) {
  serve_tls(echo());
  auto client = connect();
  ask(client, std::string("\x16\x03\x01\x00\x05hello", 10));
  settle();
  client.receive();
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(refused("handshake_failed"), 1u);
}

TEST_F(TlsServerTest, TakesANewCertificateAndKeepsTheOldOneWhenTheNewIsBad) {
  serve_tls(echo());
  const std::string first = identity_->fingerprint();
  EXPECT_FALSE(identity_->has_changed());
  std::ofstream(certificate_) << "no certificate\n";
  EXPECT_TRUE(identity_->has_changed());
  EXPECT_EQ(identity_->reload().error().code, ErrorCode::invalid_argument);
  EXPECT_FALSE(identity_->has_changed()) << "it is not tried again until it changes again";
  EXPECT_EQ(identity_->fingerprint(), first);
  write_pair();
  EXPECT_TRUE(identity_->has_changed());
  ASSERT_TRUE(identity_->reload());
  EXPECT_NE(identity_->fingerprint(), first);
  EXPECT_TRUE(get(certificate_)) << "the client trusts the new file alone";
}

TEST_F(TlsServerTest, RefusesAKeyOfAnotherCertificateAndAnExpiredOne) {
  write_pair();
  write_pair("other.pem");
  const auto key = folder_.path() / "key.pem";
  EXPECT_EQ(TlsIdentity::load(certificate_, key, clock_).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(TlsIdentity::load("/nowhere", key, clock_).error().code, ErrorCode::unavailable);
  write_pair("key.pem", std::chrono::days(1));
  ManualClock late;
  late.advance(std::chrono::days(2));
  EXPECT_THAT(TlsIdentity::load(certificate_, key, late).error().message, HasSubstr("expired"));
}

TEST(SelfSigned, RefusesNamesThatAreNone) {
  EXPECT_FALSE(make_self_signed({}, WallTime{}));
  EXPECT_FALSE(make_self_signed({"a,DNS:evil.example"}, WallTime{}));
  EXPECT_TRUE(make_self_signed({"box.local", "192.0.2.1", "2001:db8::1"}, WallTime{}));
}

}  // namespace
}  // namespace antiphon
