// Published versions for the tests above the store layer, beside the agents they belong to.
#pragma once

#include "ports/agent_version_store.h"
#include "service/fake_stores_test.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace antiphon {

class FakeVersions final : public AgentVersionStore {
 public:
  explicit FakeVersions(FakeAgents& agents) : agents_(agents) {}

  Task<Result<Published>> publish(Principal principal, AgentVersion version,
                                  std::optional<std::int64_t> revision) override {
    for (Agent& agent : agents_.agents) {
      if (agent.workspace != principal.workspace || agent.id != version.agent) continue;
      if (revision && *revision != agent.revision) {
        co_return failure(ErrorCode::conflict, "the agent changed since you read it");
      }
      version.number = 1 + std::ranges::count(versions, version.agent, &AgentVersion::agent);
      versions.push_back(version);
      agent.published_version = version.id;
      canary.reset();
      ++agent.revision;
      co_return Published{std::move(version), agent.revision};
    }
    co_return test_absent();
  }
  Task<Result<std::int64_t>> set_canary(Principal principal, AgentId id,
                                        std::optional<Canary> wanted) override {
    for (Agent& agent : agents_.agents) {
      if (agent.workspace != principal.workspace || agent.id != id) continue;
      canary = wanted;
      co_return ++agent.revision;
    }
    co_return test_absent();
  }
  Task<Result<std::optional<Canary>>> canary_of(Principal, AgentId) override { co_return canary; }
  Task<Result<AgentVersion>> find(Principal principal, AgentVersionId id) override {
    ++look_ups;
    for (const AgentVersion& version : versions) {
      if (version.workspace == principal.workspace && version.id == id) co_return version;
    }
    co_return test_absent();
  }
  Task<Result<AgentVersion>> find_number(Principal principal, AgentId agent,
                                         std::int64_t number) override {
    for (const AgentVersion& version : versions) {
      if (version.workspace == principal.workspace && version.agent == agent &&
          version.number == number) {
        co_return version;
      }
    }
    co_return test_absent();
  }
  Task<Result<Page<AgentVersion>>> list(Principal, AgentId agent, PageRequest) override {
    Page<AgentVersion> page;
    for (const AgentVersion& version : versions) {
      if (version.agent == agent) page.items.insert(page.items.begin(), version);
    }
    co_return page;
  }

  std::vector<AgentVersion> versions;
  std::optional<Canary> canary;  // of the one agent
  int look_ups = 0;

 private:
  FakeAgents& agents_;
};

}  // namespace antiphon
