#include "net/response_parser.h"

#include <gtest/gtest.h>

namespace antiphon {
namespace {

// Feeds `bytes` in pieces of `step`, as a connection does.
Result<Response> read(std::string_view bytes, std::size_t step, bool ends = false) {
  ResponseParser parser(Method::get, 100);
  std::string buffer;
  while (!bytes.empty() && !parser.is_done()) {
    buffer += bytes.substr(0, step);
    bytes.remove_prefix(std::min(step, bytes.size()));
    for (std::size_t used = 1; used > 0 && !buffer.empty() && !parser.is_done();) {
      const auto outcome = parser.read(buffer);
      if (!outcome) return std::unexpected(outcome.error());
      used = *outcome;
      buffer.erase(0, used);
    }
  }
  if (ends && !parser.is_done()) {
    if (const auto end = parser.end_of_stream(); !end) return std::unexpected(end.error());
  }
  if (!parser.is_done()) return failure(ErrorCode::internal, "it waits for more");
  Response response = parser.head();
  response.body = parser.take_body();
  return response;
}

TEST(ResponseParser, ReadsTheSameWholeAndInPieces) {
  for (const std::string_view bytes :
       {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n02\r\nhe\r\n3;x\r\nllo\r\n0\r\nT: "
        "1\r\n\r\n"}) {
    for (const std::size_t step : {std::size_t{1}, std::size_t{3}, bytes.size()}) {
      const auto response = read(bytes, step);
      ASSERT_TRUE(response) << bytes << " by " << step << ": " << response.error().message;
      EXPECT_EQ(response->body, "hello");
    }
  }
}

TEST(ResponseParser, ReadsAnEmptyChunkedBodyInPieces) {
  const std::string_view bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
  for (const std::size_t step : {std::size_t{1}, std::size_t{2}, bytes.size()}) {
    const auto response = read(bytes, step);
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->body, "");
  }
}

TEST(ResponseParser, ReadsABodyThatEndsWithTheConnection) {
  EXPECT_EQ(read("HTTP/1.1 200 OK\r\n\r\nhello", 1, true)->body, "hello");
  EXPECT_FALSE(read("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", 1, true));
}

TEST(ResponseParser, RefusesWhatIsTooLargeOrNoHttp) {
  EXPECT_EQ(read("HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", 1).error().code,
            ErrorCode::too_large);
  EXPECT_EQ(read("SSH-2.0-OpenSSH_9.2\r\n\r\n", 1).error().code, ErrorCode::protocol_error);
}

}  // namespace
}  // namespace antiphon
