// The router on a real server, over stores in memory, asked with any bytes.
#pragma once

#include "api/router.h"
#include "net/server_fixture_test.h"
#include "service/fake_stores_test.h"

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

namespace antiphon {

struct ApiAnswer {
  int status = 0;
  std::string head;
  std::string body;
};

class ApiTest : public HttpServerTest {
 protected:
  ApiTest() {
    server_ = std::make_unique<HttpServer>(
        loop_.get_executor(), clock_, log_, metrics_, HttpLimits{},
        [this](const RequestHead& head) { return router_.policy(head); },
        [this](Request request, ResponseWriter& writer) {
          return router_.handle(std::move(request), writer);
        });
    CHECK(server_->listen({"127.0.0.1", 0}), "a port can be had");
  }
  ~ApiTest() override {
    if (server_) HttpServerTest::stop();
  }

  // Asks as the owner of workspace 1; `headers` are whole lines.
  ApiAnswer ask_api(std::string_view method, std::string_view path, std::string_view body = "",
                    std::string_view headers = "") {
    std::string lines = "Authorization: " + owner_ + "\r\n" + std::string(headers);
    if (!body.empty() && !headers.contains("Content-Type")) {
      lines += "Content-Type: application/json\r\n";
    }
    return ask_raw(method, path, lines, body);
  }
  ApiAnswer ask_as(const std::string& authorization, std::string_view method,
                   std::string_view path) {
    return ask_raw(method, path, "Authorization: " + authorization + "\r\n", "");
  }
  ApiAnswer ask_raw(std::string_view method, std::string_view path, const std::string& headers,
                    std::string_view body) {
    std::string bytes = std::string(method) + " " + std::string(path) +
                        " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers;
    if (!body.empty()) bytes += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return parse(ask_once(bytes + "\r\n" + std::string(body)));
  }
  static ApiAnswer parse(std::string bytes) {
    ApiAnswer answer;
    const std::size_t end = bytes.find("\r\n\r\n");
    if (end == std::string::npos || bytes.size() < 12) return answer;
    answer.status = std::atoi(bytes.substr(9, 3).c_str());
    answer.head = bytes.substr(0, end + 2);
    answer.body = bytes.substr(end + 4);
    return answer;
  }

  SeededRandom random_{Seed{1}};
  FakeApiKeys keys_;
  std::string owner_ = keys_.add(random_, Role::owner);
  FakeAgents agent_store_;
  AccessService access_{keys_, clock_};
  Router router_{access_, log_, metrics_};
};

}  // namespace antiphon
