#include "store/postgres/sqlstate.h"

#include "store/postgres/sql.h"

#include <gtest/gtest.h>

#include <array>

namespace antiphon::store {
namespace {

TEST(Sqlstate, MeansWhatOurTableSays) {
  EXPECT_EQ(code_of("08006"), ErrorCode::unavailable);
  EXPECT_EQ(code_of("22P02"), ErrorCode::invalid_argument);
  EXPECT_EQ(code_of("23001"), ErrorCode::conflict);
  EXPECT_EQ(code_of("23503"), ErrorCode::not_found);
  EXPECT_EQ(code_of("23505"), ErrorCode::already_exists);
  EXPECT_EQ(code_of("23514"), ErrorCode::invalid_argument);
  EXPECT_EQ(code_of("28P01"), ErrorCode::unavailable);
  EXPECT_EQ(code_of("40001"), ErrorCode::unavailable);
  EXPECT_EQ(code_of("42501"), ErrorCode::permission_denied);
  EXPECT_EQ(code_of("42601"), ErrorCode::internal);
  EXPECT_EQ(code_of("53300"), ErrorCode::resource_exhausted);
  EXPECT_EQ(code_of("57014"), ErrorCode::timeout);
  EXPECT_EQ(code_of("57P01"), ErrorCode::unavailable);
  EXPECT_EQ(code_of("XX001"), ErrorCode::corrupt);
  EXPECT_EQ(code_of(""), ErrorCode::internal);
}

TEST(Sqlstate, NamesTheFieldOfAConstraintThatPeopleCanPutRight) {
  const Error error = to_error({"23505", "agents_workspace_id_slug_key", {}, 0});
  ASSERT_EQ(error.fields.size(), 1U);
  EXPECT_EQ(error.fields[0].pointer, "/slug");
}

TEST(Sql, WritesArraysThatTheDatabaseReads) {
  const std::array<std::string, 3> items{"plain", "with \"quotes\" and \\", ""};
  EXPECT_EQ(text_array(items).value, R"({"plain","with \"quotes\" and \\",""})");
  const std::array<std::int64_t, 2> numbers{1, -2};
  EXPECT_EQ(integer_array(numbers).value, "{1,-2}");
}

TEST(Sql, ReadsTextArraysAsTheDatabasePrintsThem) {
  EXPECT_EQ(parse_text_array("{}"), std::vector<std::string>{});
  EXPECT_EQ(parse_text_array(R"({plain,"with \"quotes\" and \\, {}",""})"),
            (std::vector<std::string>{"plain", "with \"quotes\" and \\, {}", ""}));
}

}  // namespace
}  // namespace antiphon::store
