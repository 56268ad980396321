// A subset of JSON Schema for what other people describe at run time: the arguments of tools.
//
// Keywords  type (one, or a list), properties, required, additionalProperties (true or false),
//           items, enum, const, minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf,
//           minLength, maxLength, minItems, maxItems, format (date, time, date-time, email, uri,
//           uuid); title, description, default, examples, $schema are read over. A schema with any
//           other keyword is refused: a rule that is not checked is worse than none.
// Limits    kSchemaDepthMax levels, kSchemaNodesMax schemas; kFaultsMax faults are told.
// Errors    check_schema: invalid_argument with a field error for each place, JSON pointers.
// Thread    any.
// Source    JSON Schema 2020-12.
#pragma once

#include "core/result.h"
#include "json/value.h"

#include <cstddef>
#include <string_view>
#include <vector>

namespace antiphon::json {

inline constexpr std::size_t kSchemaDepthMax = 8;
inline constexpr std::size_t kSchemaNodesMax = 200;
inline constexpr std::size_t kFaultsMax = 20;

[[nodiscard]] Result<> check_schema(const Value& schema);

// What of `value` is not as a schema that was checked wants it; empty: all is.
[[nodiscard]] std::vector<FieldError> faults_of(const Value& value, const Value& schema);

}  // namespace antiphon::json
