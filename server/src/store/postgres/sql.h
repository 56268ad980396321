// What is sent to PostgreSQL and what comes back, without libpq's types.
//
//   Statement{"select name from public.agents where id = $1", {text(id)}}
//
// `sql` is a literal of the program: it names the prepared statement, and nothing from outside is
// ever joined into it. Errors while reading a value are bugs of the query, never of the data:
// CHECK.
#pragma once

#include "core/clock.h"
#include "core/uuid.h"
#include "domain/ids.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct pg_result;

namespace antiphon::store {

struct Parameter {
  std::optional<std::string> value;  // nothing: null
  bool binary = false;
};

[[nodiscard]] Parameter text(std::string value);
[[nodiscard]] Parameter text(const Uuid& id);
template <class Tag>
[[nodiscard]] Parameter text(const Id<Tag>& id) {
  return text(id.uuid());
}
[[nodiscard]] Parameter integer(std::int64_t value);
[[nodiscard]] Parameter null();
// Null when the id is nil.
[[nodiscard]] Parameter optional_id(const Uuid& id);
[[nodiscard]] Parameter timestamp(WallTime time);
[[nodiscard]] Parameter bytes(std::string_view raw);  // bytea, binary
// real[] in binary: 8 bytes a number instead of about 12 and nothing to parse.
[[nodiscard]] Parameter reals(std::span<const float> numbers);
[[nodiscard]] Parameter text_array(std::span<const std::string> items);
[[nodiscard]] Parameter integer_array(std::span<const std::int64_t> items);

// A real[] or the elements of a text[] as the database prints or sends them.
[[nodiscard]] std::vector<float> parse_reals(std::string_view binary);
[[nodiscard]] std::vector<std::string> parse_text_array(std::string_view printed);

enum class RowFormat : std::uint8_t { text, binary };

struct Statement {
  std::string_view sql;
  std::vector<Parameter> parameters;
  RowFormat rows = RowFormat::text;
};

// The rows of one statement. Copies share them; the memory lives as long as the last copy.
class Rows {
 public:
  Rows() = default;
  explicit Rows(pg_result* owned);

  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] bool empty() const { return size() == 0; }
  // Rows touched by insert, update, delete.
  [[nodiscard]] std::int64_t affected() const;

  [[nodiscard]] bool is_null(std::size_t row, int column) const;
  // Valid as long as a copy of these Rows.
  [[nodiscard]] std::string_view view(std::size_t row, int column) const;
  [[nodiscard]] std::string string(std::size_t row, int column) const;
  [[nodiscard]] std::int64_t number(std::size_t row, int column) const;
  [[nodiscard]] bool boolean(std::size_t row, int column) const;
  [[nodiscard]] Uuid uuid(std::size_t row, int column) const;
  [[nodiscard]] std::optional<Uuid> optional_uuid(std::size_t row, int column) const;
  // Of a column printed by kMicros.
  [[nodiscard]] WallTime time(std::size_t row, int column) const;
  [[nodiscard]] std::int32_t binary_integer(std::size_t row, int column) const;

 private:
  std::shared_ptr<pg_result> result_;
};

}  // namespace antiphon::store
