// The clients over TLS: who is trusted, and who is not.
#include "core/check.h"
#include "net/http_client.h"
#include "net/outbound_client.h"
#include "net/websocket_client.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>

namespace antiphon {
namespace {

namespace asio = boost::asio;
constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

// A self-signed certificate for `name` ("IP:127.0.0.1" or "DNS:example.org"), with its key, in one
// PEM file.
void write_certificate(const std::string& path, const char* name) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"),
                                                                &EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), &X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  // libcurl refuses a certificate whose issuer has no name.
  X509_NAME* issuer = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(issuer, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), issuer);
  X509_EXTENSION* extension =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, const_cast<char*>(name));
  X509_add_ext(certificate.get(), extension, -1);
  X509_EXTENSION_free(extension);
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  const std::unique_ptr<FILE, decltype(&fclose)> file(fopen(path.c_str(), "w"), &fclose);
  CHECK(PEM_write_X509(file.get(), certificate.get()) == 1, "the test's folder is writable");
  CHECK(PEM_write_PrivateKey(file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
        "the test's folder is writable");
}

class TlsClientTest : public testing::Test {
 protected:
  TlsClientTest() : acceptor_(loop_, {asio::ip::address_v4::loopback(), 0}) {}
  ~TlsClientTest() override {
    server_.cancel();
    run_until_idle(loop_);
  }

  // Answers each connection with `answer`.
  void serve(const char* name, std::string answer) {
    write_certificate(pem_, name);
    context_.use_certificate_file(pem_, asio::ssl::context::pem);
    context_.use_private_key_file(pem_, asio::ssl::context::pem);
    server_.spawn(answer_all(std::move(answer)));
  }
  Task<> answer_all(std::string answer) {
    while (!co_await is_cancelled()) {
      auto [error, tcp] = co_await acceptor_.async_accept(kToken);
      if (error) co_return;
      asio::ssl::stream<asio::ip::tcp::socket> socket(std::move(tcp), context_);
      const auto [refused] =
          co_await socket.async_handshake(asio::ssl::stream_base::server, kToken);
      if (refused) continue;
      std::string request;
      co_await asio::async_read_until(socket, asio::dynamic_buffer(request), "\r\n\r\n", kToken);
      co_await asio::async_write(socket, asio::buffer(answer), kToken);
      co_await socket.async_shutdown(kToken);
    }
  }
  std::string url(const std::string& scheme) {
    return scheme + "://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/";
  }
  Result<Response> get(std::string authorities) {
    HttpClient client(loop_.get_executor(), clock_,
                      {.certificate_authorities = std::move(authorities)});
    return run(loop_, client.send({.url = url("https")}));
  }

  asio::io_context loop_;
  ManualClock clock_;
  TemporaryFolder folder_;
  const std::string pem_ = (folder_.path() / "certificate.pem").string();
  asio::ssl::context context_{asio::ssl::context::tls_server};
  asio::ip::tcp::acceptor acceptor_;
  TaskGroup server_{loop_.get_executor()};
};

TEST_F(TlsClientTest, TrustsTheAuthorityItWasGiven) {
  serve("IP:127.0.0.1", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  const auto response = get(pem_);
  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "ok");
}

TEST_F(TlsClientTest, RefusesACertificateNobodyVouchesFor) {
  serve("IP:127.0.0.1", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  const auto response = get("");
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::protocol_error);
}

TEST_F(TlsClientTest, RefusesACertificateOfAnotherName) {
  serve("DNS:example.org", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  const auto response = get(pem_);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::protocol_error);
}

// The name is checked against the certificate, though the connection goes to a checked address.
TEST_F(TlsClientTest, TheOutboundClientTrustsTheSameAndNobodyElse) {
  class OneName final : public Resolver {
   public:
    Task<Result<std::vector<IpAddress>>> resolve(std::string) override {
      co_return std::vector{*IpAddress::parse("127.0.0.1")};
    }
    [[nodiscard]] std::vector<IpAddress> own_addresses() override { return {}; }
  };
  serve("DNS:example.org", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  OneName names;
  const auto ask = [&](const std::string& host, const std::string& authorities) {
    const std::string target = host + ":" + std::to_string(acceptor_.local_endpoint().port());
    OutboundClient client(loop_.get_executor(), clock_, names,
                          {.certificate_authorities = authorities});
    return run(loop_, client.send({.url = "https://" + target + "/"},
                                  {.allowed = {*OutboundTarget::parse(target)}}));
  };
  const auto trusted = ask("example.org", pem_);
  ASSERT_TRUE(trusted) << trusted.error().message;
  EXPECT_EQ(trusted->body, "ok");
  EXPECT_EQ(ask("other.example", pem_).error().code, ErrorCode::protocol_error);
  EXPECT_EQ(ask("example.org", "").error().code, ErrorCode::protocol_error);
}

TEST_F(TlsClientTest, OpensWebSocketsOverTls) {
  serve("IP:127.0.0.1", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
  const auto trusted =
      run(loop_, connect_websocket(clock_, {.url = url("wss"), .certificate_authorities = pem_}));
  EXPECT_EQ(trusted.error().code, ErrorCode::permission_denied);
  const auto untrusted = run(loop_, connect_websocket(clock_, {.url = url("wss")}));
  EXPECT_EQ(untrusted.error().code, ErrorCode::protocol_error);
}

}  // namespace
}  // namespace antiphon
