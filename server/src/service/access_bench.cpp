// What finding out who asks, and in which role, costs a request whose answer is remembered: the
// processor time of a thousand, the middle of 21 rounds.
#include "core/system_clock.h"
#include "crypto/session_token.h"
#include "domain/scopes.h"
#include "service/access_service.h"
#include "service/fake_stores_test.h"
#include "testing/run.h"

#include <benchmark/benchmark.h>

#include <vector>

namespace antiphon {
namespace {

constexpr int kRequests = 1'000;  // in each round: a millisecond is a microsecond a request

class VerifiedTokens final : public TokenVerifier {
 public:
  Task<Result<VerifiedUser>> verify(std::string) override {
    VerifiedUser user;
    user.user = test_uuid(7);
    user.email = "ann@example.org";
    co_return user;
  }
};

class OneMembership final : public MembershipStore {
 public:
  Task<Result<std::vector<Membership>>> memberships_of(Uuid) override {
    co_return std::vector<Membership>{{WorkspaceId(test_uuid(1)), Role::developer}};
  }
};

Task<> ask(AccessService& access, const Credentials& credentials) {
  for (int count = 0; count < kRequests; ++count) {
    const auto principal = co_await access.authenticate(credentials, Standing::member);
    const bool may = principal && holds(*principal, "agents:read");
    CHECK(may, "what is measured is the good answer");
  }
}

void report(benchmark::State& state, const Credentials& credentials) {
  boost::asio::io_context loop;
  SystemClock clock;
  SeededRandom random{Seed{1}};
  FakeApiKeys keys;
  VerifiedTokens tokens;
  OneMembership memberships;
  AccessService access(keys, clock);
  access.believe_people(tokens, memberships);
  Credentials asked = credentials;
  if (asked.authorization.empty()) asked.authorization = keys.add(random, Role::owner);
  for (auto _ : state)
    run(loop, ask(access, asked));
  state.SetItemsProcessed(state.iterations() * kRequests);
}

// Without the signature: the verifier remembers tokens it has checked.
void remembered_person(benchmark::State& state) {
  report(state, {.authorization = "Bearer token"});
}
BENCHMARK(remembered_person)
    ->Repetitions(21)
    ->ReportAggregatesOnly()
    ->Unit(benchmark::kMillisecond);

void remembered_key(benchmark::State& state) { report(state, {}); }
BENCHMARK(remembered_key)->Repetitions(21)->ReportAggregatesOnly()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace antiphon
