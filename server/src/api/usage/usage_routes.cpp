#include "api/usage/usage_routes.h"

#include "api/usage/usage_documents.h"

#include <fmt/format.h>

#include <utility>

namespace antiphon {

namespace {

constexpr std::string_view kCsvMediaType = "text/csv";
constexpr std::int64_t kMillisecondsPerMinute = 60'000;

std::int64_t& field_of(UsageLine& line, UsageKind kind) {
  switch (kind) {
    case UsageKind::conversation_ms:
      return line.conversation_ms;
    case UsageKind::typed_messages:
      return line.typed_messages;
    case UsageKind::recognized_ms:
      return line.recognized_ms;
    case UsageKind::synthesized_characters:
      return line.synthesized_characters;
    case UsageKind::heard_characters:
      return line.heard_characters;
    case UsageKind::replies:
      return line.replies;
    case UsageKind::input_tokens:
      return line.input_tokens;
    case UsageKind::output_tokens:
      break;
  }
  return line.output_tokens;
}

void add(UsageLine& line, const UsageSum& sum) {
  field_of(line, sum.kind) += sum.quantity;
  line.cost_micros += sum.cost_micros;
}

// The sums come group by group.
void fill(UsageAnswer& answer, const std::vector<UsageSum>& sums) {
  answer.total.group = "total";
  for (const UsageSum& sum : sums) {
    if (answer.items.empty() || answer.items.back().group != sum.group) {
      answer.items.emplace_back().group = sum.group;
    }
    add(answer.items.back(), sum);
    add(answer.total, sum);
  }
}

// RFC 4180. A name that a spreadsheet would take for a formula is shown as text.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  if (text.find_first_of("=+-@\t\r") == 0) out += '\'';
  for (const char character : text) {
    out += character;
    if (character == '"') out += '"';
  }
  return out + '"';
}

std::string csv_of(const UsageAnswer& answer) {
  std::string out =
      "group,conversation_ms,typed_messages,recognized_ms,synthesized_characters,"
      "heard_characters,replies,input_tokens,output_tokens,cost_micros\r\n";
  for (const UsageLine& line : answer.items) {
    out += fmt::format("{},{},{},{},{},{},{},{},{},{}\r\n", quoted(line.group),
                       line.conversation_ms, line.typed_messages, line.recognized_ms,
                       line.synthesized_characters, line.heard_characters, line.replies,
                       line.input_tokens, line.output_tokens, line.cost_micros);
  }
  return out;
}

bool wants_csv(const UsageQuery& query, const Request& request) {
  if (query.format) return *query.format == UsageFormat::csv;
  return request.headers.find("Accept").value_or("").starts_with(kCsvMediaType);
}

Task<Result<Response>> sum(UsageService& usage, ApiCall call) {
  const auto query = from_query<UsageQuery>(query_of(call.request));
  if (!query) co_return std::unexpected(query.error());
  const auto question = usage.question(query->from.value(), query->to.value(), query->group_by);
  if (!question) co_return std::unexpected(question.error());
  const auto sums = co_await usage.sum(std::move(call.principal), *question);
  if (!sums) co_return std::unexpected(sums.error());
  UsageAnswer answer{.from = write_day(question->from),
                     .to = write_day(question->to),
                     .group_by = question->group_by};
  fill(answer, *sums);
  if (!wants_csv(*query, call.request)) co_return json_response(200, to_json(answer));
  Response response;
  response.status = 200;
  response.headers.set("Content-Type", std::string(kCsvMediaType) + "; charset=utf-8");
  response.headers.set("Content-Disposition", "attachment; filename=\"usage.csv\"");
  response.body = csv_of(answer);
  co_return response;
}

QuotasOutput output_of(const UsageService& usage, const QuotaState& state) {
  const Quotas& quotas = state.quotas;
  const QuotaUse& used = state.used;
  const std::int64_t minutes =
      (used.conversation_ms + kMillisecondsPerMinute - 1) / kMillisecondsPerMinute;
  return {.month = usage.month(),
          .conversations = {used.conversations, quotas.conversations_max},
          .minutes = {minutes, quotas.minutes_max},
          .storage_bytes = {used.storage_bytes, quotas.storage_bytes_max},
          .spend_micros = {used.spend_micros, quotas.spend_micros_max}};
}

Task<Result<Response>> limits(UsageService& usage, ApiCall call) {
  const auto state = co_await usage.quotas(std::move(call.principal));
  if (!state) co_return std::unexpected(state.error());
  co_return json_response(200, to_json(output_of(usage, *state)));
}

template <std::int64_t Min, std::int64_t Max>
std::optional<std::int64_t> value_of(const std::optional<Integer<Min, Max>>& limit) {
  if (!limit) return std::nullopt;
  return limit->value();
}

Task<Result<Response>> set_quotas(UsageService& usage, ApiCall call) {
  const auto input = from_json<QuotasInput>(call.request.body);
  if (!input) co_return std::unexpected(input.error());
  const Quotas quotas{value_of(input->conversations_max), value_of(input->minutes_max),
                      value_of(input->storage_bytes_max), value_of(input->spend_micros_max)};
  const auto state = co_await usage.set_quotas(std::move(call.principal), quotas);
  if (!state) co_return std::unexpected(state.error());
  co_return json_response(200, to_json(output_of(usage, *state)));
}

Result<Response> price_response(const std::vector<Price>& prices) {
  std::vector<PriceInput> items;
  for (const Price& price : prices) {
    PriceInput item;
    item.provider = Text<1, 64>::make(price.provider).value_or(Text<1, 64>{});
    item.model = Text<0, 128>::make(price.model).value_or(Text<0, 128>{});
    item.kind = price.kind;
    item.valid_from = Text<0, 10>::make(write_day(price.valid_from)).value_or(Text<0, 10>{});
    item.micros = *decltype(item.micros)::make(price.micros);
    item.per = *decltype(item.per)::make(price.per);
    items.push_back(std::move(item));
  }
  auto list = decltype(PriceList::items)::make(std::move(items));
  if (!list) return std::unexpected(list.error());
  return json_response(200, to_json(PriceList{std::move(*list)}));
}

Task<Result<Response>> prices(UsageService& usage, ApiCall call) {
  const auto found = co_await usage.prices(std::move(call.principal));
  if (!found) co_return std::unexpected(found.error());
  co_return price_response(*found);
}

Task<Result<Response>> set_prices(UsageService& usage, ApiCall call) {
  const auto input = from_json<PriceList>(call.request.body);
  if (!input) co_return std::unexpected(input.error());
  std::vector<Price> wanted;
  for (const PriceInput& item : input->items.value()) {
    const std::string& from = item.valid_from.value();
    const auto valid_from = parse_day(from.empty() ? "2000-01-01" : from);
    if (!valid_from) {
      co_return failure(ErrorCode::invalid_argument, "a price has no day",
                        {{fmt::format("/items/{}/valid_from", wanted.size()),
                          "must be a day written as 2026-11-22"}});
    }
    wanted.push_back({item.provider.value(), item.model.value(), item.kind, *valid_from,
                      item.micros.value(), item.per.value()});
  }
  const auto set = co_await usage.set_prices(std::move(call.principal), std::move(wanted));
  if (!set) co_return std::unexpected(set.error());
  co_return price_response(*set);
}

AnswerHandler bind(UsageService& usage, Task<Result<Response>> (*handler)(UsageService&, ApiCall)) {
  return [&usage, handler](ApiCall call) { return handler(usage, std::move(call)); };
}

void add_quotas(Router& router, UsageService& usage) {
  router.add({.operation = {.method = "GET",
                            .path = "/api/usage/limits",
                            .id = "usage.limits",
                            .summary = "What is used of each quota, right now.",
                            .tag = "usage",
                            .scope = "usage:read",
                            .responses = {{.description = "Each quota.",
                                           .shape = &shape_of<QuotasOutput>()}}},
              .answer = bind(usage, limits)});
  router.add({.operation = {.method = "PUT",
                            .path = "/api/workspace/quotas",
                            .id = "quotas.replace",
                            .summary = "Set what the workspace may use at most.",
                            .tag = "usage",
                            .scope = "quotas:write",
                            .request = {.shape = &shape_of<QuotasInput>()},
                            .responses = {{.description = "The quotas, and what is used of them.",
                                           .shape = &shape_of<QuotasOutput>()}}},
              .answer = bind(usage, set_quotas)});
}

void add_prices(Router& router, UsageService& usage) {
  router.add({.operation = {.method = "GET",
                            .path = "/api/usage/prices",
                            .id = "prices.list",
                            .summary = "What each unit costs you.",
                            .tag = "usage",
                            .scope = "usage:read",
                            .responses = {{.description = "All prices.",
                                           .shape = &shape_of<PriceList>()}}},
              .answer = bind(usage, prices)});
  router.add({.operation = {.method = "PUT",
                            .path = "/api/usage/prices",
                            .id = "prices.replace",
                            .summary = "Set all prices; they count for what was used before too.",
                            .tag = "usage",
                            .scope = "quotas:write",
                            .request = {.shape = &shape_of<PriceList>()},
                            .responses = {{.description = "All prices.",
                                           .shape = &shape_of<PriceList>()}}},
              .answer = bind(usage, set_prices),
              .body_max = 256 * 1024});
}

}  // namespace

void add_usage_routes(Router& router, UsageService& usage) {
  router.add(
      {.operation = {.method = "GET",
                     .path = "/api/usage",
                     .id = "usage.sum",
                     .summary = "What was used, by day, agent, provider or kind; JSON or CSV.",
                     .tag = "usage",
                     .scope = "usage:read",
                     .query = &shape_of<UsageQuery>(),
                     .responses = {{.description = "The sums. With `format=csv`: text/csv.",
                                    .shape = &shape_of<UsageAnswer>(),
                                    .text_media_type = kCsvMediaType}}},
       .answer = bind(usage, sum)});
  add_quotas(router, usage);
  add_prices(router, usage);
}

}  // namespace antiphon
