#include "core/crc32.h"

#include <gtest/gtest.h>

#include <string>

namespace antiphon {
namespace {

TEST(Crc32, IsThatOfTheStandard) {
  EXPECT_EQ(crc32("123456789"), 0xcbf43926U);  // the check value of CRC-32/ISO-HDLC
  EXPECT_EQ(crc32(""), 0U);
}

TEST(Crc32, GoesOnWhereItStopped) {
  const std::string text = "a text that is longer than eight bytes, in two parts";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    EXPECT_EQ(crc32(text.substr(cut), crc32(text.substr(0, cut))), crc32(text)) << cut;
  }
}

}  // namespace
}  // namespace antiphon
