// Workspace keys and secrets on a real PostgreSQL.
#include "store/postgres/secrets.h"

#include "core/system_clock.h"
#include "crypto/hash.h"
#include "store/contract_world_test.h"
#include "testing/private_servers.h"

#include <optional>

namespace antiphon::store {
namespace {

class SecretStoreTest : public testing::Test {
 protected:
  SecretStoreTest() : database_(PrivatePostgres::shared().create_database()) {
    for (Principal* who : {&mine_, &theirs_}) {
      *who = {PrincipalKind::user, fresh_id(), WorkspaceId(fresh_id()), Role::owner, "test"};
      const std::string workspace = "'" + who->workspace.to_string() + "'";
      const std::string user = "'" + who->id.to_string() + "'";
      PrivatePostgres::shared().sql(
          database_, "insert into auth.users (id) values (" + user +
                         "); insert into public.workspaces (id, slug, name) values (" + workspace +
                         ", 'w-' || " + workspace +
                         ", 'Test'); insert into public.workspace_members (workspace_id, user_id,"
                         " role) values (" +
                         workspace + ", " + user + ", 'owner');");
    }
    pool_.emplace(loop_.get_executor(), clock_, random_, log_, metrics_,
                  PoolConfig{.url = PrivatePostgres::shared().url(database_), .connections = 2});
    keys_ = make_postgres_workspace_keys(*pool_);
    secrets_ = make_postgres_secrets(*pool_);
    pool_->start();
  }
  ~SecretStoreTest() override { run(loop_, pool_->stop()); }

  [[nodiscard]] Principal server_of(const Principal& who) const {
    return {PrincipalKind::system, Uuid{}, who.workspace, Role::owner, "test"};
  }
  static WrappedKey a_key(std::uint32_t version, char master) {
    return {version, std::string(8, master), std::string(104, '\0') + master};
  }
  static SealedSecret a_secret(const Principal& who, const std::string& name) {
    SealedSecret secret;
    secret.facts.id = SecretId(fresh_id());
    secret.facts.workspace = who.workspace;
    secret.facts.name = name;
    secret.facts.kind = SecretKind::sip_password;
    secret.sealed = std::string("\0\xff\x80 any bytes", 13) + std::string(80, 'x');
    return secret;
  }

  std::string database_;
  Principal mine_;
  Principal theirs_;
  boost::asio::io_context loop_{1};
  SystemClock clock_;
  SystemRandom random_;
  Log log_{clock_, 2, LogLevel::error};
  Metrics metrics_;
  std::optional<Pool> pool_;
  std::unique_ptr<WorkspaceKeyStore> keys_;
  std::unique_ptr<SecretStore> secrets_;
};

TEST_F(SecretStoreTest, KeepsKeysOfAWorkspaceNewestFirst) {
  ASSERT_TRUE(run(loop_, keys_->add(server_of(mine_), a_key(1, 'a'))));
  ASSERT_TRUE(run(loop_, keys_->add(server_of(mine_), a_key(2, 'a'))));
  EXPECT_EQ(code_of_error(run(loop_, keys_->add(server_of(mine_), a_key(1, 'b')))),
            ErrorCode::already_exists);
  const auto found = run(loop_, keys_->list(server_of(mine_)));
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_EQ(found->size(), 2u);
  EXPECT_EQ((*found)[0].version, 2u);
  EXPECT_EQ((*found)[1].wrapped, a_key(1, 'a').wrapped);
  EXPECT_EQ((*found)[1].master_key_id, "aaaaaaaa");
  EXPECT_TRUE(run(loop_, keys_->list(server_of(theirs_)))->empty());
}

TEST_F(SecretStoreTest, RewrapsOnlyWhatTheOldKeyStillWraps) {
  ASSERT_TRUE(run(loop_, keys_->add(server_of(mine_), a_key(1, 'a'))));
  ASSERT_TRUE(run(loop_, keys_->add(server_of(theirs_), a_key(1, 'b'))));
  const std::string old(8, 'a');
  EXPECT_EQ(run(loop_, keys_->wrapped_by_others(std::string(8, 'b'), 10)).value(),
            std::vector{mine_.workspace});
  EXPECT_TRUE(*run(loop_, keys_->rewrap(server_of(mine_), a_key(1, 'b'), old)));
  EXPECT_FALSE(*run(loop_, keys_->rewrap(server_of(mine_), a_key(1, 'c'), old)));
  const auto used = run(loop_, keys_->master_keys_in_use());
  ASSERT_EQ(used->size(), 1u);
  EXPECT_EQ(used->front().master_key_id, "bbbbbbbb");
  EXPECT_EQ(used->front().keys, 2u);
}

TEST_F(SecretStoreTest, ShredsTheKeysOfOneWorkspace) {
  ASSERT_TRUE(run(loop_, keys_->add(server_of(mine_), a_key(1, 'a'))));
  ASSERT_TRUE(run(loop_, keys_->add(server_of(theirs_), a_key(1, 'a'))));
  ASSERT_TRUE(run(loop_, keys_->shred(server_of(mine_))));
  EXPECT_TRUE(run(loop_, keys_->list(server_of(mine_)))->empty());
  EXPECT_EQ(run(loop_, keys_->list(server_of(theirs_)))->size(), 1u);
}

TEST_F(SecretStoreTest, GivesBackASecretAsItWasPut) {
  SealedSecret secret = a_secret(mine_, "trunk");
  const auto made = run(loop_, secrets_->put(mine_, secret));
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->revision, 1);
  EXPECT_EQ(made->hint, std::nullopt);
  secret.facts.hint = "1234";
  secret.facts.kind = SecretKind::provider_key;
  EXPECT_EQ(run(loop_, secrets_->put(mine_, secret))->revision, 2);
  const auto found = run(loop_, secrets_->find(mine_, "trunk"));
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->sealed, secret.sealed);
  EXPECT_EQ(found->facts.hint, "1234");
  EXPECT_EQ(found->facts.kind, SecretKind::provider_key);
  EXPECT_EQ(found->facts.workspace, mine_.workspace);
}

TEST_F(SecretStoreTest, ANameBelongsToOneSecretOfAWorkspace) {
  ASSERT_TRUE(run(loop_, secrets_->put(mine_, a_secret(mine_, "trunk"))));
  EXPECT_EQ(code_of_error(run(loop_, secrets_->put(mine_, a_secret(mine_, "trunk")))),
            ErrorCode::conflict);
  EXPECT_TRUE(run(loop_, secrets_->put(theirs_, a_secret(theirs_, "trunk"))));
  EXPECT_EQ(code_of_error(run(loop_, secrets_->find(mine_, "other"))), ErrorCode::not_found);
}

TEST_F(SecretStoreTest, ListsByPagesAndRemoves) {
  for (const char* name : {"a", "b", "c"})
    ASSERT_TRUE(run(loop_, secrets_->put(mine_, a_secret(mine_, name))));
  const auto first = run(loop_, secrets_->list(mine_, {.limit = 2, .cursor = {}}));
  ASSERT_TRUE(first) << first.error().message;
  ASSERT_EQ(first->items.size(), 2u);
  EXPECT_EQ(first->items[0].name, "c");
  const auto second = run(loop_, secrets_->list(mine_, {.limit = 2, .cursor = first->next_cursor}));
  ASSERT_EQ(second->items.size(), 1u);
  EXPECT_EQ(second->items[0].name, "a");
  EXPECT_TRUE(run(loop_, secrets_->list(theirs_, {}))->items.empty());
  EXPECT_EQ(code_of_error(run(loop_, secrets_->remove(theirs_, "a"))), ErrorCode::not_found);
  EXPECT_TRUE(run(loop_, secrets_->remove(mine_, "a")));
  EXPECT_EQ(code_of_error(run(loop_, secrets_->remove(mine_, "a"))), ErrorCode::not_found);
}

TEST_F(SecretStoreTest, AMachineMayNotWriteASecret) {
  EXPECT_EQ(code_of_error(run(loop_, secrets_->put(server_of(mine_), a_secret(mine_, "a")))),
            ErrorCode::permission_denied);
}

}  // namespace
}  // namespace antiphon::store
