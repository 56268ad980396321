#include "api/agents/agent_documents.h"
#include "api/agents/agent_routes.h"
#include "api/router.h"
#include "api/system/system_routes.h"
#include "core/check.h"
#include "crypto/api_key.h"
#include "net/server_fixture_test.h"
#include "paths.h"
#include "service/agent_service.h"
#include "store/memory/memory_stores.h"

#include <string>

namespace antiphon::bench {

namespace {

AgentInput typical_input() {
  AgentInput input;
  input.name = *Text<1, 120>::make("Front desk");
  std::string prompt;
  while (prompt.size() < 2'000)
    prompt += "You answer the calls of a small clinic, briefly and kindly. ";
  input.configuration.prompt = *Text<0, 32'000>::make(std::move(prompt));
  return input;
}

AgentOutput typical_output() {
  AgentOutput output;
  output.slug = "front-desk";
  output.name = "Front desk";
  output.configuration = typical_input().configuration;
  return output;
}

// The API with its stores in memory, and one client that is connected.
class Api {
 public:
  Api() {
    add_agent_routes(router_, agents_);
    add_system_routes(router_, metrics_, [] { return std::vector<PartHealth>{}; });
    CHECK(http_.listen({"127.0.0.1", 0}), "a port can be had");
    const WorkspaceId workspace(*Uuid::parse("00000000-0000-4000-8000-000000000001"));
    const NewApiKey key = make_api_key(random_);
    key_ = key.text.reveal();
    const std::string hash(reinterpret_cast<const char*>(key.hash.data()), key.hash.size());
    const auto known =
        run(loop_, stores_.api_keys().ensure(workspace, "bench", Role::owner, "antiphon", hash));
    CHECK(known.has_value(), "a new key is taken");
    const Principal principal{.kind = PrincipalKind::api_key,
                              .id = known->id.uuid(),
                              .workspace = workspace,
                              .role = Role::owner,
                              .why = "bench"};
    AgentInput input = typical_input();
    const auto agent =
        run(loop_, agents_.create(principal, {.name = input.name.value(),
                                              .slug = "front-desk",
                                              .description = "",
                                              .status = AgentStatus::active,
                                              .configuration = std::move(input.configuration)}));
    CHECK(agent.has_value(), "a new agent is taken");
  }

  void ask(std::string_view path, std::size_t count) {
    RawClient client(http_.port());
    const std::string request = "GET " + std::string(path) +
                                " HTTP/1.1\r\nHost: localhost:8080\r\nUser-Agent: bench\r\n"
                                "Accept: application/json\r\nAuthorization: Bearer " +
                                key_ + "\r\n\r\n";
    for (std::size_t done = 0; done < count; ++done) {
      client.send(request);
      std::string answer;
      while (!answer.ends_with('}')) {
        run_until_idle(loop_);
        answer += client.receive();
      }
      CHECK(answer.starts_with("HTTP/1.1 200"), "what is counted is the good answer");
    }
  }

 private:
  boost::asio::io_context loop_;
  ManualClock clock_;
  SeededRandom random_{Seed{1}};
  Metrics metrics_;
  Log log_{clock_, -1, LogLevel::error};
  store::MemoryStores stores_{clock_, random_};
  AccessService access_{stores_.api_keys(), clock_};
  AgentService agents_{stores_.agents(), clock_, random_};
  Router router_{access_, log_, metrics_};
  std::string key_;
  HttpServer http_{loop_.get_executor(),
                   clock_,
                   log_,
                   metrics_,
                   {.requests_per_connection_max = ~0u},
                   [this](const RequestHead& head) { return router_.policy(head); },
                   [this](Request request, ResponseWriter& writer) {
                     return router_.handle(std::move(request), writer);
                   }};
};

}  // namespace

void request_health(std::size_t count) {
  Api api;
  api.ask("/healthz", count);
}

void request_agent(std::size_t count) {
  Api api;
  api.ask("/api/agents/front-desk", count);
}

void agent_read(std::size_t count) {
  const std::string text = to_json(typical_input());
  for (std::size_t done = 0; done < count; ++done)
    CHECK(from_json<AgentInput>(text).has_value(), "we wrote it ourselves");
}

void agent_written(std::size_t count) {
  const AgentOutput output = typical_output();
  std::size_t bytes = 0;
  for (std::size_t done = 0; done < count; ++done)
    bytes += to_json(output).size();
  CHECK(bytes > 2'000 * count, "the whole document is written");
}

}  // namespace antiphon::bench
