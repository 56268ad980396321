// The whole API over a real PostgreSQL, asked without a socket: who may do what, and what it does.
// For tests only.
#pragma once

#include "api/router.h"
#include "app/server_accounts.h"
#include "core/system_clock.h"
#include "domain/scopes.h"
#include "store/postgres/pool.h"
#include "store/postgres/stores.h"
#include "testing/manual_clock.h"
#include "testing/private_servers.h"
#include "testing/run.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace antiphon {

struct Answer {
  int status = 0;
  Headers headers;
  std::string body;
};

// Who asks: whole header fields.
struct Asker {
  std::string authorization = {};
  std::string cookie = {};
  std::string csrf = {};
  std::string workspace = {};
};

// Believes "person <uuid>"; the e-mail address is made from it.
class TestTokens final : public TokenVerifier {
 public:
  Task<Result<VerifiedUser>> verify(std::string token) override;
};

struct ApiParts;  // the services behind the routes that are not about accounts

class AccountsTest : public testing::Test {
 protected:
  AccountsTest();
  ~AccountsTest() override;

  Answer ask(std::string_view method, std::string_view path, const Asker& asker,
             std::string body = "");
  // As a person, who has an account from now on; the address is `email_of`.
  Asker person(Uuid user, WorkspaceId workspace = {});
  [[nodiscard]] static std::string email_of(Uuid user);
  [[nodiscard]] Uuid new_id() { return Uuid::make_random(random_); }
  // Past the API: a workspace with one owner, and a member.
  WorkspaceId add_workspace(Uuid owner);
  void add_member(WorkspaceId workspace, Uuid user, Role role);
  std::string sql(const std::string& statements) { return postgres_.sql(database_, statements); }
  // A key of the workspace, past the API: the header's value.
  std::string add_key(WorkspaceId workspace, Role role, const std::string& scopes = "{}");

  PrivatePostgres& postgres_ = PrivatePostgres::shared();
  std::string database_ = postgres_.create_database();
  boost::asio::io_context loop_{1};
  ManualClock clock_;
  SystemRandom random_;
  SystemClock wall_;
  Log log_{wall_, 2, LogLevel::error};
  Metrics metrics_;
  store::Pool pool_{loop_.get_executor(),
                    clock_,
                    random_,
                    log_,
                    metrics_,
                    {.url = postgres_.url(database_), .connections = 2}};
  store::PostgresStores stores_{pool_, log_};
  TestTokens tokens_;
  AccessService access_{stores_.api_keys(), clock_};
  ServerAccounts accounts_{pool_, access_, clock_, random_};
  Router router_{access_, log_, metrics_};
  std::unique_ptr<ApiParts> parts_;
};

// The string at "name":"…" of a JSON text; empty when there is none.
[[nodiscard]] std::string text_at(const std::string& body, std::string_view name);

}  // namespace antiphon
