// For the tests of net/: a server on a manual clock, and a client that sends any bytes it likes.
#pragma once

#include "core/check.h"
#include "net/http_server.h"
#include "testing/manual_clock.h"
#include "testing/run.h"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <utility>

namespace antiphon {

// A TCP connection to the loopback address. Never blocks: what has not arrived is not there yet.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : descriptor_(socket(AF_INET, SOCK_STREAM, 0)) {
    CHECK(descriptor_ >= 0, "a test may open a socket");
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int failed =
        connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
    CHECK(failed == 0, "the server under test listens");
    fcntl(descriptor_, F_SETFL, O_NONBLOCK);
    // Without it the kernel holds a second small piece back until the first is acknowledged.
    const int on = 1;
    setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  }
  RawClient(RawClient&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  RawClient& operator=(RawClient&&) = delete;
  ~RawClient() { close(); }

  // How many bytes the kernel took.
  std::size_t send(std::string_view bytes) {
    const auto count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    return count < 0 ? 0 : static_cast<std::size_t>(count);
  }
  void half_close() { shutdown(descriptor_, SHUT_WR); }
  void close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }
  std::string receive() {
    std::string bytes;
    std::array<char, 65536> chunk;
    while (true) {
      const auto count = recv(descriptor_, chunk.data(), chunk.size(), 0);
      if (count > 0) {
        bytes.append(chunk.data(), static_cast<std::size_t>(count));
        continue;
      }
      if (count == 0 || (errno != EAGAIN && errno != EINTR)) is_closed_ = true;
      if (count == 0 || errno != EINTR) return bytes;
    }
  }
  // True once receive() has met the end.
  [[nodiscard]] bool is_closed() const { return is_closed_; }

 private:
  int descriptor_;
  bool is_closed_ = false;
};

class HttpServerTest : public testing::Test {
 protected:
  ~HttpServerTest() override {
    if (server_) stop();
  }

  HttpServer& serve(HttpHandler handler, HttpLimits limits = {}, RequestPolicy policy = {}) {
    server_ = std::make_unique<HttpServer>(
        loop_.get_executor(), clock_, log_, metrics_, limits,
        [policy](const RequestHead&) { return policy; }, std::move(handler));
    CHECK(server_->listen({"127.0.0.1", 0}), "a port can be had");
    return *server_;
  }
  // Answers with what it understood of the request.
  static HttpHandler echo() {
    return respond_with([](Request request) -> Task<Response> {
      Response response;
      response.body = request.method_text + " " + request.target + " " + request.body;
      co_return response;
    });
  }
  RawClient connect() { return RawClient(server_->port()); }
  void settle() { run_until_idle(loop_); }
  void advance(Duration step) {
    settle();
    clock_.advance(step);
    settle();
  }
  // Sends, lets the server work, and returns what came back.
  std::string ask(RawClient& client, std::string_view bytes) {
    client.send(bytes);
    settle();
    return client.receive();
  }
  std::string ask_once(std::string_view bytes) {
    auto client = connect();
    return ask(client, bytes);
  }
  std::uint64_t refused(std::string_view reason) {
    return metrics_.counter("http_refused_total", "", {{"reason", std::string(reason)}}).value();
  }
  // A server that is given no time must still end.
  void stop() {
    TaskGroup group(loop_.get_executor());
    group.spawn(server_->stop(Duration::zero()));
    settle();
    for (int i = 0; i < 10 && group.size() > 0; ++i)
      advance(std::chrono::seconds(1));
    EXPECT_EQ(group.size(), 0u);
    EXPECT_EQ(server_->connection_count(), 0u);
    server_.reset();
    settle();
  }

  boost::asio::io_context loop_;
  ManualClock clock_;
  Log log_{clock_, -1, LogLevel::error};
  Metrics metrics_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace antiphon
