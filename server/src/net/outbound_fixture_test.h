// For the tests of the outbound client: names that mean what a test says, a local server, and the
// allow list that alone leads to it.
#pragma once

#include "net/outbound_client.h"
#include "net/server_fixture_test.h"

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace antiphon {

// Each look-up takes the next answer, the last one stays.
class ScriptedResolver final : public Resolver {
 public:
  void answer(const std::string& host, std::vector<const char*> texts) {
    std::vector<IpAddress> addresses;
    for (const char* text : texts)
      addresses.push_back(*IpAddress::parse(text));
    answers_[host].push_back(std::move(addresses));
  }
  Task<Result<std::vector<IpAddress>>> resolve(std::string host) override {
    ++lookups;
    auto& answers = answers_[host];
    if (answers.empty()) co_return failure(ErrorCode::unavailable, "no such name");
    auto next = answers.front();
    if (answers.size() > 1) answers.pop_front();
    co_return next;
  }
  [[nodiscard]] std::vector<IpAddress> own_addresses() override { return own; }

  std::vector<IpAddress> own;
  int lookups = 0;

 private:
  std::map<std::string, std::deque<std::vector<IpAddress>>> answers_;
};

class OutboundClientTest : public HttpServerTest {
 protected:
  std::string authority(const std::string& host = "127.0.0.1") {
    return host + ":" + std::to_string(server_->port());
  }
  std::string url(const std::string& path, const std::string& host = "127.0.0.1") {
    return "http://" + authority(host) + path;
  }
  OutboundPolicy listed(const std::string& host = "127.0.0.1") {
    return {.allowed = {*OutboundTarget::parse("http://" + authority(host))}};
  }
  Result<Response> send(OutboundRequest request, OutboundPolicy policy) {
    return run(loop_, client_.send(std::move(request), std::move(policy)));
  }
  Result<Response> get(const std::string& path) { return send({.url = url(path)}, listed()); }
  static void expect_refused(const Result<Response>& answer, ErrorCode code,
                             std::string_view message) {
    ASSERT_FALSE(answer);
    EXPECT_EQ(name_of(answer.error().code), name_of(code));
    EXPECT_EQ(answer.error().message, message);
  }
  // Answers every request with a redirect, and counts them.
  HttpHandler redirect_to(int status, std::function<std::string()> location) {
    return respond_with([this, status, location](Request request) -> Task<Response> {
      ++requests_;
      Response response;
      if (request.target == "/end") {
        response.body = request.method_text + " " + request.body;
        seen_ = request.headers;
        co_return response;
      }
      response.status = status;
      response.headers.add("Location", location());
      co_return response;
    });
  }

  ScriptedResolver resolver_;
  int requests_ = 0;
  Headers seen_;
  OutboundClient client_{loop_.get_executor(), clock_, resolver_, {}};
};

}  // namespace antiphon
