#include "app/server_auth.h"

#include "api/auth/auth_routes.h"
#include "net/http_client.h"
#include "net/loop.h"
#include "providers/mail/mail_queue.h"
#include "service/auth/auth_service.h"
#include "service/auth/foreign_tokens.h"
#include "service/memory_attempt_limiter.h"
#include "store/postgres/auth.h"
#include "store/redis/attempt_limiter.h"

#include <fmt/format.h>

namespace antiphon {

namespace {

constexpr std::chrono::hours kTokenLifetime{1};
constexpr std::size_t kJwksMax = 64 * 1024;
constexpr std::chrono::seconds kLookInterval{5};

MailDelivery delivery_of(const AuthSettings& settings, const std::filesystem::path& state,
                         const Clock& clock) {
  if (settings.smtp) return smtp_delivery(*settings.smtp, settings.mail_from, clock);
  return outbox_delivery(state / "outbox", settings.mail_from, clock);
}

std::string url_of(const SocketAddress& listen) {
  const bool everywhere = listen.host.empty() || listen.host == "0.0.0.0" || listen.host == "::";
  return fmt::format("http://{}:{}", everywhere ? "127.0.0.1" : listen.host, listen.port);
}

AuthConfig config_of(const AuthSettings& settings, const std::string& public_url) {
  return {.site_url = public_url,
          .external_url = public_url + "/auth/v1",
          .redirects = settings.redirects,
          .autoconfirm = settings.autoconfirm,
          .signup = settings.signup};
}

// Accounts of our own. Tokens name us as their issuer, by a name that a new port does not change.
struct OwnAccounts {
  OwnAccounts(const ServerContext& context, store::Pool& pool, store::RedisClient* redis,
              const AuthSettings& settings, Mailer& mailer, const std::string& public_url)
      : store(store::make_postgres_auth(pool)),
        own_limiter(context.clock),
        limiter(redis == nullptr ? nullptr
                                 : std::make_unique<store::RedisAttemptLimiter>(
                                       *redis, own_limiter, context.clock, context.random)),
        hashing("passwords", context.clock, context.metrics),
        tokens(settings.keys,
               settings.public_url.empty() ? "antiphon" : settings.public_url + "/auth/v1",
               kTokenLifetime, *store, context.clock),
        service(
            {*store, tokens, mailer, limiter ? static_cast<AttemptLimiter&>(*limiter) : own_limiter,
             context.clock, context.random, context.log, hashing.executor()},
            config_of(settings, public_url)) {}

  std::unique_ptr<AuthStore> store;
  MemoryAttemptLimiter own_limiter;
  std::unique_ptr<store::RedisAttemptLimiter> limiter;
  Loop hashing;
  AccessTokens tokens;
  AuthService service;
};

}  // namespace

struct ServerAuth::Parts {
  Parts(const ServerContext& context, store::Pool& pool, store::RedisClient* redis,
        AuthSettings given, const std::filesystem::path& state, const SocketAddress& listen)
      : settings(std::move(given)),
        public_url(settings.public_url.empty() ? url_of(listen) : settings.public_url),
        mail_loop("mail", context.clock, context.metrics),
        mail(context.executor, mail_loop.executor(), context.clock, context.log, context.metrics,
             delivery_of(settings, state, context.clock)),
        client(context.executor, context.clock, {.body_max = kJwksMax}),
        clock(context.clock),
        log(context.log),
        watching(context.executor) {
    if (settings.supabase_url.empty()) {
      own = std::make_unique<OwnAccounts>(context, pool, redis, settings, mail, public_url);
    } else {
      foreign = std::make_unique<ForeignTokens>(
          settings.keys, settings.supabase_url + "/auth/v1", [this] { return fetch_keys(); },
          context.clock);
    }
  }

  Task<Result<std::string>> fetch_keys() {
    auto answer =
        co_await client.send({.url = settings.supabase_url + "/auth/v1/.well-known/jwks.json"});
    if (!answer) co_return std::unexpected(std::move(answer.error()));
    if (answer->status != 200) {
      co_return failure(ErrorCode::unavailable, "the Supabase project does not publish its keys");
    }
    co_return std::move(answer->body);
  }

  // Keys that were made or removed meanwhile count without a restart; what cannot be read leaves
  // those there are.
  Task<> watch_keys() {
    const AuthKeySource& source = *settings.key_source;
    std::string seen = source.state();
    while (co_await clock.sleep_for(kLookInterval)) {
      std::string now = source.state();
      if (now == seen) continue;
      seen = std::move(now);
      auto keys = source.load();
      if (!keys) {
        log.error("auth.keys_not_reloaded", {{"error", keys.error()}});
        continue;
      }
      log.info("auth.keys_reloaded", {{"keys", keys->keys().size()}});
      own->tokens.use_keys(std::move(*keys));
    }
  }

  AuthSettings settings;
  std::string public_url;
  Loop mail_loop;
  MailQueue mail;
  HttpClient client;
  std::unique_ptr<OwnAccounts> own;
  std::unique_ptr<ForeignTokens> foreign;
  Clock& clock;
  Log& log;
  TaskGroup watching;
};

ServerAuth::ServerAuth(const ServerContext& context, store::Pool& pool, store::RedisClient* redis,
                       AuthSettings settings, std::filesystem::path state,
                       const SocketAddress& listen)
    : parts_(std::make_unique<Parts>(context, pool, redis, std::move(settings), state, listen)) {}

ServerAuth::~ServerAuth() = default;

TokenVerifier& ServerAuth::verifier() {
  if (parts_->own) return parts_->own->tokens;
  return *parts_->foreign;
}

Mailer& ServerAuth::mailer() { return parts_->mail; }

const std::string& ServerAuth::public_url() const { return parts_->public_url; }

AuthService* ServerAuth::service() { return parts_->own ? &parts_->own->service : nullptr; }

void ServerAuth::add_routes(Router& router) {
  if (parts_->own) {
    add_auth_routes(router, parts_->own->service);
    if (parts_->settings.key_source) parts_->watching.spawn(parts_->watch_keys());
  } else {
    add_foreign_auth_routes(router, parts_->settings.supabase_url);
  }
}

Task<> ServerAuth::stop() {
  parts_->watching.cancel();
  co_await parts_->watching.join();
  co_await parts_->mail.stop();
  parts_->mail_loop.stop();
  if (parts_->own) parts_->own->hashing.stop();
}

}  // namespace antiphon
