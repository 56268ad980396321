#include "store/cursor.h"

#include "core/base64.h"

#include <gtest/gtest.h>

#include <span>

namespace antiphon::store {
namespace {

TEST(Cursor, ReadsBackWhatItWrote) {
  const Cursor cursor{Microtime(std::chrono::microseconds(1'767'603'600'123'456)),
                      *Uuid::parse("018f3c9e-0000-7000-8000-00000000002a")};
  const auto read = decode_cursor(encode_cursor(cursor));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->time, cursor.time);
  EXPECT_EQ(read->id, cursor.id);
}

TEST(Cursor, RefusesWhatItDidNotWrite) {
  const auto encoded = [](std::string_view plain) {
    return base64url_encode(std::as_bytes(std::span(plain)));
  };
  for (const std::string& text :
       {std::string("%%%"), encoded("12"), encoded("12/not-a-uuid"),
        encoded("1x/018f3c9e-0000-7000-8000-00000000002a"),
        encoded("99999999999999999999/018f3c9e-0000-7000-8000-00000000002a")}) {
    const auto read = decode_cursor(text);
    ASSERT_FALSE(read.has_value()) << text;
    EXPECT_EQ(read.error().code, ErrorCode::invalid_argument);
  }
}

TEST(Cursor, RefusesAPageOfNothingAndAPageThatIsTooLong) {
  EXPECT_FALSE(start_of({.limit = 0, .cursor = {}}).has_value());
  EXPECT_FALSE(start_of({.limit = 201, .cursor = {}}).has_value());
  EXPECT_TRUE(start_of({.limit = 200, .cursor = {}}).has_value());
}

}  // namespace
}  // namespace antiphon::store
