// A typical agent document: read with validation, and written. One document of about 3 kB.
#include "json/codec.h"
#include "json/openapi.h"
#include "json/value.h"

#include <benchmark/benchmark.h>
#include <boost/describe/class.hpp>

namespace antiphon {
namespace {

struct Voice {
  Text<1, 64> provider{"piper"};
  Text<1, 64> name{"joe"};
  Number<500, 2'000> speed{1.0};
};
BOOST_DESCRIBE_STRUCT(Voice, (), (provider, name, speed))

struct Turns {
  Integer<100, 2'000> silence_min_ms{200};
  Integer<300, 5'000> silence_max_ms{1'500};
  bool interruptible = true;
};
BOOST_DESCRIBE_STRUCT(Turns, (), (silence_min_ms, silence_max_ms, interruptible))

struct AgentDocument {
  Uuid id;
  Text<1, 120> name{"Front desk"};
  Text<0, 32'000> prompt;
  Text<0, 500> greeting{"Hello! How can I help you?"};
  Voice voice;
  Turns turns;
  List<Text<1, 200>, 50> phrases;
  JsonObject<8192> metadata;
  WallTime created_at{};
};
BOOST_DESCRIBE_STRUCT(AgentDocument, (),
                      (id, name, prompt, greeting, voice, turns, phrases, metadata, created_at))

AgentDocument typical() {
  AgentDocument agent;
  std::string prompt;
  while (prompt.size() < 2'000)
    prompt += "You answer calls of a small hotel, briefly and kindly. ";
  agent.prompt = Text<0, 32'000>::make(std::move(prompt)).value();
  std::vector<Text<1, 200>> phrases(10, "Let me connect you with a person who can help.");
  agent.phrases = List<Text<1, 200>, 50>::make(std::move(phrases)).value();
  agent.metadata =
      JsonObject<8192>::from_valid(R"({"team":"reception","floor":2,"tags":["a","b"]})").value();
  return agent;
}

void read_agent(benchmark::State& state) {
  const std::string text = to_json(typical());
  for (auto _ : state) {
    benchmark::DoNotOptimize(from_json<AgentDocument>(text));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(read_agent);

void parse_agent_without_struct(benchmark::State& state) {
  const std::string text = to_json(typical());
  for (auto _ : state) {
    benchmark::DoNotOptimize(json::parse(text));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(parse_agent_without_struct);

void write_agent(benchmark::State& state) {
  const AgentDocument agent = typical();
  std::string text;
  for (auto _ : state) {
    text.clear();
    append_json(text, agent);
    benchmark::DoNotOptimize(text);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(write_agent);

void patch_agent(benchmark::State& state) {
  const AgentDocument agent = typical();
  for (auto _ : state) {
    benchmark::DoNotOptimize(merge_patch(agent, R"({"name":"Night desk","voice":{"speed":1.2}})"));
  }
}
BENCHMARK(patch_agent);

}  // namespace
}  // namespace antiphon
