// What an error of the database means to us: one table from SQLSTATE to ErrorCode, one from
// constraint to field.
//
// The text of the database may quote what a person typed, so none of it reaches an Error.
// Source  PostgreSQL 15, appendix A; AN001 to AN005 are our own (supabase/migrations).
#pragma once

#include "core/error.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace antiphon::store {

struct DatabaseError {
  std::string sqlstate;    // five characters; "08006" when the connection was lost
  std::string constraint;  // empty when none was violated
  // What the database said and at which character of the script: for migrations, which hold
  // nobody's data. Empty for units.
  std::string message = {};
  std::size_t position = 0;
};

[[nodiscard]] ErrorCode code_of(std::string_view sqlstate);
[[nodiscard]] Error to_error(const DatabaseError& error);

// The transaction is certainly undone and would probably succeed now: sending the same unit again
// is safe.
[[nodiscard]] bool is_worth_another_try(std::string_view sqlstate);
// The server ends this session; nothing more comes from it.
[[nodiscard]] bool ends_session(std::string_view sqlstate);

}  // namespace antiphon::store
