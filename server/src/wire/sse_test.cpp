#include "wire/sse.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

TEST(SseParser, ReadsEventsWhateverTheirLineEndings) {
  for (const std::string_view end : {"\n", "\r\n", "\r"}) {
    std::string text = "event: turn\ndata: one\ndata:two\nid: 7\n\ndata\n\n";
    std::string bytes;
    for (const char letter : text)
      bytes += letter == '\n' ? std::string(end) : std::string{letter};
    SseParser parser;
    ASSERT_TRUE(parser.feed(bytes));
    EXPECT_EQ(parser.pop(), (SseEvent{.type = "turn", .data = "one\ntwo", .id = "7"}));
    EXPECT_EQ(parser.pop(), (SseEvent{.type = "message", .data = "", .id = "7"}));
    EXPECT_EQ(parser.pop(), std::nullopt);
  }
}

TEST(SseParser, YieldsTheSameEventsWhenEveryByteComesAlone) {
  const std::string bytes =
      "\xef\xbb\xbf"
      "data: caf\xc3\xa9\r\n\r\n: comment\r\n\r\nevent: x\r\ndata: 1\r\n\r\n";
  SseParser parser;
  for (const char letter : bytes)
    ASSERT_TRUE(parser.feed(std::string_view(&letter, 1)));
  EXPECT_EQ(parser.pop(), (SseEvent{.type = "message", .data = "caf\xc3\xa9", .id = ""}));
  EXPECT_EQ(parser.pop(), (SseEvent{.type = "x", .data = "1", .id = ""}));
  EXPECT_EQ(parser.pop(), std::nullopt);
}

TEST(SseParser, SkipsEventsWithoutDataAndForgetsTheirType) {
  SseParser parser;
  ASSERT_TRUE(parser.feed("event: lost\n\ndata: kept\n\n"));
  EXPECT_EQ(parser.pop(), (SseEvent{.type = "message", .data = "kept", .id = ""}));
}

TEST(SseParser, RefusesAnEventOverTheLimit) {
  SseParser parser(16);
  ASSERT_TRUE(parser.feed("data: 12345\n\ndata: 12345\n\n"));
  const auto refused = parser.feed("data: 1234567890123\n\n");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::too_large);
}

TEST(SseWriter, CannotBeMadeToWriteASecondEvent) {
  std::string out;
  append_sse_event(out, "turn\ndata: forged", "a\nb\r\n\rc", "1\n2");
  EXPECT_EQ(out, "id: 12\nevent: turndata: forged\ndata: a\ndata: b\ndata: \ndata: c\n\n");
  SseParser parser;
  ASSERT_TRUE(parser.feed(out));
  EXPECT_EQ(parser.pop(), (SseEvent{.type = "turndata: forged", .data = "a\nb\n\nc", .id = "12"}));
  EXPECT_EQ(parser.pop(), std::nullopt);
}

}  // namespace
}  // namespace antiphon
