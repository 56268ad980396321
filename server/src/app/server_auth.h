// Accounts in the running server: the parts behind /auth/v1, or the verifier of a Supabase
// project's tokens in their place.
//
// Thread  the API loop. stop() ends before the pool does.
#pragma once

#include "api/router.h"
#include "app/auth_settings.h"
#include "app/server.h"
#include "ports/mailer.h"
#include "ports/token_verifier.h"
#include "store/postgres/pool.h"
#include "store/redis/client.h"

#include <filesystem>
#include <memory>
#include <string>

namespace antiphon {

class AuthService;

class ServerAuth {
 public:
  // Where the server listens stands in where no public URL is set.
  // `redis` may be null.
  ServerAuth(const ServerContext& context, store::Pool& pool, store::RedisClient* redis,
             AuthSettings settings, std::filesystem::path state, const SocketAddress& listen);
  ~ServerAuth();

  [[nodiscard]] TokenVerifier& verifier();
  [[nodiscard]] Mailer& mailer();
  // Where people reach the server, without a slash at the end.
  [[nodiscard]] const std::string& public_url() const;
  // Null where accounts are a Supabase project's.
  [[nodiscard]] AuthService* service();
  // From now on the files of the keys are looked at, every five seconds.
  void add_routes(Router& router);
  Task<> stop();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace antiphon
