#include "api/widgets/widget_routes.h"

#include "api/widgets/widget_documents.h"
#include "net/edge.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace antiphon {

namespace {

constexpr std::string_view kSettings = "/api/agents/{agent}/widget";
constexpr std::string_view kAnalytics = "/api/agents/{agent}/widget/analytics";

bool is_colour(std::string_view text) {
  return text.empty() ||
         (text.size() == 7 && text.starts_with('#') &&
          text.find_first_not_of("0123456789abcdefABCDEF", 1) == std::string_view::npos);
}

// What the types cannot say.
Result<> check(const WidgetSettings& settings) {
  std::vector<FieldError> issues;
  std::size_t index = 0;
  for (const auto& origin : settings.allowed_origins) {
    const auto parsed = parse_origin(origin.value());
    if (!parsed || *parsed != origin.value() || *parsed == "*") {
      issues.push_back({fmt::format("/allowed_origins/{}", index),
                        "must be one origin as browsers send it: https://www.example.com, without "
                        "a path, in lower case"});
    }
    ++index;
  }
  if (!is_colour(settings.accent.value()))
    issues.push_back({"/accent", "must be a colour as #rrggbb, or empty"});
  if (settings.identity_required && settings.identity_secret.empty())
    issues.push_back({"/identity_secret", "must name a secret where identity_required is set"});
  if (issues.empty()) return {};
  return failure(ErrorCode::invalid_argument, "the widget's settings are not valid",
                 std::move(issues));
}

Task<Result<Response>> get(WidgetService& widgets, ApiCall call) {
  const auto id = uuid_argument(call, 0);
  if (!id) co_return std::unexpected(id.error());
  auto settings = co_await widgets.settings(std::move(call.principal), AgentId(*id));
  if (!settings) co_return std::unexpected(std::move(settings.error()));
  co_return json_response(200, to_json(*settings));
}

Task<Result<Response>> put(WidgetService& widgets, ApiCall call) {
  const auto id = uuid_argument(call, 0);
  if (!id) co_return std::unexpected(id.error());
  auto input = from_json<WidgetSettings>(call.request.body);
  if (!input) co_return std::unexpected(std::move(input.error()));
  auto checked = check(*input);
  if (!checked) co_return std::unexpected(std::move(checked.error()));
  auto settings =
      co_await widgets.set_settings(std::move(call.principal), AgentId(*id), std::move(*input));
  if (!settings) co_return std::unexpected(std::move(settings.error()));
  co_return json_response(200, to_json(*settings));
}

using Column = std::int64_t WidgetDayOutput::*;
constexpr std::array<std::pair<std::string_view, Column>, 14> kColumns{
    {{"opened", &WidgetDayOutput::opened},
     {"conversations", &WidgetDayOutput::conversations},
     {"messages", &WidgetDayOutput::messages},
     {"calls", &WidgetDayOutput::calls},
     {"call_ms", &WidgetDayOutput::call_ms},
     {"completed", &WidgetDayOutput::completed},
     {"rated_up", &WidgetDayOutput::rated_up},
     {"rated_down", &WidgetDayOutput::rated_down},
     {"suggestion_used", &WidgetDayOutput::suggestion_used},
     {"microphone_refused", &WidgetDayOutput::microphone_refused},
     {"microphone_missing", &WidgetDayOutput::microphone_missing},
     {"microphone_silent", &WidgetDayOutput::microphone_silent},
     {"call_failed", &WidgetDayOutput::call_failed},
     {"message_failed", &WidgetDayOutput::message_failed}}};

// The counts come day by day. A kind without a column is one that a newer server writes.
WidgetAnalytics summed(const std::vector<WidgetCount>& counts) {
  WidgetAnalytics answer;
  answer.total.day = "total";
  for (const WidgetCount& count : counts) {
    const auto* const column =
        std::ranges::find(kColumns, count.kind, &decltype(kColumns)::value_type::first);
    if (column == kColumns.end()) continue;
    const std::string day = write_day(count.day);
    if (answer.items.empty() || answer.items.back().day != day)
      answer.items.emplace_back().day = day;
    answer.items.back().*column->second += count.quantity;
    answer.total.*column->second += count.quantity;
  }
  return answer;
}

Task<Result<Response>> analytics(WidgetService& widgets, const UsageService& days, ApiCall call) {
  const auto id = uuid_argument(call, 0);
  if (!id) co_return std::unexpected(id.error());
  const auto query = from_query<WidgetAnalyticsQuery>(query_of(call.request));
  if (!query) co_return std::unexpected(query.error());
  const auto asked = days.question(query->from.value(), query->to.value(), UsageGrouping::day);
  if (!asked) co_return std::unexpected(asked.error());
  const auto counts =
      co_await widgets.counts(std::move(call.principal), AgentId(*id), {asked->from, asked->to});
  if (!counts) co_return std::unexpected(counts.error());
  co_return json_response(200, to_json(summed(*counts)));
}

}  // namespace

void add_widget_routes(Router& router, WidgetService& widgets, const UsageService& days) {
  router.add({.operation = {.method = "GET",
                            .path = kSettings,
                            .id = "widgets.get",
                            .summary = "Read how the agent appears on websites.",
                            .tag = "widgets",
                            .scope = "agents:read",
                            .path_parameters = &shape_of<WidgetPath>(),
                            .responses = {{200, "The settings.", &shape_of<WidgetSettings>()}}},
              .answer = [&widgets](ApiCall call) { return get(widgets, std::move(call)); }});
  router.add(
      {.operation = {.method = "PUT",
                     .path = kSettings,
                     .id = "widgets.replace",
                     .summary = "Say on which websites the agent appears, and how.",
                     .description = "Counts for new requests within five seconds on every server.",
                     .tag = "widgets",
                     .scope = "agents:write",
                     .path_parameters = &shape_of<WidgetPath>(),
                     .request = {.shape = &shape_of<WidgetSettings>()},
                     .responses = {{200, "The settings.", &shape_of<WidgetSettings>()}}},
       .answer = [&widgets](ApiCall call) { return put(widgets, std::move(call)); }});
  router.add({.operation = {.method = "GET",
                            .path = kAnalytics,
                            .id = "widgets.analytics",
                            .summary = "Sum what visitors of the widget did, by day.",
                            .tag = "widgets",
                            .scope = "usage:read",
                            .path_parameters = &shape_of<WidgetPath>(),
                            .query = &shape_of<WidgetAnalyticsQuery>(),
                            .responses = {{200, "The sums.", &shape_of<WidgetAnalytics>()}}},
              .answer = [&widgets, &days](ApiCall call) {
                return analytics(widgets, days, std::move(call));
              }});
}

}  // namespace antiphon
