// What the contract suites run on: the same tests against the stores in memory and on a real
// PostgreSQL. For tests only.
#pragma once

#include "ports/recording_store.h"
#include "ports/stores.h"
#include "testing/run.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

namespace antiphon::store {

enum class Backend : std::uint8_t { memory, postgres };

// Two workspaces that nobody else uses, with one member each.
class World {
 public:
  static std::unique_ptr<World> make(Backend backend);
  virtual ~World() = default;

  virtual AgentStore& agents() = 0;
  virtual KnowledgeStore& knowledge() = 0;
  virtual ConversationStore& conversations() = 0;
  virtual ApiKeyStore& api_keys() = 0;
  virtual RecordingStore& recordings() = 0;
  virtual boost::asio::io_context& loop() = 0;

  Principal mine;
  Principal theirs;
  // The server itself, in my workspace.
  [[nodiscard]] Principal server() const;
};

class Contract : public testing::TestWithParam<Backend> {
 protected:
  Contract() : world_(World::make(GetParam())) {}

  template <class T>
  T run(Task<T> task) {
    return antiphon::run(world_->loop(), std::move(task));
  }
  [[nodiscard]] const Principal& mine() const { return world_->mine; }
  [[nodiscard]] const Principal& theirs() const { return world_->theirs; }
  [[nodiscard]] Principal server() const { return world_->server(); }
  [[nodiscard]] Executor executor() { return world_->loop().get_executor(); }
  AgentStore& agents() { return world_->agents(); }
  KnowledgeStore& knowledge() { return world_->knowledge(); }
  ConversationStore& conversations() { return world_->conversations(); }
  ApiKeyStore& api_keys() { return world_->api_keys(); }
  RecordingStore& recordings() { return world_->recordings(); }

  Agent make_agent(const std::string& slug) {
    Agent agent;
    agent.slug = slug;
    agent.name = "Agent " + slug;
    auto made = run(agents().create(mine(), agent));
    EXPECT_TRUE(made.has_value()) << (made ? "" : made.error().message);
    return made.value_or(Agent{});
  }

 private:
  std::unique_ptr<World> world_;
};

template <class T>
ErrorCode code_of_error(const Result<T>& result) {
  EXPECT_FALSE(result.has_value());
  return result ? ErrorCode::internal : result.error().code;
}

[[nodiscard]] Uuid fresh_id();

}  // namespace antiphon::store
