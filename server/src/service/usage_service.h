// What a workspace has used and may use: the questions people ask, checked.
//
// Limits  a question is about at most 366 days; at most 500 prices.
// Errors  invalid_argument with the fields at fault, and those of ports/usage_store.h.
// Thread  the API loop.
#pragma once

#include "core/clock.h"
#include "ports/usage_store.h"

#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

class UsageService {
 public:
  static constexpr int kDaysMax = 366;

  UsageService(UsageStore& store, Clock& clock) : store_(store), clock_(clock) {}

  // Days as "2026-11-22". An empty `from` is the first of this month, an empty `to` today.
  [[nodiscard]] Result<UsageQuestion> question(std::string_view from, std::string_view to,
                                               UsageGrouping group_by) const;
  Task<Result<std::vector<UsageSum>>> sum(Principal principal, UsageQuestion question);
  Task<Result<QuotaState>> quotas(Principal principal);
  Task<Result<QuotaState>> set_quotas(Principal principal, Quotas quotas);
  Task<Result<std::vector<Price>>> prices(Principal principal);
  Task<Result<std::vector<Price>>> set_prices(Principal principal, std::vector<Price> prices);
  // "2026-11"
  [[nodiscard]] std::string month() const;

 private:
  [[nodiscard]] std::chrono::year_month_day today() const;

  UsageStore& store_;
  Clock& clock_;
};

// nullopt: no day of the calendar, or not written as 2026-11-22.
[[nodiscard]] std::optional<std::chrono::year_month_day> parse_day(std::string_view text);
[[nodiscard]] std::string write_day(std::chrono::year_month_day day);

}  // namespace antiphon
