#include "store/postgres/sql.h"

#include "core/check.h"
#include "store/cursor.h"

#include <libpq-fe.h>

#include <bit>
#include <charconv>
#include <cstring>

namespace antiphon::store {

namespace {

constexpr std::uint32_t kRealType = 700;  // pg_type.dat: float4

void append_big_endian(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>((value >> shift) & 0xFFU));
  }
}

std::uint32_t read_big_endian(std::string_view bytes, std::size_t offset) {
  CHECK(offset + 4 <= bytes.size(), "a binary value is as long as it says");
  std::uint32_t value = 0;
  for (std::size_t index = 0; index < 4; ++index) {
    value = (value << 8U) | static_cast<unsigned char>(bytes[offset + index]);
  }
  return value;
}

int row_of(std::size_t row) { return static_cast<int>(row); }

}  // namespace

Parameter text(std::string value) { return {std::move(value), false}; }
Parameter text(const Uuid& id) { return {id.to_string(), false}; }
Parameter integer(std::int64_t value) { return {std::to_string(value), false}; }
Parameter null() { return {std::nullopt, false}; }
Parameter optional_id(const Uuid& id) { return id.is_nil() ? null() : text(id); }
Parameter bytes(std::string_view raw) { return {std::string(raw), true}; }

// Microseconds since 1970; the statements turn them into timestamptz.
Parameter timestamp(WallTime time) {
  return integer(to_microtime(time).time_since_epoch().count());
}

Parameter reals(std::span<const float> numbers) {
  std::string out;
  out.reserve(20 + numbers.size() * 8);
  append_big_endian(out, 1);  // dimensions
  append_big_endian(out, 0);  // no nulls
  append_big_endian(out, kRealType);
  append_big_endian(out, static_cast<std::uint32_t>(numbers.size()));
  append_big_endian(out, 1);  // the first index
  for (const float number : numbers) {
    append_big_endian(out, sizeof(float));
    append_big_endian(out, std::bit_cast<std::uint32_t>(number));
  }
  return {std::move(out), true};
}

Parameter text_array(std::span<const std::string> items) {
  std::string out = "{";
  for (const std::string& item : items) {
    if (out.size() > 1) out.push_back(',');
    out.push_back('"');
    for (const char letter : item) {
      if (letter == '"' || letter == '\\') out.push_back('\\');
      out.push_back(letter);
    }
    out.push_back('"');
  }
  out.push_back('}');
  return {std::move(out), false};
}

Parameter integer_array(std::span<const std::int64_t> items) {
  std::string out = "{";
  for (const std::int64_t item : items) {
    if (out.size() > 1) out.push_back(',');
    out += std::to_string(item);
  }
  out.push_back('}');
  return {std::move(out), false};
}

std::vector<float> parse_reals(std::string_view binary) {
  if (read_big_endian(binary, 0) == 0) return {};
  CHECK(read_big_endian(binary, 8) == kRealType, "the column is real[]");
  const std::size_t count = read_big_endian(binary, 12);
  CHECK(binary.size() == 20 + count * 8, "an array without nulls has 8 bytes a number");
  std::vector<float> numbers(count);
  for (std::size_t index = 0; index < count; ++index) {
    numbers[index] = std::bit_cast<float>(read_big_endian(binary, 24 + index * 8));
  }
  return numbers;
}

std::vector<std::string> parse_text_array(std::string_view printed) {
  CHECK(printed.size() >= 2 && printed.front() == '{', "the column is text[]");
  std::vector<std::string> items;
  std::string item;
  bool quoted = false;
  bool any = false;
  for (std::size_t index = 1; index < printed.size(); ++index) {
    const char letter = printed[index];
    if (letter == '"') {
      quoted = !quoted;
      any = true;
    } else if (letter == '\\' && index + 1 < printed.size()) {
      item.push_back(printed[++index]);
    } else if (!quoted && (letter == ',' || letter == '}')) {
      if (any || !item.empty()) items.push_back(std::move(item));
      item.clear();
      any = false;
    } else {
      item.push_back(letter);
    }
  }
  return items;
}

Rows::Rows(pg_result* owned) : result_(owned, PQclear) {}

std::size_t Rows::size() const {
  return result_ ? static_cast<std::size_t>(PQntuples(result_.get())) : 0;
}

std::int64_t Rows::affected() const {
  if (!result_) return 0;
  const std::string_view digits = PQcmdTuples(result_.get());
  std::int64_t count = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), count);
  return count;
}

bool Rows::is_null(std::size_t row, int column) const {
  return PQgetisnull(result_.get(), row_of(row), column) != 0;
}

std::string_view Rows::view(std::size_t row, int column) const {
  CHECK(row < size() && column < PQnfields(result_.get()), "the query returns this value");
  return {PQgetvalue(result_.get(), row_of(row), column),
          static_cast<std::size_t>(PQgetlength(result_.get(), row_of(row), column))};
}

std::string Rows::string(std::size_t row, int column) const {
  return std::string(view(row, column));
}

std::int64_t Rows::number(std::size_t row, int column) const {
  const std::string_view digits = view(row, column);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  CHECK(error == std::errc{} && end == digits.data() + digits.size(), "the column is an integer");
  return value;
}

bool Rows::boolean(std::size_t row, int column) const { return view(row, column) == "t"; }

Uuid Rows::uuid(std::size_t row, int column) const {
  const auto id = Uuid::parse(view(row, column));
  CHECK(id.has_value(), "the column is a uuid");
  return *id;
}

std::optional<Uuid> Rows::optional_uuid(std::size_t row, int column) const {
  if (is_null(row, column)) return std::nullopt;
  return uuid(row, column);
}

WallTime Rows::time(std::size_t row, int column) const {
  return WallTime(std::chrono::microseconds(number(row, column)));
}

std::int32_t Rows::binary_integer(std::size_t row, int column) const {
  return std::bit_cast<std::int32_t>(read_big_endian(view(row, column), 0));
}

}  // namespace antiphon::store
