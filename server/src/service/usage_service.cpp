#include "service/usage_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <tuple>
#include <utility>

namespace antiphon {

namespace {

constexpr std::size_t kDayLength = 10;

std::optional<unsigned> digits(std::string_view text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<std::chrono::year_month_day> parse_day(std::string_view text) {
  if (text.size() != kDayLength || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = digits(text.substr(0, 4));
  const auto month = digits(text.substr(5, 2));
  const auto day = digits(text.substr(8, 2));
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(*month), std::chrono::day(*day)};
  if (!date.ok() || *year < 1970) return std::nullopt;
  return date;
}

std::string write_day(std::chrono::year_month_day day) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

std::chrono::year_month_day UsageService::today() const {
  return std::chrono::floor<std::chrono::days>(clock_.wall());
}

std::string UsageService::month() const { return write_day(today()).substr(0, 7); }

Result<UsageQuestion> UsageService::question(std::string_view from, std::string_view to,
                                             UsageGrouping group_by) const {
  const auto now = today();
  const auto month_first = now.year() / now.month() / std::chrono::day(1);
  const auto first = from.empty() ? std::optional(month_first) : parse_day(from);
  const auto last = to.empty() ? std::optional(now) : parse_day(to);
  constexpr std::string_view kNoDay = "must be a day written as 2026-11-22";
  if (!first) {
    return failure(ErrorCode::invalid_argument, "the days are not understood",
                   {{"/from", std::string(kNoDay)}});
  }
  if (!last) {
    return failure(ErrorCode::invalid_argument, "the days are not understood",
                   {{"/to", std::string(kNoDay)}});
  }
  const auto length = std::chrono::sys_days(*last) - std::chrono::sys_days(*first);
  if (length < std::chrono::days(0) || length >= std::chrono::days(kDaysMax)) {
    return failure(ErrorCode::invalid_argument, "ask for 1 to 366 days",
                   {{"/to", "must be at most 365 days after `from`, and not before it"}});
  }
  return UsageQuestion{*first, *last, group_by};
}

Task<Result<std::vector<UsageSum>>> UsageService::sum(Principal principal, UsageQuestion question) {
  co_return co_await store_.sum(std::move(principal), question);
}

Task<Result<QuotaState>> UsageService::quotas(Principal principal) {
  co_return co_await store_.quotas(std::move(principal));
}

Task<Result<QuotaState>> UsageService::set_quotas(Principal principal, Quotas quotas) {
  auto set = co_await store_.set_quotas(principal, quotas);
  if (!set) co_return std::unexpected(std::move(set.error()));
  co_return co_await store_.quotas(std::move(principal));
}

Task<Result<std::vector<Price>>> UsageService::prices(Principal principal) {
  co_return co_await store_.prices(std::move(principal));
}

Task<Result<std::vector<Price>>> UsageService::set_prices(Principal principal,
                                                          std::vector<Price> prices) {
  std::set<std::tuple<std::string, std::string, UsageKind, std::chrono::sys_days>> known;
  for (std::size_t index = 0; index < prices.size(); ++index) {
    const Price& price = prices[index];
    if (known.emplace(price.provider, price.model, price.kind, price.valid_from).second) continue;
    co_return failure(ErrorCode::invalid_argument, "two prices are for the same thing and day",
                      {{fmt::format("/items/{}", index), "is there twice"}});
  }
  auto set = co_await store_.set_prices(principal, std::move(prices));
  if (!set) co_return std::unexpected(std::move(set.error()));
  co_return co_await store_.prices(std::move(principal));
}

}  // namespace antiphon
