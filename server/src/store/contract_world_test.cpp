#include "store/contract_world_test.h"

#include "core/system_clock.h"
#include "store/memory/memory_stores.h"
#include "store/postgres/stores.h"
#include "testing/manual_clock.h"
#include "testing/private_servers.h"

namespace antiphon::store {

Uuid fresh_id() {
  static SystemRandom random;
  return Uuid::make_random(random);
}

Principal World::server() const {
  return {PrincipalKind::system, Uuid{}, mine.workspace, Role::owner, "test"};
}

namespace {

Principal somebody() {
  return {PrincipalKind::user, fresh_id(), WorkspaceId(fresh_id()), Role::owner, "test"};
}

class MemoryWorld final : public World {
 public:
  MemoryWorld() {
    mine = somebody();
    theirs = somebody();
  }
  AgentStore& agents() override { return stores_.agents(); }
  KnowledgeStore& knowledge() override { return stores_.knowledge(); }
  ConversationStore& conversations() override { return stores_.conversations(); }
  ApiKeyStore& api_keys() override { return stores_.api_keys(); }
  RecordingStore& recordings() override { return stores_.recordings(); }
  boost::asio::io_context& loop() override { return loop_; }

 private:
  boost::asio::io_context loop_{1};
  ManualClock clock_;
  SystemRandom random_;
  MemoryStores stores_{clock_, random_};
};

const std::string& shared_database() {
  static const std::string name = PrivatePostgres::shared().create_database();
  return name;
}

std::string sql_of_member(const Principal& principal) {
  const std::string workspace = "'" + principal.workspace.to_string() + "'";
  const std::string user = "'" + principal.id.to_string() + "'";
  return "insert into auth.users (id) values (" + user +
         "); insert into public.workspaces (id, slug, name) values (" + workspace + ", 'w-' || " +
         workspace +
         ", 'Test'); insert into public.workspace_members (workspace_id, user_id, role)"
         " values (" +
         workspace + ", " + user + ", 'owner');";
}

class PostgresWorld final : public World {
 public:
  PostgresWorld() {
    mine = somebody();
    theirs = somebody();
    PrivatePostgres::shared().sql(shared_database(), sql_of_member(mine) + sql_of_member(theirs));
    pool_.start();
  }
  ~PostgresWorld() override { run(loop_, pool_.stop()); }
  AgentStore& agents() override { return stores_.agents(); }
  KnowledgeStore& knowledge() override { return stores_.knowledge(); }
  ConversationStore& conversations() override { return stores_.conversations(); }
  ApiKeyStore& api_keys() override { return stores_.api_keys(); }
  RecordingStore& recordings() override { return stores_.recordings(); }
  boost::asio::io_context& loop() override { return loop_; }

 private:
  boost::asio::io_context loop_{1};
  SystemClock clock_;
  SystemRandom random_;
  Log log_{clock_, 2, LogLevel::error};
  Metrics metrics_;
  Pool pool_{loop_.get_executor(),
             clock_,
             random_,
             log_,
             metrics_,
             {.url = PrivatePostgres::shared().url(shared_database()),
              .connections = 2,
              .timeout = std::chrono::seconds(60)}};
  PostgresStores stores_{pool_, log_};
};

}  // namespace

std::unique_ptr<World> World::make(Backend backend) {
  if (backend == Backend::memory) return std::make_unique<MemoryWorld>();
  return std::make_unique<PostgresWorld>();
}

}  // namespace antiphon::store
