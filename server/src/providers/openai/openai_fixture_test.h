// For the tests of these adapters: a server of their wire on the loopback that does what a test
// says, and the workspace's key in a vault.
#pragma once

#include "net/outbound_fixture_test.h"
#include "providers/openai/openai_wire.h"

#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace antiphon {

class FakeVault final : public SecretVault {
 public:
  Task<Result<Sensitive<std::string>>> open(Principal, SecretKind kind, std::string name) override {
    ++opened;
    if (problem) co_return std::unexpected(*problem);
    if (kind != SecretKind::provider_key || name != "openai") {
      co_return failure(ErrorCode::not_found, "no such secret");
    }
    co_return Sensitive<std::string>(key);
  }

  std::string key = "sk-test-1234";
  std::optional<Error> problem;
  int opened = 0;
};

class OpenAiTest : public OutboundClientTest {
 protected:
  ~OpenAiTest() override {
    TaskGroup group(loop_.get_executor());
    group.spawn(far_.stop());
    run_until([&] { return group.size() == 0; });
    settle();
  }

  // The parts as they are once the server listens.
  const openai::Parts& parts() {
    if (!parts_) {
      OutboundPolicy policy;
      if (server_) policy = listed();
      parts_.emplace(openai::Parts{far_, clock_, client_, keys_, std::move(policy)});
    }
    return *parts_;
  }
  ProviderAccount account() { return {{}, "test-model", base_url(), "openai"}; }
  std::string base_url() { return url("/v1"); }

  void run_until(const std::function<bool()>& done) {
    loop_.restart();
    while (!done())
      loop_.run_one();
  }
  // Lets `task` wait, moves time on once `ready`, and returns what it came to.
  template <class T>
  T run_late(Task<T> task, const std::function<bool()>& ready, Duration step) {
    std::optional<T> outcome;
    TaskGroup group(loop_.get_executor());
    group.spawn(detail::store_result(std::move(task), outcome));
    run_until(ready);
    settle();
    clock_.advance(step);
    run_until([&] { return outcome.has_value(); });
    run_until([&] { return group.size() == 0; });
    return std::move(*outcome);
  }

  // An answer of parts, each sent on its own; then `after`, and the end.
  HttpHandler answer_with(std::string type, std::vector<std::string> pieces,
                          std::function<Task<>()> after = {}) {
    return [this, type, pieces, after](Request request, ResponseWriter& writer) -> Task<> {
      keep(std::move(request));
      if (!co_await writer.start(200, {{"Content-Type", type}})) co_return;
      for (const std::string& piece : pieces) {
        if (!co_await writer.write(piece)) co_return;
      }
      if (after) co_await after();
    };
  }
  HttpHandler refuse_with(int status, Headers headers, std::string body) {
    return respond_with([this, status, headers, body](Request request) -> Task<Response> {
      keep(std::move(request));
      co_return Response{status, headers, body};
    });
  }
  // Waits until the peer has gone.
  HttpHandler hang() {
    return [this](Request request, ResponseWriter&) -> Task<> {
      keep(std::move(request));
      co_await wait_for_ever();
    };
  }
  Task<> wait_for_ever() {
    Mailbox<char> never(loop_.get_executor(), 1, WhenFull::refuse);
    const auto gone = co_await never.receive();
    static_cast<void>(gone);
    ++left_;
  }
  void keep(Request request) {
    ++requests_;
    last_ = std::move(request);
  }

  FakeVault vault_;
  ProviderKeys keys_{vault_, loop_.get_executor(), clock_};
  FarLoop far_{loop_.get_executor()};
  std::optional<openai::Parts> parts_;
  Request last_;
  int left_ = 0;  // handlers whose peer has gone
};

}  // namespace antiphon
