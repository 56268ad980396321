// What /api/usage and /api/workspace/quotas read and write.
#pragma once

#include "core/bounded.h"
#include "ports/usage_store.h"

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace antiphon {

enum class UsageFormat : std::uint8_t { json, csv };
BOOST_DESCRIBE_ENUM(UsageFormat, json, csv)

struct UsageQuery {
  Text<0, 10> from;
  Text<0, 10> to;
  UsageGrouping group_by = UsageGrouping::day;
  std::optional<UsageFormat> format;
  static constexpr std::string_view kOptionalFields[] = {"*"};
  static constexpr FieldNote kNotes[] = {
      {"from", "A day (UTC) written as 2026-11-22; the first of this month when left out."},
      {"to", "Included; today when left out. At most 366 days."},
      {"format", "csv, also by `Accept: text/csv`."}};
};
BOOST_DESCRIBE_STRUCT(UsageQuery, (), (from, to, group_by, format))

struct UsageLine {
  std::string group;
  std::int64_t conversation_ms = 0;
  std::int64_t typed_messages = 0;
  std::int64_t recognized_ms = 0;
  std::int64_t synthesized_characters = 0;
  std::int64_t heard_characters = 0;
  std::int64_t replies = 0;
  std::int64_t input_tokens = 0;
  std::int64_t output_tokens = 0;
  std::int64_t cost_micros = 0;
  static constexpr FieldNote kNotes[] = {
      {"group", "The day, the agent's id, provider/model, or the kind. `total` in the sum of all."},
      {"conversation_ms", "Of spoken conversation."},
      {"recognized_ms", "Of sound given to speech-to-text."},
      {"synthesized_characters", "Given to text-to-speech, heard or not."},
      {"heard_characters", "Of what the agent said: what reached the caller."},
      {"replies", "Asked of the language model, also those that were given up."},
      {"input_tokens", "Where the model's provider tells."},
      {"cost_micros", "In millionths of the currency of your prices; without a price 0."}};
};
BOOST_DESCRIBE_STRUCT(UsageLine, (),
                      (group, conversation_ms, typed_messages, recognized_ms,
                       synthesized_characters, heard_characters, replies, input_tokens,
                       output_tokens, cost_micros))

struct UsageAnswer {
  std::string from;
  std::string to;
  UsageGrouping group_by = UsageGrouping::day;
  std::vector<UsageLine> items;
  UsageLine total;
};
BOOST_DESCRIBE_STRUCT(UsageAnswer, (), (from, to, group_by, items, total))

struct QuotasInput {
  std::optional<Integer<0, 1'000'000>> conversations_max;
  std::optional<Integer<0, 1'000'000'000>> minutes_max;
  std::optional<Integer<0, 1'000'000'000'000'000>> storage_bytes_max;
  std::optional<Integer<0, 1'000'000'000'000'000>> spend_micros_max;
  static constexpr FieldNote kNotes[] = {
      {"", "What is left out or null has no limit."},
      {"conversations_max", "At once. A typed one counts for ten minutes."},
      {"minutes_max", "Of spoken conversation, a month (UTC)."},
      {"storage_bytes_max", "Of recordings and documents."},
      {"spend_micros_max", "A month, in millionths of the currency of your prices."}};
};
BOOST_DESCRIBE_STRUCT(QuotasInput, (),
                      (conversations_max, minutes_max, storage_bytes_max, spend_micros_max))

struct QuotaLine {
  std::int64_t used = 0;
  std::optional<std::int64_t> max;
  static constexpr FieldNote kNotes[] = {{"max", "Left out: no limit."}};
};
BOOST_DESCRIBE_STRUCT(QuotaLine, (), (used, max))

struct QuotasOutput {
  std::string month;
  QuotaLine conversations;
  QuotaLine minutes;
  QuotaLine storage_bytes;
  QuotaLine spend_micros;
  static constexpr FieldNote kNotes[] = {{"month", "That minutes and spend are of (UTC)."},
                                         {"minutes", "Whole minutes that have been begun."}};
};
BOOST_DESCRIBE_STRUCT(QuotasOutput, (),
                      (month, conversations, minutes, storage_bytes, spend_micros))

struct PriceInput {
  Text<1, 64> provider;
  Text<0, 128> model;
  UsageKind kind = UsageKind::conversation_ms;
  Text<0, 10> valid_from;
  Integer<0, 1'000'000'000'000> micros{0};
  Integer<1, 1'000'000'000> per{1};
  static constexpr std::string_view kOptionalFields[] = {"model", "valid_from"};
  static constexpr FieldNote kNotes[] = {
      {"provider", "As /api/usage?group_by=provider names it; antiphon for minutes and messages."},
      {"model", "Left out: every model of the provider without a price of its own."},
      {"valid_from", "A day written as 2026-11-22; left out: always."},
      {"micros", "Millionths of your currency, for so many units as `per` says."},
      {"per", "1000000 for a price per million tokens, 60000 for one per minute."}};
};
BOOST_DESCRIBE_STRUCT(PriceInput, (), (provider, model, kind, valid_from, micros, per))

struct PriceList {
  List<PriceInput, 500> items;
};
BOOST_DESCRIBE_STRUCT(PriceList, (), (items))

}  // namespace antiphon
