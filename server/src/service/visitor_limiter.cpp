#include "service/visitor_limiter.h"

#include <array>
#include <utility>
#include <vector>

namespace antiphon {

namespace {

// A minute's worth. An office behind one address has many visitors.
struct VisitorLimits {
  std::string_view name;
  std::uint32_t visitor;
  std::uint32_t agent;
  std::uint32_t address;
};

constexpr std::array<VisitorLimits, static_cast<std::size_t>(VisitorAct::last_) + 1> kLimits{{
    {"widget-session", 30, 3'000, 60},
    {"widget-message", 20, 3'000, 120},
    {"widget-call", 6, 120, 20},
    {"widget-note", 60, 6'000, 300},
}};

RateAsk ask(const VisitorLimits& limits, std::string_view policy, std::string_view who,
            std::uint32_t limit) {
  return {.key = std::string(limits.name) + ":" + std::string(policy) + ":" + std::string(who),
          .limit = limit};
}

}  // namespace

Task<RateVerdict> VisitorLimiter::admit(VisitorAct act, Uuid visitor, Uuid agent,
                                        std::string address) {
  const VisitorLimits& limits = kLimits[static_cast<std::size_t>(act)];
  std::vector<std::string_view> policies{"address", "agent"};
  std::vector<RateAsk> asks{ask(limits, "address", address, limits.address),
                            ask(limits, "agent", agent.to_string(), limits.agent)};
  if (!visitor.is_nil()) {
    policies.emplace_back("visitor");
    asks.push_back(ask(limits, "visitor", visitor.to_string(), limits.visitor));
  }
  const auto answers = co_await windows_.take(std::move(asks));
  RateVerdict verdict{true, policies.front(), answers.front()};
  for (std::size_t index = 0; index < answers.size(); ++index) {
    const bool is_first = verdict.allowed;
    if (answers[index].allowed || (!is_first && answers[index].reset <= verdict.answer.reset)) {
      continue;
    }
    verdict = {false, policies[index], answers[index]};
  }
  co_return verdict;
}

}  // namespace antiphon
