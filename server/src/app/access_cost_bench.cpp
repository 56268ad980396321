// What it costs the server to know who asks: token check, role and rate limit, on a real PostgreSQL
// and a real Redis. Processor time of this process, request by request: p50_us and p99_us.
//
//   remembered_token  a token that was verified less than a second ago
//   first_hs256       a token never seen before: the signature, and whether its session lives
//   first_es256       the same with a key pair
#include "core/check.h"
#include "core/system_clock.h"
#include "domain/scopes.h"
#include "service/access_service.h"
#include "service/auth/access_tokens.h"
#include "service/request_limiter.h"
#include "store/memory/rate_windows.h"
#include "store/postgres/account_stores.h"
#include "store/postgres/auth.h"
#include "store/postgres/stores.h"
#include "store/redis/rate_windows.h"
#include "testing/private_servers.h"

#include <benchmark/benchmark.h>

#include <time.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace antiphon {
namespace {

constexpr int kRequests = 2'000;
const Uuid kUser = *Uuid::parse("00000000-0000-4000-8000-000000000001");
const Uuid kSession = *Uuid::parse("00000000-0000-4000-8000-000000000002");
const WorkspaceId kWorkspace(*Uuid::parse("00000000-0000-4000-8000-000000000003"));

// Counts nothing: what remains is the way to Redis.
class NoWindows final : public RateWindows {
 public:
  Task<std::vector<RateAnswer>> take(std::vector<RateAsk> asks) override {
    co_return std::vector<RateAnswer>(asks.size());
  }
};

double processor_microseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

struct Servers {
  explicit Servers(JwtKey key)
      : database(postgres.create_database()),
        pool(loop.get_executor(), clock, random, log, metrics,
             {.url = postgres.url(database), .connections = 2}),
        stores(pool, log),
        accounts(pool),
        sessions(store::make_postgres_auth(pool)),
        client(loop.get_executor(), clock, random, log, metrics,
               {.url = "unix://" + redis.socket()}),
        access(stores.api_keys(), clock) {
    CHECK(keys.add(std::move(key)), "there is room for one");
    tokens = std::make_unique<AccessTokens>(keys, "https://voice.example/auth/v1",
                                            std::chrono::hours(1), *sessions, clock);
    access.believe_people(*tokens, accounts.memberships());
    pool.start();
    CHECK(client.start(), "the address is good");
    run(loop, pool.wait_until_up(Timepoint::max()));
    run(loop, client.wait_until_up(Timepoint::max()));
    const auto made =
        run(loop,
            sessions->create(
                {.id = kUser, .email = "ada@example.test", .password_hash = "x", .confirmed = true},
                clock.wall()));
    CHECK(made, "the account is new");
    const auto opened = run(loop, sessions->open_session({.id = kSession,
                                                          .user = kUser,
                                                          .method = "password",
                                                          .refresh_token = "abcdefghijkl",
                                                          .origin = {}},
                                                         clock.wall()));
    CHECK(opened, "the session is new");
    postgres.sql(database,
                 "set session_replication_role = replica;"
                 "insert into public.workspaces (id, slug, name) values ('" +
                     kWorkspace.to_string() +
                     "', 'w', 'W'); insert into public.workspace_members values ('" +
                     kWorkspace.to_string() + "', '" + kUser.to_string() + "', 'developer')");
  }
  ~Servers() {
    run(loop, client.stop());
    run(loop, pool.stop());
  }
  // No two are the same.
  std::string token() {
    const std::string document =
        R"({"email":"ada@example.test","app_metadata":{"provider":"email"},"user_metadata":{"n":)" +
        std::to_string(++issued) + "}}";
    return tokens
        ->issue(kSession, {.user = kUser,
                           .assurance = "aal1",
                           .methods = R"([{"method":"password","timestamp":1767603600}])",
                           .document = Sensitive<std::string>(document)})
        .text;
  }

  PrivatePostgres& postgres = PrivatePostgres::shared();
  PrivateRedis redis;
  std::string database;
  boost::asio::io_context loop{1};
  SystemClock clock;
  SystemRandom random;
  Log log{clock, 2, LogLevel::error};
  Metrics metrics;
  store::Pool pool;
  store::PostgresStores stores;
  store::PostgresAccounts accounts;
  std::unique_ptr<AuthStore> sessions;
  store::RedisClient client;
  NoWindows none;
  store::RedisRateWindows windows{client, none, clock};
  RequestLimiter limiter{windows};
  AccessService access;
  JwtKeySet keys;
  std::unique_ptr<AccessTokens> tokens;
  int issued = 0;
};

// A refusal of the limiter is an answer like any other, and costs the same.
Task<> ask(Servers& servers, std::vector<std::string> tokens, std::vector<double>& taken) {
  for (std::string& token : tokens) {
    const double began = processor_microseconds();
    Credentials credentials{.authorization = "Bearer " + token, .address = "203.0.113.7"};
    const auto principal =
        co_await servers.access.authenticate(std::move(credentials), Standing::member);
    const bool may = principal && holds(*principal, "agents:read");
    CHECK(may, "what is measured is the good answer");
    const auto verdict = co_await servers.limiter.admit(RateClass::read, *principal, "203.0.113.7");
    benchmark::DoNotOptimize(verdict);
    taken.push_back(processor_microseconds() - began);
  }
}

void report(benchmark::State& state, JwtKey key, bool is_remembered) {
  Servers servers(std::move(key));
  std::vector<double> taken;
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<std::string> tokens;
    for (int i = 0; i < kRequests; ++i)
      tokens.push_back(is_remembered && !tokens.empty() ? tokens.front() : servers.token());
    state.ResumeTiming();
    run(servers.loop, ask(servers, std::move(tokens), taken));
  }
  std::ranges::sort(taken);
  const auto at = [&](double share) {
    return taken[static_cast<std::size_t>(share * static_cast<double>(taken.size() - 1))];
  };
  state.counters["p50_us"] = at(0.5);
  state.counters["p99_us"] = at(0.99);
}

JwtKey secret() { return *JwtKey::from_secret("a-secret-of-the-bench-with-32-bytes-and-more"); }

void remembered_token(benchmark::State& state) { report(state, secret(), true); }
BENCHMARK(remembered_token)->Iterations(3)->Unit(benchmark::kMillisecond);

void first_hs256(benchmark::State& state) { report(state, secret(), false); }
BENCHMARK(first_hs256)->Iterations(3)->Unit(benchmark::kMillisecond);

void first_es256(benchmark::State& state) {
  report(state, JwtKey::generate(JwtAlgorithm::es256), false);
}
BENCHMARK(first_es256)->Iterations(3)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace antiphon
