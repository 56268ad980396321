// Requests per second of one loop over loopback, client and server on the same thread: a lower
// bound.
#include "core/system_clock.h"
#include "net/server_fixture_test.h"

#include <benchmark/benchmark.h>

#include <sys/socket.h>

namespace antiphon {
namespace {

void BM_keep_alive_request(benchmark::State& state) {
  boost::asio::io_context loop;
  SystemClock clock;
  Log log(clock, -1, LogLevel::error);
  Metrics metrics;
  HttpServer server(
      loop.get_executor(), clock, log, metrics, {.requests_per_connection_max = ~0u},
      [](const RequestHead&) { return RequestPolicy{}; },
      respond_with([](Request) -> Task<Response> {
        Response response;
        response.headers.add("Content-Type", "application/json");
        response.body = R"({"hello":"world"})";
        co_return response;
      }));
  CHECK(server.listen({"127.0.0.1", 0}), "a port can be had");
  RawClient client(server.port());
  const auto depth = static_cast<std::size_t>(state.range(0));
  std::string requests;
  for (std::size_t i = 0; i < depth; ++i) {
    requests +=
        "GET /api/agents?limit=10 HTTP/1.1\r\nHost: localhost:8080\r\nUser-Agent: bench\r\n"
        "Accept: application/json\r\nAuthorization: Bearer 0123456789abcdef\r\n\r\n";
  }
  client.send(std::string_view(requests).substr(0, requests.size() / depth));
  std::size_t answer_bytes = 0;
  while (answer_bytes == 0) {
    loop.poll();
    answer_bytes = client.receive().size();
  }
  for (auto _ : state) {
    client.send(requests);
    for (std::size_t received = 0; received < depth * answer_bytes;) {
      loop.poll();
      received += client.receive().size();
    }
  }
  state.SetItemsProcessed(
      static_cast<std::int64_t>(static_cast<std::size_t>(state.iterations()) * depth));
}
BENCHMARK(BM_keep_alive_request)->Arg(1)->Arg(16);

}  // namespace
}  // namespace antiphon
